"""Names that people gave to features, and to groups of them, kept for each model."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from napari_robust_synth.models.store import home_folder, write_whole

Group = tuple[int, ...]
"""Components in ascending order; one alone is a group, too."""
Names = Mapping[Group, str]


def group(components: Iterable[int]) -> Group:
    """Return components as what names are looked up by."""
    return tuple(sorted({int(component) for component in components}))


def called(components: Iterable[int], names: Names) -> str:
    """Return the name of a group, else those of its parts when each has one, else nothing."""
    wanted = group(components)
    parts = [names.get((one,), "") for one in wanted]
    return names.get(wanted) or (", ".join(parts) if all(parts) else "")


def names_path(sha256: str) -> Path:
    """Return the file with the names of a model's features; a model is known by the hash that recipes name it by."""
    return home_folder() / "feature_names" / f"{sha256[:16]}.json"


def read_names(sha256: str) -> dict[Group, str]:
    """Return the names given to a model's features, and to groups of them.

    Raises
    ------
    ValueError
        When the file is damaged.
    """
    path = names_path(sha256)
    try:
        names = json.loads(path.read_text(encoding="utf-8"))
        return {group(int(part) for part in key.split(",")): str(name) for key, name in names.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise ValueError(f"the names in {path} can't be read ({error}): mend the file, or delete it") from None


def name_features(sha256: str, components: Iterable[int], name: str) -> dict[Group, str]:
    """Name a feature, or several together, or forget the name when that is empty; return all names.

    Raises
    ------
    ValueError
        When the file is damaged; it stays as it is.
    """
    names = {**read_names(sha256), group(components): " ".join(name.split())}
    names = {key: names[key] for key in sorted(names) if names[key]}
    path = names_path(sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = {", ".join(map(str, key)): value for key, value in names.items()}
    text = json.dumps(plain, indent=2, ensure_ascii=False)
    write_whole(path, lambda file: file.write_text(text + "\n", encoding="utf-8"))
    return names

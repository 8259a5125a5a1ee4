"""Names that people gave to features, and to groups of them, kept for the weights that the features are of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from napari_robust_synth.models.cards import SEEDS, model_hash, weights_hash
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
    """Return the file with the names of features that is called after a hash."""
    return _folder() / f"{sha256[:16]}.json"


def note_weights(sha256: str, folder: Path) -> None:
    """Note which weights a model has, and keep its names for them: features outlive seed statistics.

    Parameters
    ----------
    sha256 : str
        The hash that recipes name it by, of weights and seed statistics.
    folder : Path
        The model folder; one that has changed meanwhile says nothing.
    """
    with suppress(OSError):  # where nothing can be kept, names are not lost either
        if weights_of(sha256) != sha256 or not (folder / SEEDS).exists() or model_hash(folder) != sha256:
            return
        weights, path = weights_hash(folder), _weights_path(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, lambda file: file.write_text(weights, encoding="ascii"))
        old, new = names_path(sha256), names_path(weights)
        if old.exists() and not new.exists():
            old.replace(new)


def weights_of(sha256: str) -> str:
    """Return the hash of a model's weights alone, as far as it was noted; else the hash itself."""
    try:
        found = _weights_path(sha256).read_text(encoding="ascii")
    except (OSError, ValueError):
        return sha256
    return found if re.fullmatch("[0-9a-f]{64}", found) else sha256


def read_names(sha256: str) -> dict[Group, str]:
    """Return the names given to a model's features, and to groups of them.

    Raises
    ------
    ValueError
        When the file is damaged.
    """
    return {**_read(names_path(weights_of(sha256))), **_read(names_path(sha256))}


def name_features(sha256: str, components: Iterable[int], name: str) -> dict[Group, str]:
    """Name a feature, or several together, or forget the name when that is empty; return all names.

    Raises
    ------
    ValueError
        When the file is damaged; it stays as it is.
    """
    names = {**read_names(sha256), group(components): " ".join(name.split())}
    names = {key: names[key] for key in sorted(names) if names[key]}
    path = names_path(weights_of(sha256))
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = {", ".join(map(str, key)): value for key, value in names.items()}
    text = json.dumps(plain, indent=2, ensure_ascii=False)
    write_whole(path, lambda file: file.write_text(text + "\n", encoding="utf-8"))
    if path != (old := names_path(sha256)):  # from when they were kept for weights and seed statistics together
        old.unlink(missing_ok=True)
    return names


def _folder() -> Path:
    return home_folder() / "feature_names"


def _weights_path(sha256: str) -> Path:
    return _folder() / f"{sha256[:16]}.weights"


def _read(path: Path) -> dict[Group, str]:
    try:
        names = json.loads(path.read_text(encoding="utf-8"))
        return {group(int(part) for part in key.split(",")): str(name) for key, name in names.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise ValueError(f"the names in {path} can't be read ({error}): mend the file, or delete it") from None

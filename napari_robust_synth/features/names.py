"""Names that people gave to features, kept for each model."""

from __future__ import annotations

import json
from pathlib import Path

from napari_robust_synth.models.store import home_folder, write_whole


def names_path(sha256: str) -> Path:
    """Return the file with the names of a model's features; a model is known by the hash that recipes name it by."""
    return home_folder() / "feature_names" / f"{sha256[:16]}.json"


def read_names(sha256: str) -> dict[int, str]:
    """Return the names given to a model's features.

    Raises
    ------
    ValueError
        When the file is damaged.
    """
    path = names_path(sha256)
    try:
        names = json.loads(path.read_text(encoding="utf-8"))
        return {int(component): str(name) for component, name in names.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise ValueError(f"the names in {path} can't be read ({error}): mend the file, or delete it") from None


def name_feature(sha256: str, component: int, name: str) -> dict[int, str]:
    """Name a feature, or forget its name when that is empty; return all names.

    Raises
    ------
    ValueError
        When the file is damaged; it stays as it is.
    """
    names = {**read_names(sha256), component: " ".join(name.split())}
    names = {c: names[c] for c in sorted(names) if names[c]}
    path = names_path(sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(names, indent=2, ensure_ascii=False)
    write_whole(path, lambda file: file.write_text(text + "\n", encoding="utf-8"))
    return names

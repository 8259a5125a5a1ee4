"""What a part found, kept in the report's folder until something it depends on changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from napari_robust_synth.evaluation.results import Found
from napari_robust_synth.models.store import write_whole
from napari_robust_synth.models.validate import validated

FOLDER = "parts"
FORMAT = 1
PACKAGES = ("napari-robust-synth", "torch", "torchvision", "numpy")


def versions() -> dict[str, str]:
    """Return the versions that decide numbers."""
    return {name: version(name) for name in PACKAGES}


def installed(package: str) -> str | None:
    """Return the version of a package that need not be there."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def place(report: Path, part: str, classifier: str, facts: Mapping[str, Any]) -> Path:
    """Return the file for what a part finds of a classifier; it is named after a hash of all it depends on."""
    text = json.dumps({"format": FORMAT, **facts, "versions": versions()}, sort_keys=True)
    name = "".join(c if c.isalnum() or c in "-_." else "-" for c in classifier)
    return report / FOLDER / f"{part}-{name}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.json"


def kept(path: Path) -> Found | None:
    """Read what was found before; None when there is nothing, or it is damaged."""
    try:
        return validated(Found, json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def keep(path: Path, found: Found) -> None:
    """Write what was found."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(found), allow_nan=False)
    write_whole(path, lambda file: file.write_text(text, encoding="utf-8"))

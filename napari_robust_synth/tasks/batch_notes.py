"""What steps of several pictures took on this machine: kept, so that the same run is split alike every time."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import torch

from napari_robust_synth.models import Classifier
from napari_robust_synth.models.store import home_folder, write_whole


class Cost(NamedTuple):
    """What a step takes: time, and memory for what is kept from forth to back."""

    seconds: float
    bytes: int


Costs = dict[int, Cost]
"""By the number of pictures."""
_unkept: WeakKeyDictionary[torch.nn.Module, dict[str, Costs]] = WeakKeyDictionary()
"""Of classifiers without a hash, and where nothing can be written."""


def kept(classifier: Classifier, shape: Sequence[int]) -> Costs:
    """Return what was measured of a classifier's path at a working shape."""
    key, own = _key(classifier, shape), _unkept.get(classifier._trunk, {})
    try:
        return {int(n): Cost(*cost) for n, cost in _read(_file()).get(key, {}).items()} or dict(own.get(key, {}))
    except (TypeError, ValueError, AttributeError):  # damaged
        return {}


def keep(classifier: Classifier, shape: Sequence[int], costs: Costs) -> None:
    """Keep what was measured for the next time."""
    key, path = _key(classifier, shape), _file()
    try:
        if not classifier.sha256:
            raise OSError
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({**_read(path), key: costs})
        write_whole(path, lambda file: file.write_text(text, encoding="utf-8"))
    except OSError:
        _unkept.setdefault(classifier._trunk, {})[key] = costs


def _file() -> Path:
    return home_folder() / "batches.json"


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _key(classifier: Classifier, shape: Sequence[int]) -> str:
    device = classifier.device
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    threads = f"{torch.get_num_threads()} threads"
    size = "x".join(map(str, shape))
    return " ".join((classifier.sha256, classifier.precision, size, platform.node(), name, threads, torch.__version__))

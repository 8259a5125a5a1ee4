"""Classifiers, loaded once and in the background."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from importlib.util import find_spec
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from napari_robust_synth._napari.layers.parts import choose_part
from napari_robust_synth._napari.layers.planes import Plane
from napari_robust_synth._napari.window.worker_errors import RunError
from napari_robust_synth.features.names import note_weights
from napari_robust_synth.models.cards import SEEDS, WEIGHTS
from napari_robust_synth.models.zoo import find_model

if TYPE_CHECKING:
    from napari_robust_synth.models import Classifier

_LOCK = Lock()


def classifier(name: str, device: str) -> Classifier:
    """Return a loaded classifier; call it in a worker, since it may import torch.

    Raises
    ------
    RunError
        When torch or the model cannot be loaded.
    """
    with _LOCK:
        try:
            return _load(name, device, _stamp(name))
        except (ImportError, OSError) as error:
            raise RunError(
                f"PyTorch could not be loaded ({error}). On Windows start napari with `napari-robust-synth demo`, "
                "or reinstall torch"
            ) from None
        except MemoryError:
            raise RunError("the classifier could not be loaded: not enough memory") from None
        except RuntimeError as error:
            raise RunError(f"the classifier could not be loaded: {error}") from None


def _stamp(name: str) -> tuple[float, ...]:
    """Return when the files of a model were written: those of a training change under the same name."""
    folder = find_model(name).folder
    return tuple((folder / file).stat().st_mtime for file in (WEIGHTS, SEEDS) if (folder / file).exists())


@lru_cache(maxsize=3)
def _load(name: str, device: str, stamp: tuple[float, ...]) -> Classifier:
    _import_triton()
    from napari_robust_synth.models import load_classifier

    loaded = load_classifier(name, device)
    note_weights(loaded.sha256, find_model(name).folder)  # all that knows a model by its recipes finds its names
    return loaded


def prepare_torch() -> None:
    """Make importing torch safe in this process; call it in a worker, before what imports torch."""
    with _LOCK:
        _import_triton()


def _import_triton() -> None:
    """Import triton, which other libraries may ask for later, bound to its own LLVM.

    Mesa's OpenGL has put another LLVM into the process by now, and triton would crash in that one.
    """
    if sys.platform != "linux" or "triton" in sys.modules or find_spec("triton") is None:
        return
    flags = sys.getdlopenflags()
    sys.setdlopenflags(flags | os.RTLD_DEEPBIND)
    try:
        import triton  # type: ignore[import-untyped]  # noqa: F401
    finally:
        sys.setdlopenflags(flags)


class Ready(NamedTuple):
    """Which classifier is ready where, and the hash that recipes name it by."""

    model: str
    device: str
    sha256: str


def warm_up(name: str, device: str) -> Ready:
    """Load a classifier and run it once, so that the first step of a run is as quick as the others."""
    loaded = classifier(name, device)
    import torch

    with _LOCK, torch.enable_grad():
        loaded.prepare((1, 3, loaded.size, loaded.size))
        x = torch.zeros((1, 3, loaded.size, loaded.size), device=loaded.device, requires_grad=True)
        torch.autograd.grad(loaded.logits(x).sum(), x)
    return Ready(name, loaded.device.type, loaded.sha256)


def best_classes(plane: Plane, model: str, device: str) -> str:
    """Return the three most likely classes of a plane in words; call it in a worker."""
    loaded = classifier(model, device)
    from napari_robust_synth.tasks import classify

    part = choose_part(plane, None, 0)
    best = classify(loaded, plane.pixels(part.slices), plane.limits)[:3]
    return ", ".join(f"{name} {100 * p:.0f}%" for name, p in best)

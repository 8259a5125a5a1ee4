"""What a person chooses below the image, and stacks to choose from."""

import numpy as np
import pytest
import torch
from napari.layers import Image

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.layers.offers import Choice
from napari_robust_synth.models import Classifier

SHAPE = (4, 72, 96)


def together(patch: pytest.MonkeyPatch, slices: int) -> None:
    """Let so many slices run together, however quick that is here."""
    patch.setattr("napari_robust_synth.tasks.together.best_together", lambda *_: slices)


def room_for_one(patch: pytest.MonkeyPatch) -> None:
    """Let memory run out where several pictures run together."""
    real = Classifier.logits

    def logits(self: Classifier, x: torch.Tensor) -> torch.Tensor:
        if len(x) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried 2 GiB")
        return real(self, x)

    patch.setattr(Classifier, "logits", logits)


def noise(dtype: str = "u1", shape: tuple[int, ...] = SHAPE) -> np.ndarray:
    """A picture of a type, over all its values."""
    top = 1 if "f" in dtype else np.iinfo(dtype).max
    return (np.random.default_rng(0).random(shape) * top).astype(dtype)


def offered(dock: SynthesisDock) -> list[tuple[Choice, str]]:
    kind = dock.inputs.scope.kind
    return [(kind.itemData(i), kind.itemText(i)) for i in range(kind.count())]


def choose(dock: SynthesisDock, choice: Choice, *channels: object) -> None:
    scope = dock.inputs.scope
    scope.kind.setCurrentIndex([c for c, _ in offered(dock)].index(choice))
    for combo, channel in zip(scope.colours, channels, strict=False):
        combo.setCurrentIndex([combo.itemData(i) for i in range(combo.count())].index(channel))


def work_on(dock: SynthesisDock, data: np.ndarray, at: tuple[int, ...], **look: object) -> Image:
    """Add data as a layer with a mask for one slice of it, and let the dock work on that slice."""
    layer = dock.viewer.add_image(data, name="stack", **look)
    marks = np.zeros(data.shape[: layer.ndim], np.uint8)
    marks[(*at, slice(20, 44), slice(30, 62))] = 1
    dock.inputs.image_layer.value = layer
    dock.inputs.mask_layer.value = dock.viewer.add_labels(marks, name="marks", scale=layer.scale)
    for axis, i in enumerate(at):
        dock.viewer.dims.set_current_step(axis, i)
    return layer

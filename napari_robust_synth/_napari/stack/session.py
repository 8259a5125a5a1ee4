"""A run on all slices of an axis, in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from napari.layers import Image
from superqt.utils import GeneratorWorker

from napari_robust_synth._napari.inputs.panels import SELECTED_LABEL
from napari_robust_synth._napari.inputs.reading import read
from napari_robust_synth._napari.layers.still import Still
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth._napari.running.landing import Landing
from napari_robust_synth._napari.running.request import Request
from napari_robust_synth._napari.running.runner import Frame, run_job
from napari_robust_synth._napari.running.session import Session
from napari_robust_synth._napari.stack.control import StackControl
from napari_robust_synth._napari.stack.group import SliceFrame
from napari_robust_synth._napari.stack.runner import run_slices
from napari_robust_synth._napari.stack.stack import COMMON, Stack

if TYPE_CHECKING:
    from napari_robust_synth._napari.dock import SynthesisDock


class StackSession(Session):
    """The preview is seen in the slice that is worked on, one after the other."""

    request: Stack
    control: StackControl
    _case: Request | None = None

    def _make_worker(self) -> GeneratorWorker[Any, Any, Any]:
        self.landing = Landing(self.viewer, self.request, self._add, frames=False)
        self.control = StackControl(frame_seconds=self.control.frame_seconds)
        self.verdict = "Stopped before the first slice was done"
        return GeneratorWorker(run_job, lambda: self.request, self.request.finish, self.control, run_slices)

    def _new_preview(self) -> Image:
        nothing = self.request.source.stacked(np.zeros((2, 2, 4), np.uint8))
        return Image(
            nothing, rgb=True, name=f"{self.request.title} (running)", interpolation2d="linear", **self.request.units
        )

    def _show(self, shown: Frame) -> None:
        if not isinstance(shown, SliceFrame) or self.preview not in self.viewer.layers:
            return
        pictures = shown.case.arrange(shown.pictures)
        if shown.case is not self._case:
            self.preview.affine = shown.case.cover(shown.crop, pictures.shape[-3:-1])
            self._case = shown.case
        self.preview.data = pictures


def new_session(dock: SynthesisDock, kind: type[Session]) -> Session:
    """Make the session of what the form describes: of all slices where these are chosen.

    Raises
    ------
    ValueError
        When a value or layer cannot be used.
    """
    axis, dims = dock.inputs.scope.slices, dock.viewer.dims
    if kind is not Session or axis is None:
        return kind(dock.viewer, read(dock, dims), dock._on_frame, dock._on_end)
    first, mask = read(dock, dims, all_slices=True), dock.inputs.mask_layer.value
    assert first.source is not None
    stack = Stack(
        source=first.source,
        axis=axis,
        mask=None if mask is None or "mask" not in first.task.needs | first.task.takes else Still(mask),
        selected_only=first.palette is None and dock.inputs.region.value == SELECTED_LABEL,
        world=World.of(dims),
        **{name: getattr(first, name) for name in COMMON},
    )
    return StackSession(dock.viewer, stack, dock._on_frame, dock._on_end)

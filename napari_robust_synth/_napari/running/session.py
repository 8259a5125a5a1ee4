"""One run in the window: its worker, its preview layer, its progress bar, its result layer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np
from napari.layers import Image
from napari.utils.notifications import show_error
from superqt.utils import GeneratorWorker, qthrottled

from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.running.garbage import small_collections
from napari_robust_synth._napari.running.landing import Landing, add_unselected
from napari_robust_synth._napari.running.runner import Control, Frame, Outcome, Refused, run_job
from napari_robust_synth._napari.window.preferences import frame_seconds
from napari_robust_synth._napari.window.progress import LateProgress

if TYPE_CHECKING:
    from napari.components import ViewerModel

    from napari_robust_synth._napari.running.request import Request


BAR_MS = 250  # a bar that moves paints the whole window at once, and napari's handles all its events


class Session:
    """A run under way. Its layers may be removed and its viewer closed at any time.

    Parameters
    ----------
    viewer : ViewerModel
        Where layers appear.
    request : Request
        What to run.
    on_frame, on_end : callable
        Called with each frame, and once when the run is over with what came of it.
    """

    takes_strokes = False

    def __init__(
        self,
        viewer: ViewerModel,
        request: Request,
        on_frame: Callable[[Frame], None],
        on_end: Callable[[str], None],
    ) -> None:
        self.viewer, self.request, self.on_frame, self.on_end = viewer, request, on_frame, on_end
        self._aim: dict[str, Any] = {"label": request.label, "features": list(request.features)}
        self.landing = Landing(viewer, request, self._add)
        self.control = Control(trajectory=self.landing.trajectory, frame_seconds=frame_seconds())
        self.preview: Image
        self.progress = LateProgress(request.task.name, self.stop)
        self.landed = False
        self._steps = request.task.steps  # of each batch; frames know of how many
        self.verdict = "Stopped before the first step"
        self._meanwhile = ExitStack()
        self._tell = qthrottled(self._told, timeout=BAR_MS, leading=False)
        self.worker = self._make_worker()
        self.worker.yielded.connect(self._yielded)
        self.worker.returned.connect(self._returned)
        self.worker.errored.connect(self._errored)
        self.worker.finished.connect(self._finished)

    def _make_worker(self) -> GeneratorWorker[Any, Any, Any]:
        return GeneratorWorker(run_job, self.request.prepare, self.request.finish, self.control)

    def _new_preview(self) -> Image:
        name = f"{self.request.title} (running)"
        nothing = self.request.arrange(np.zeros((1, 2, 2, 4), np.uint8))
        return Image(nothing, rgb=True, name=name, interpolation2d="linear", **self.request.units)

    def start(self) -> None:
        """Begin; the preview is added meanwhile, empty, since the window needs time for a new layer.

        The bar comes later.
        """
        self._meanwhile.enter_context(small_collections())
        self.preview = self._new_preview()
        self.worker.start()
        self._add_preview(self.preview)
        self._tell(None)

    def stop(self) -> None:
        """End after the step under way, and keep what was made."""
        self.control.stop()

    @property
    def paused(self) -> bool:
        """Whether the run waits."""
        return not self.control.going.is_set()

    @paused.setter
    def paused(self, paused: bool) -> None:
        self.control.going.clear() if paused else self.control.going.set()

    def abandon(self) -> None:
        """End after the step under way, and keep nothing: the window is gone."""
        self.control.abandoned.set()
        self._tell.cancel()
        self.stop()

    def change(self, **parameters: Any) -> None:
        """Change parameters from the next step on."""
        self.control.changes.put(parameters)

    def aim(self, aim: dict[str, Any]) -> None:
        """Work towards another class, or features, from the next step on, when it is another."""
        if self._aim | aim != self._aim:
            self._aim |= aim
            self.change(**aim)

    def _yielded(self, shown: Frame | Refused | None) -> None:
        if shown is None or self.control.abandoned.is_set():
            return
        if isinstance(shown, Refused):
            show_error(shown.message)
            return
        self._steps = shown.steps
        self._show(shown)
        self._tell(shown)

    def _told(self, shown: Frame | None) -> None:
        if shown is None:
            self.progress.show(0, self.request.task.steps)
        else:
            self.on_frame(shown)
            self.progress.show(shown.step, shown.steps)

    def _show(self, shown: Frame) -> None:
        self._show_on(self.preview, shown)

    def _show_on(self, preview: Image, shown: Frame) -> None:
        if preview not in self.viewer.layers:
            return
        pictures = self.request.arrange(shown.pictures)
        if preview.data.shape != pictures.shape:
            preview.affine = self.request.cover(shown.crop, pictures.shape[-3:-1])
            preview.data = pictures.copy()
        else:
            put(preview, pictures)

    def _returned(self, outcome: Outcome | None) -> None:
        if outcome is None or self.control.abandoned.is_set():
            return
        self._remove_preview()
        self.landing.show(outcome)
        self.landed = True
        self.verdict = outcome.verdict or _ended(outcome.recipe.last_step, self._steps)

    def _errored(self, error: Exception) -> None:
        self.verdict = str(error)
        if not self.control.abandoned.is_set():
            show_error(self.verdict)

    def _finished(self, _: None = None) -> None:
        self._tell.cancel()
        self.progress.close()
        if not self.control.abandoned.is_set():
            self._remove_preview()
        self._meanwhile.close()
        if self.landed:  # once it is in the history, for the next run goes on with it
            self.landing.keeper.jobs.add(lambda: None, lambda _: self._end())
        else:
            self._end()

    def _end(self) -> None:
        if not self.control.abandoned.is_set():
            self.on_end(self.verdict)

    def _add(self, layer: Image) -> None:
        add_unselected(self.viewer, layer)

    def _add_preview(self, preview: Image) -> None:
        self.landing.keeper.previews.add(preview)
        self._add(preview)

    def _remove_preview(self) -> None:
        if self.preview in self.viewer.layers:
            self.viewer.layers.remove(self.preview)


def put(preview: Image, pictures: Array) -> None:
    """Show other pixels in a preview; a thumbnail and what depends on the shape would cost more than the picture."""
    preview.data[...] = pictures
    preview.refresh(thumbnail=False, highlight=False, extent=False)


def _ended(last: int, steps: int) -> str:
    return f"Done: {steps} steps" if last == steps else f"Stopped at step {last}"


def abandon_all(sessions: list[Session], _: Any = None) -> None:
    """End runs whose window is gone."""
    for session in sessions:
        session.abandon()

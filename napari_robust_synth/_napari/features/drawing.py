"""The part of the feature browser that draws what a model's features look like."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from napari.utils.notifications import show_error
from qtpy.QtCore import Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget
from superqt.utils import GeneratorWorker

from napari_robust_synth._napari.features.work import draw_features

if TYPE_CHECKING:
    from napari_robust_synth.features import Atlas
    from napari_robust_synth.features.making import Progress

WORDS = "Nobody has drawn what this model's features look like yet. It takes minutes to hours, in the background."
Worker = GeneratorWorker[Any, Any, Any]


class DrawingBox(QWidget):
    """A button, and how far the drawing is. What was drawn is kept when it is stopped, or the window is closed.

    Parameters
    ----------
    model : callable
        Returns the name of the model.
    """

    drawn = Signal(int, object)
    whole = Signal(object)

    def __init__(self, model: Callable[[], str]) -> None:
        super().__init__()
        self._model, self._drawing = model, ""
        self._workers: list[Worker] = []
        self.destroyed.connect(partial(_stop, self._workers))
        self.words, self.bar = QLabel(WORDS), QProgressBar()
        self.words.setWordWrap(True)
        self.bar.setTextVisible(False)
        self.start_button, self.stop_button = QPushButton("Draw them"), QPushButton("Stop")
        self.start_button.setToolTip("Draw what each feature looks like; it can be stopped and gone on with")
        self.stop_button.setToolTip("Stop; what was drawn is kept")
        self.start_button.clicked.connect(self.start)
        self.stop_button.clicked.connect(self.stop)
        row, layout = QHBoxLayout(), QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.start_button)
        row.addWidget(self.bar, 1)
        row.addWidget(self.stop_button)
        layout.addWidget(self.words)
        layout.addLayout(row)
        self._refresh()

    @property
    def running(self) -> bool:
        """Whether features are being drawn."""
        return bool(self._workers)

    def start(self) -> None:
        """Go on with what is not drawn yet."""
        if self._workers:
            return
        self._drawing = self._model()
        worker = GeneratorWorker(draw_features, self._drawing)
        worker.yielded.connect(self._show)
        worker.returned.connect(self._done)
        worker.errored.connect(lambda error: show_error(str(error)))
        worker.finished.connect(self._over)
        self._workers.append(worker)
        self.bar.setMaximum(0)
        self._refresh()
        worker.start()

    def stop(self) -> None:
        """End after the step under way."""
        _stop(self._workers)

    def _done(self, atlas: Atlas) -> None:
        if self._drawing == self._model():
            self.setVisible(False)
            self.whole.emit(atlas)

    def _show(self, progress: Progress | None) -> None:
        if progress is None:
            return
        self.bar.setMaximum(10 * progress.of)
        self.bar.setValue(round(10 * progress.done))
        if progress.tiles is not None and self._drawing == self._model():
            self.drawn.emit(progress.first, progress.tiles)

    def _over(self, _: Any = None) -> None:
        self._workers.clear()
        self.bar.setMaximum(1)
        self.bar.reset()
        self._refresh()

    def _refresh(self) -> None:
        self.start_button.setEnabled(not self.running)
        self.stop_button.setVisible(self.running)
        self.bar.setVisible(self.running)


def _stop(workers: list[Worker], _: Any = None) -> None:
    for worker in workers:
        worker.quit()

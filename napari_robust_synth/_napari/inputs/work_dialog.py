"""A dialog with work in it: one button begins and cancels, a bar and a line of status say how it goes."""

from __future__ import annotations

from collections.abc import Callable, Generator
from threading import Event
from typing import TYPE_CHECKING, Any

from napari.utils.notifications import show_error
from qtpy.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget
from superqt.utils import GeneratorWorker

from napari_robust_synth._napari.inputs.reading import missing, read
from napari_robust_synth._napari.running.stepping import Tick

if TYPE_CHECKING:
    from napari_robust_synth._napari.running.request import Request
    from napari_robust_synth._napari.view import DockView

SHOWN_ONLY = "All slices are chosen in the dock: here it is about the one that is shown."
Work = Callable[[], Generator[Any, None, None]]


class WorkDialog(QDialog):
    """Says what it is about, then comes what a subclass has; work ends when the dialog is closed or gone.

    A subclass has ``_prepare``, which reads the form, forgets what was there and returns what the worker does, or
    raises ValueError and forgets nothing; ``_take``, which shows what the worker yields; ``_count``, which counts it.
    """

    def __init__(self, view: DockView, title: str, about: str, begin: str, tip: str) -> None:
        super().__init__(view)
        self.view, self.viewer = view, view.viewer
        self.stop = stop = Event()
        self.worker: GeneratorWorker[Any, None, None] | None = None
        for signal in (self.destroyed, self.finished):  # which comes with Escape, too; what was made stays
            signal.connect(lambda: stop.set())
        self.setWindowTitle(title)
        self._about, self.status, self.bar, self._begin = QLabel(), QLabel(), QProgressBar(), begin
        self._words, self._of = about, ""
        view.inputs.scope.changed.connect(self._scope_changed)
        self._scope_changed()
        self.run_button = QPushButton(begin)
        self.run_button.setToolTip(f"{tip}; while it goes on, Cancel keeps what is done")
        for words in (self._about, self.status):
            words.setWordWrap(True)
        self.bar.setTextVisible(False)
        self.run_button.clicked.connect(self.run_or_cancel)

    def _scope_changed(self) -> None:
        every = self.view.inputs.scope.slices is not None
        self._about.setText(f"{self._words} {SHOWN_ONLY}" if every else self._words)

    def _lay_out(self, *body: QWidget, button: QPushButton) -> None:
        layout, buttons = QVBoxLayout(self), QHBoxLayout()
        for widget in (self._about, *body, self.bar, self.status):
            layout.addWidget(widget, int(widget is body[-1]))
        for each in (self.run_button, button):
            each.setAutoDefault(False)
            buttons.addWidget(each)
        layout.addLayout(buttons)

    def _prepare(self) -> Work:
        raise NotImplementedError

    def _take(self, told: Any) -> None:
        raise NotImplementedError

    def _count(self) -> str:
        raise NotImplementedError

    def _refresh(self) -> None: ...

    def _read(self, *, all_labels: bool = False) -> Request:
        if lacking := missing(self.view):
            raise ValueError(lacking)
        self._of = ", of the slice shown" if self.view.inputs.scope.slices is not None else ""
        return read(self.view, self.viewer.dims, all_labels=all_labels)

    def run_or_cancel(self) -> None:
        """Begin; while it goes on, end it and keep what is there."""
        if self.worker is not None:
            self.stop.set()
            self.status.setText("Ending…")
            return
        try:
            work = self._prepare()
        except ValueError as error:
            self._errored(error)
            self.status.setText(str(error))
            return
        self._verdict = ""
        self.stop.clear()
        self.worker = GeneratorWorker(work)
        self.worker.yielded.connect(self._yielded)
        self.worker.errored.connect(self._errored)
        self.worker.finished.connect(self._finished)
        self.bar.setMaximum(0)
        self.run_button.setText("Cancel")
        self.status.setText("Starting…")
        self._refresh()
        self.worker.start()

    def _yielded(self, told: Any) -> None:
        if isinstance(told, Tick):
            self.bar.setMaximum(told.steps)
            self.bar.setValue(told.step)
            self.status.setText(told.words)
        else:
            self._take(told)

    def _errored(self, error: Exception) -> None:
        self._verdict = str(error)
        show_error(self._verdict)

    def _finished(self, _: None = None) -> None:
        self.worker = None
        ended = "Cancelled" if self.stop.is_set() else "Done"
        self._rest(self._verdict or f"{ended}: {self._count()}{self._of}.")

    def _rest(self, words: str) -> None:
        self.status.setText(words)
        self.run_button.setText(self._begin)
        self.bar.setMaximum(1)
        self.bar.setValue(0)
        self._refresh()

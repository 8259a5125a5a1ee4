"""Several results side by side: choose in what they differ, watch them come, pick one."""

from __future__ import annotations

from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any

from napari.utils.notifications import show_error
from qtpy.QtGui import QCloseEvent
from qtpy.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout
from superqt.utils import GeneratorWorker

from napari_robust_synth._napari.landing import Landing, add_unselected
from napari_robust_synth._napari.preferences import history_limit
from napari_robust_synth._napari.reading import missing, read
from napari_robust_synth._napari.series import Item
from napari_robust_synth._napari.series_board import Board
from napari_robust_synth._napari.series_form import GRID, SeriesForm
from napari_robust_synth._napari.series_results import ResultList
from napari_robust_synth._napari.series_runner import Made, Original, Tick, run_series

if TYPE_CHECKING:
    from napari_robust_synth._napari.runner import Outcome
    from napari_robust_synth._napari.view import DockView

ABOUT = (
    "What the dock describes, several times over, with one thing changed. Nothing is edited until you pick a result."
)


class SeriesDialog(QDialog):
    """The form, Run and Cancel, the results, and Pick."""

    def __init__(self, view: DockView) -> None:
        super().__init__(view)
        self.view, self.viewer = view, view.viewer
        self.made: list[Made] = []
        self.board: Board | None = None
        self.stop = stop = Event()
        self.worker: GeneratorWorker[Any, None, None] | None = None
        self.destroyed.connect(lambda: stop.set())
        slid = self.viewer.dims.events.current_step
        slid.connect(self._slid)
        self.destroyed.connect(partial(_disconnect, slid, self._slid))
        self.setWindowTitle("Side by side")
        self.resize(520, 640)
        about, self.form = QLabel(ABOUT), SeriesForm(view)
        about.setWordWrap(True)
        self.results = ResultList()
        self.results.currentRowChanged.connect(self._chosen)
        self.results.itemDoubleClicked.connect(lambda _: self.pick())
        self.bar, self.status, buttons = QProgressBar(), QLabel(), QHBoxLayout()
        self.bar.setTextVisible(False)
        self.status.setWordWrap(True)
        self.run_button, self.pick_button = QPushButton("Run"), QPushButton("Pick this one")
        self.pick_button.setToolTip("Let it be the result, as if it had been run alone; Undo takes it back")
        self.run_button.clicked.connect(self.run_or_cancel)
        self.pick_button.clicked.connect(self.pick)
        for button in (self.run_button, self.pick_button):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        for widget in (about, self.form, self.results, self.bar, self.status):
            layout.addWidget(widget, int(widget is self.results))
        layout.addLayout(buttons)
        self.form.changed.connect(self._refresh)
        self._rest("")

    def run_or_cancel(self) -> None:
        """Begin; while it goes on, end it and keep what is there."""
        if self.worker is not None:
            self.stop.set()
            self.status.setText("Ending…")
            return
        try:
            items = self._read()
        except ValueError as error:
            show_error(str(error))
            self.status.setText(str(error))
            return
        if self.board is not None:
            self.board.layer.visible = False
        self.items, self.made, self.board, self._verdict = items, [], None, ""
        self.results.clear()
        self.stop.clear()
        self.worker = GeneratorWorker(run_series, items, self.stop, history_limit())
        self.worker.yielded.connect(self._yielded)
        self.worker.errored.connect(self._errored)
        self.worker.finished.connect(self._finished)
        self.bar.setMaximum(0)
        self.run_button.setText("Cancel")
        self.status.setText("Starting…")
        self._refresh()
        self.worker.start()

    def _read(self) -> list[Item]:
        if lacking := missing(self.view):
            raise ValueError(lacking)
        return self.form.items(read(self.view, self.viewer.dims))

    @property
    def _first(self) -> int:
        """The cell of the first result; the original comes before it."""
        return 1 if self.items[0].request.edits else 0

    def _yielded(self, told: Tick | Original | Made) -> None:
        if isinstance(told, Tick):
            self.bar.setMaximum(told.steps)
            self.bar.setValue(told.step)
            self.status.setText(f"{self.items[told.item].title}, {told.item + 1} of {len(self.items)}")
            return
        board = self.board or self._new_board(told)
        if isinstance(told, Original):
            board.show(0, "original", told.shown)
            return
        cell = self._first + len(self.made)
        watched = board.layer.visible and self._cell() == cell - 1  # and not a result picked meanwhile
        self.made.append(told)
        board.show(cell, told.words, told.shown, told.kept.recipe.to_dict())
        self.results.add(told.shown, told.words)
        if watched or len(self.made) == 1:
            self.results.setCurrentRow(len(self.made) - 1)

    def _new_board(self, first: Original | Made) -> Board:
        request, titles = self.items[0].request, [f"{item.title} …" for item in self.items]
        grid = self.form.shown_as.value == GRID
        captions = ["original"] * self._first + titles
        self.board = Board(request, self.form.axis.value, captions, first, grid)
        self.board.add_to(self.viewer)
        return self.board

    def _axis(self) -> int | None:
        """Return the slider's axis, while there is one."""
        if self.board is None or self.board.grid or self.board.layer not in self.viewer.layers:
            return None
        return int(self.viewer.dims.ndim - self.board.layer.ndim)

    def _cell(self) -> int:
        """Return which cell is looked at."""
        axis = self._axis()
        return self._first + self.results.currentRow() if axis is None else round(self.viewer.dims.point[axis])

    def _slid(self, event: Any = None) -> None:
        if self._axis() is not None:
            row = self._cell() - self._first
            self.results.setCurrentRow(row if row < len(self.made) else -1)

    def _chosen(self, row: int) -> None:
        axis = self._axis()
        if axis is not None and self.board is not None and row >= 0 and self._cell() != row + self._first:
            self.board.layer.visible = True
            self.viewer.dims.set_point(axis, row + self._first)
        self._refresh()

    def pick(self) -> None:
        """Let the result that is chosen land as the run alone would have."""
        row = self.results.currentRow()
        if row < 0:
            return
        made = self.made[row]
        landing = Landing(self.viewer, made.item.request, partial(add_unselected, self.viewer), frames=False)

        def show(outcome: Outcome) -> None:
            landing.show(outcome)
            self.view.status.setText(outcome.verdict)

        landing.keeper.jobs.add(made.outcome, show)
        self.status.setText(f"Picked {made.item.title}.")

    def _errored(self, error: Exception) -> None:
        self._verdict = str(error)
        show_error(self._verdict)

    def _finished(self, _: None = None) -> None:
        self.worker = None
        ended = "Cancelled" if self.stop.is_set() else "Done"
        self._rest(self._verdict or f"{ended}: {len(self.made)} of {len(self.items)}.")

    def _rest(self, words: str) -> None:
        self.status.setText(words)
        self.run_button.setText("Run")
        self.bar.setMaximum(1)
        self.bar.setValue(0)
        self._refresh()

    def _refresh(self) -> None:
        self.run_button.setEnabled(self.worker is not None or not self.form.lacking)
        self.pick_button.setEnabled(self.results.currentRow() >= 0)
        self.form.setEnabled(self.worker is None)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """End the series when the dialog is closed; what was made stays in it."""
        self.stop.set()
        super().closeEvent(event)


def _disconnect(event: Any, call: Any, _: Any = None) -> None:
    event.disconnect(call)

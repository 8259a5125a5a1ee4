"""Several results side by side: choose in what they differ, watch them come, pick one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from qtpy.QtWidgets import QPushButton

from napari_robust_synth._napari.inputs.work_dialog import Work, WorkDialog
from napari_robust_synth._napari.running.landing import Landing, add_unselected
from napari_robust_synth._napari.series.board import Board
from napari_robust_synth._napari.series.form import GRID, SeriesForm
from napari_robust_synth._napari.series.results import ResultList
from napari_robust_synth._napari.series.runner import Made, Original, run_series
from napari_robust_synth._napari.series.series import Item
from napari_robust_synth._napari.window.listening import listen
from napari_robust_synth._napari.window.preferences import history_limit

if TYPE_CHECKING:
    from napari_robust_synth._napari.running.runner import Outcome
    from napari_robust_synth._napari.view import DockView

ABOUT = (
    "What the dock describes, several times over, with one thing changed. Nothing is edited until you pick a result."
)


class SeriesDialog(WorkDialog):
    """The form, Run and Cancel, the results, and Pick."""

    def __init__(self, view: DockView) -> None:
        super().__init__(view, "Side by side", ABOUT, "Run", "Make the results, one after the other")
        self.items: list[Item] = []
        self.made: list[Made] = []
        self.board: Board | None = None
        listen(self, self.viewer.dims.events.current_step, self._slid)
        self.resize(520, 640)
        self.form, self.results, self.pick_button = SeriesForm(view), ResultList(), QPushButton("Pick this one")
        self.results.currentRowChanged.connect(self._chosen)
        self.results.itemDoubleClicked.connect(lambda _: self.pick())
        self.pick_button.setToolTip("Let it be the result, as if it had been run alone; Undo takes it back")
        self.pick_button.clicked.connect(self.pick)
        self._lay_out(self.form, self.results, button=self.pick_button)
        self.form.changed.connect(self._refresh)
        self._rest("")

    def _prepare(self) -> Work:
        self.items = self.form.items(self._read())
        self._varied, self._grid = self.form.axis.value, self.form.shown_as.value == GRID
        if self.board is not None:
            self.board.layer.visible = False
        self.made, self.board = [], None
        self.results.clear()
        return partial(run_series, self.items, self.stop, history_limit())

    @property
    def _first(self) -> int:
        """The cell of the first result; the original comes before it."""
        return 1 if self.items[0].request.edits else 0

    def _take(self, told: Original | Made) -> None:
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
        captions = ["original"] * self._first + titles
        self.board = Board(request, self._varied, captions, first, self._grid)
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

    def _count(self) -> str:
        return f"{len(self.made)} of {len(self.items)}"

    def _refresh(self) -> None:
        self.run_button.setEnabled(self.worker is not None or not self.form.lacking)
        self.pick_button.setEnabled(self.results.currentRow() >= 0)
        self.form.setEnabled(self.worker is None)

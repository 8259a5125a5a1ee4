"""The storyboard's first chapter goes on: back and forth in the history, and several results side by side."""

from collections.abc import Callable

from qtpy.QtCore import QPoint
from story_painting import Painting

from napari_robust_synth._napari.history.dock import HistoryDock
from napari_robust_synth._napari.history.keeper import keeper_of


class Editing(Painting):
    def chapter(self) -> tuple[Callable[[], None], ...]:
        return (
            *super().chapter(),
            self.undo,
            self.branch,
            self.variations,
            self.compare_classifiers,
        )

    def undo(self) -> None:
        hand, dock = self.hand, self.dock
        hand.choose(dock.task.native, "Paint")
        hand.choose(dock.inputs.label, "Old English sheepdog")
        self.set_steps()
        hand.click(dock.run_button)
        self.ran()
        self.settle()
        hand.click(dock.history.history_button)
        self.history = self.found(HistoryDock)
        hand.shot("three edits in the history")
        for number in (1, 2, 3):
            hand.click(dock.history.undo_button) if dock.isVisible() else hand.click(self.history.undo_button)
            self.settle()
            hand.shot(f"undone, {number}")
        assert (self.result.data == self.source.data).all(), "three times back is not the original"

    def branch(self) -> None:
        hand, dock = self.hand, self.dock
        root = self.history.list.topLevelItem(1)
        hand.click(self.history.list.viewport(), self.history.list.visualItemRect(root).center())
        self.settle()
        self.raise_dock(dock)
        hand.choose(dock.inputs.label, "Samoyed")
        hand.click(dock.run_button)
        self.ran()
        self.settle()
        self.raise_dock(self.history)
        hand.shot("a branch")
        assert self.history.list.topLevelItem(1).childCount() == 1, "there is no branch"

    def variations(self) -> None:
        hand, entries = self.hand, self.edits
        self.raise_dock(self.dock)
        dialog = self.side_by_side("Seeds", "Grid")
        hand.write(dialog.form.count.native.lineEdit(), "3")
        hand.shot("side by side")
        self.run_series(dialog, 3)
        hand.item(dialog.results, 1)
        hand.shot("variations")
        hand.click(dialog.pick_button)
        self.settle()
        hand.click(dialog, QPoint(5, 5))
        dialog.close()
        hand.shot("one of them picked")
        assert self.edits == entries + 1

    @property
    def edits(self) -> int:
        return len(keeper_of(self.viewer).active.history.entries)

    def compare_classifiers(self) -> None:
        hand = self.hand
        dialog = self.side_by_side("Classifiers", "Grid")
        hand.choose(dialog.form.other.native, "untrained")
        self.run_series(dialog, 2)
        hand.shot("two classifiers")
        dialog.close()

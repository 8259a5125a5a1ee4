"""The button that opens the table of distances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtWidgets import QPushButton

if TYPE_CHECKING:
    from napari_robust_synth._napari.distances.dialog import DistanceDialog
    from napari_robust_synth._napari.view import DockView


class DistanceButton(QPushButton):
    """Seen while the task is counterfactual."""

    def __init__(self, view: DockView) -> None:
        super().__init__("Distance to every class…", view)
        self.view = view
        self.setToolTip("Measure how far this picture is from each class, and list it")
        self.dialog: DistanceDialog | None = None
        self.clicked.connect(self.open)
        view.task.changed.connect(self._follow)
        self._follow(view.task.value)

    def _follow(self, task: str) -> None:
        self.setVisible(task == "counterfactual")

    def open(self) -> None:
        """Show the table."""
        from napari_robust_synth._napari.distances.dialog import DistanceDialog

        if self.dialog is None:
            self.dialog = DistanceDialog(self.view)
        self.dialog.show()
        self.dialog.raise_()

"""The button that opens the dialog of series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtWidgets import QPushButton

from napari_robust_synth._napari.series.series import variation

if TYPE_CHECKING:
    from napari_robust_synth._napari.series.dialog import SeriesDialog
    from napari_robust_synth._napari.view import DockView


class SeriesButton(QPushButton):
    """Opens it when it is first pressed."""

    def __init__(self, view: DockView) -> None:
        super().__init__("Side by side…", view)
        self.setToolTip("Several seeds, strengths, classes or classifiers at once; pick one")
        self.view = view
        self.dialog: SeriesDialog | None = None
        self.clicked.connect(lambda: self.open())

    def open(self, axis: str = "") -> SeriesDialog:
        """Show the dialog; ``axis`` is what the results shall differ in."""
        from napari_robust_synth._napari.series.dialog import SeriesDialog

        if self.dialog is None:
            self.dialog = SeriesDialog(self.view)
            axis = axis or variation(self.view.parameters.task())
        if axis:
            self.dialog.form.axis.value = axis
        self.dialog.form.refresh()
        self.dialog.show()
        self.dialog.raise_()
        return self.dialog

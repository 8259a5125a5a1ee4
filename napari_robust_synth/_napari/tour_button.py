"""The button that begins the tour."""

from __future__ import annotations

from qtpy.QtWidgets import QPushButton, QWidget


class TourButton(QPushButton):
    """Seen while there is no picture.

    Parameters
    ----------
    dock : SynthesisDock
        What the tour shows.
    """

    def __init__(self, dock: QWidget) -> None:
        super().__init__("Take the tour", dock)
        self.dock = dock
        self.setToolTip("Paint on a sample picture, step by step")
        self.clicked.connect(self.begin)

    def begin(self) -> None:
        """Begin the tour."""
        from napari_robust_synth._napari.dock import SynthesisDock
        from napari_robust_synth._napari.tour import begin_tour

        if isinstance(self.dock, SynthesisDock):
            begin_tour(self.dock)

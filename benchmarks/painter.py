"""A hand that draws on a Labels layer in the window, while the live brush is on."""

import napari
import numpy as np
from qtpy.QtCore import QPoint, Qt
from qtpy.QtTest import QTest
from watching import turn, wait

from napari_robust_synth._napari.dock import SynthesisDock

LEFT = Qt.MouseButton.LeftButton


class Painter:
    """A hand that draws on the canvas, the same strokes every time."""

    def __init__(self, viewer: napari.Viewer, dock: SynthesisDock) -> None:
        self.canvas = viewer.window._qt_viewer.canvas.native
        self.viewer, self.dock, self.random = viewer, dock, np.random.default_rng(0)
        turn(100)  # until the dock is as wide as it will be: the hand must not slip onto its edge, and drag that
        viewer.reset_view()

    @property
    def layer(self) -> napari.layers.Labels:
        return self.dock.inputs.mask_layer.value

    def place(self, row: float, column: float) -> QPoint:
        """Return where in the canvas a pixel of the image is."""
        zoom, (middle_row, middle_column) = self.viewer.camera.zoom, self.viewer.camera.center[-2:]
        x, y = (column - middle_column) * zoom, (row - middle_row) * zoom
        return QPoint(int(self.canvas.width() / 2 + x), int(self.canvas.height() / 2 + y))

    def stroke(self, moves: int = 8, hold: int = 15) -> None:
        height, width = self.layer.data.shape
        at = self.random.uniform((30, 30), (height - 30, width - 30))
        QTest.mousePress(self.canvas, LEFT, pos=self.place(*at))
        for _ in range(moves):
            at = np.clip(at + self.random.normal(0, 8, 2), 20, (height - 20, width - 20))
            QTest.mouseMove(self.canvas, self.place(*at))
            turn(hold)
        QTest.mouseRelease(self.canvas, LEFT, pos=self.place(*at))

    def across(self) -> None:
        """Draw a line from one side of the picture to the other."""
        height, width = self.layer.data.shape
        QTest.mousePress(self.canvas, LEFT, pos=self.place(height / 2, 20))
        QTest.mouseMove(self.canvas, self.place(height / 2, width - 20))
        QTest.mouseRelease(self.canvas, LEFT, pos=self.place(height / 2, width - 20))

    def clear(self) -> None:
        """Begin anew, on an empty layer."""
        self.layer.data = np.zeros_like(self.layer.data)
        self.random = np.random.default_rng(0)

    def live(self, on: bool) -> None:
        """Press the button, on an empty layer; wait until the worker listens, or has ended."""
        if on:
            self.clear()
        self.dock.inputs.palette.live.click()
        wait(lambda: (self.dock.session is not None) == on)
        if on:
            turn(500)
        else:
            for layer in [x for x in self.viewer.layers if "palette" in x.name]:
                self.viewer.layers.remove(layer)

    def rest(self) -> None:
        """Wait until every pixel has had its steps."""
        turn(150)
        wait(lambda: "Paint on" in self.dock.status.text())

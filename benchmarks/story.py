"""What the chapters of the storyboard have in common, see `storyboard.py`."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

import napari
from hand import CONTROL, Hand
from napari.layers import Layer
from napari.utils.notifications import notification_manager
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QDialog, QSlider, QTabBar, QWidget
from watching import wait

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.series.dialog import SeriesDialog

PLUGIN = "Robust Synthesis"


class Story(ABC):
    """A window, and what is done in it again and again.

    Parameters
    ----------
    folder : Path
        For pictures and files.
    steps : int
        Of each run.
    """

    def __init__(self, folder: Path, steps: int) -> None:
        self.folder, self.steps = folder, steps
        self.viewer = napari.Viewer()
        self.hand = Hand(self.viewer, folder)

    def tell(self) -> None:
        """Take all steps of the chapter; what napari shows as wrong ends it."""
        for step in (self.open_dock, *self.chapter()):
            try:
                step()
                told = [str(note.message) for note in notification_manager.records if note.severity != "info"]
                assert not told, f"{step.__name__}: {told}"
            except Exception:
                self.hand.shot(f"failed in {step.__name__}")
                raise
        self.viewer.close()

    @abstractmethod
    def chapter(self) -> tuple[Callable[[], None], ...]:
        """Return the steps."""

    def open_dock(self) -> None:
        hand = self.hand
        wait(lambda: self.viewer.window._qt_window.isVisible(), 10)
        hand.menu("Plugins", PLUGIN, PLUGIN)
        self.dock = self.found(SynthesisDock)
        wait(lambda: "ready" in self.dock.status.text())
        hand.shot("the empty state")

    def found(self, kind: type) -> QWidget:
        def there() -> list[QWidget]:
            return [w for w in self.viewer.window.dock_widgets.values() if isinstance(w, kind)]

        wait(lambda: bool(there()), 10)
        (dock,) = there()
        return dock

    def ran(self) -> None:
        wait(lambda: self.dock.session is None)

    def settle(self) -> None:
        wait(lambda: not keeper_of(self.viewer).jobs.busy)

    def clear(self) -> None:
        """Select all layers and press the bin."""
        view = self.viewer.window._qt_viewer
        self.hand.click(view.layers.viewport())
        QTest.keyClick(view.layers, Qt.Key.Key_A, CONTROL)
        self.hand.click(view.layerButtons.deleteButton)
        assert not self.viewer.layers, "layers are left"

    def select_layer(self, layer: Layer) -> None:
        """Click a layer in napari's list."""
        self.hand.item(
            self.viewer.window._qt_viewer.layers, len(self.viewer.layers) - 1 - self.viewer.layers.index(layer)
        )

    def set_steps(self) -> None:
        (slider,) = self.dock.parameters.widgets["steps"].native.findChildren(QSlider)
        self.hand.slide(slider, self.steps)

    def raise_dock(self, dock: QWidget) -> None:
        """Click the tab of a dock."""
        title = dock.parentWidget().windowTitle() if dock.parentWidget() else ""
        for bar in self.hand.window.findChildren(QTabBar):
            for index in range(bar.count()):
                if title and bar.tabText(index) == title and bar.isVisible():
                    self.hand.click(bar, bar.tabRect(index).center())
        wait(dock.isVisible, 5)

    def dialog(self, kind: type[QDialog]) -> QDialog:
        (dialog,) = (d for d in self.dock.findChildren(kind) if d.isVisible())
        dialog.move(150, 120)
        return dialog

    def side_by_side(self, compare: str, shown_as: str) -> SeriesDialog:
        self.hand.press("Side by side…", self.dock)
        dialog = self.dialog(SeriesDialog)
        self.hand.choose(dialog.form.axis.native, compare)
        self.hand.choose(dialog.form.shown_as.native, shown_as)
        return dialog

    def run_series(self, dialog: SeriesDialog, count: int) -> None:
        self.hand.click(dialog.run_button)
        wait(lambda: dialog.worker is None)
        assert dialog.results.count() == count, f"{dialog.results.count()} results instead of {count}"

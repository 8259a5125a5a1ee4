"""The steps of the storyboard, see `storyboard.py`."""

from pathlib import Path

import napari
import numpy as np
from hand import CONTROL, Hand
from napari.layers import Layer
from napari.utils.notifications import notification_manager
from qtpy.QtCore import QPoint, Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QDialog, QSlider, QTabBar, QWidget
from window import wait

from napari_robust_synth._napari.distance_dialog import DistanceDialog
from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.feature_dock import FeatureBrowser
from napari_robust_synth._napari.history_dock import HistoryDock
from napari_robust_synth._napari.keeper import keeper_of
from napari_robust_synth._napari.recipe_dialog import RecipeDialog
from napari_robust_synth._napari.series_dialog import SeriesDialog
from napari_robust_synth._napari.tour import Tour

PLUGIN = "Robust Synthesis"


class Story:
    """Steps are told in order; each leaves the window to the next.

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
        """Take all steps."""
        steps = (
            self.open_dock,
            self.open_sample,
            self.paint_labels,
            self.find_features,
            self.filter_by_class,
            self.run_palette,
            self.live_brush,
            self.undo,
            self.branch,
            self.variations,
            self.compare_classifiers,
            self.targeted_grid,
            self.counterfactual,
            self.save,
            self.reopen,
            self.replay,
        )
        for step in steps:
            try:
                step()
            except Exception:
                self.hand.shot(f"failed in {step.__name__}")
                raise
            told = [str(note.message) for note in notification_manager.records if note.severity != "info"]
            assert not told, f"{step.__name__}: {told}"
        self.viewer.close()

    def found(self, kind: type) -> QWidget:
        def there() -> list[QWidget]:
            return [w for w in self.viewer.window.dock_widgets.values() if isinstance(w, kind)]

        wait(lambda: bool(there()), 10)
        (dock,) = there()
        return dock

    def ran(self) -> None:
        wait(lambda: self.dock.session is None)

    def open_dock(self) -> None:
        hand = self.hand
        wait(lambda: self.viewer.window._qt_window.isVisible(), 10)
        hand.menu("Plugins", PLUGIN, PLUGIN)
        self.dock = self.found(SynthesisDock)
        wait(lambda: "ready" in self.dock.status.text())
        hand.shot("the empty state")

    def take_tour(self) -> None:
        hand, dock = self.hand, self.dock
        hand.click(dock.tour_button)
        (tour,) = dock.findChildren(Tour)
        for number in range(1, 5):
            hand.shot(f"the tour, {number}")
            hand.click(tour.next_button)
        hand.shot("the tour, 5")
        hand.click(tour.next_button)
        wait(lambda: dock.bar.value() >= 5)
        hand.shot("the tour paints")
        wait(lambda: tour.next_button.text() == "Finish", 600)
        hand.shot("the tour, 6")
        source, result = self.viewer.layers[0], self.viewer.layers[-1]
        assert (source.data != result.data).any(), "the tour has painted nothing"
        hand.click(tour.next_button)
        hand.shot("after the tour")

    def clear(self) -> None:
        """Select all layers and press the bin; stacks first: napari crashes in Mesa when they go with painted labels."""
        view, hand = self.viewer.window._qt_viewer, self.hand
        bin_button = view.layerButtons.deleteButton
        for layer in [layer for layer in self.viewer.layers if layer.ndim > 2]:
            self.select_layer(layer)
            hand.click(bin_button)
        hand.click(view.layers.viewport())
        QTest.keyClick(view.layers, Qt.Key.Key_A, CONTROL)
        hand.click(bin_button)
        assert not self.viewer.layers, "layers are left"

    def select_layer(self, layer: Layer) -> None:
        """Click a layer in napari's list."""
        self.hand.item(self.viewer.window._qt_viewer.layers, len(self.viewer.layers) - 1 - self.viewer.layers.index(layer))

    def set_steps(self) -> None:
        (slider,) = self.dock.parameters.widgets["steps"].native.findChildren(QSlider)
        self.hand.slide(slider, self.steps)

    def open_sample(self) -> None:
        hand, dock = self.hand, self.dock
        self.clear()
        hand.menu("File", "Open Sample", PLUGIN, "Inpaint: a photo with a hole")
        hand.window.resize(1500, 940)
        hand.choose(dock.task.native, "Palette")
        self.set_steps()
        hand.click(dock.inputs.new_mask)
        hand.shot("a sample, and an empty palette on it")

    def paint_labels(self) -> None:
        hand, dock = self.hand, self.dock
        self.labels = labels = dock.inputs.mask_layer.value
        for row in (20, 40, 60):
            hand.stroke(labels, (row, 185), (row, 210), (row, 235))
        hand.key(Qt.Key.Key_M)
        for row in (85, 105, 125):
            hand.stroke(labels, (row, 90), (row, 110), (row, 130))
        wait(lambda: set(dock.inputs.palette.rows) == {1, 2}, 10)
        assert set(np.unique(labels.data)) == {0, 1, 2}
        hand.shot("two labels")

    def find_features(self) -> None:
        hand, dock = self.hand, self.dock
        hand.click(dock.inputs.palette.browse)
        self.browser = browser = self.found(FeatureBrowser)
        wait(lambda: browser.opened is not None)
        hand.shot("the feature browser")
        hand.choose(browser.eyedropper.region.native, "selected label")
        for label, name, to in ((2, "dog's face", 1), (1, "grass", 2)):
            self.select(label)
            hand.click(browser.eyedropper.button)
            wait(lambda: browser.eyedropper.button.isEnabled())
            assert browser.features.rowCount() == 20
            (chosen,) = browser.chosen()
            hand.write(browser.card.name, name)
            assert browser.features.find(chosen).data() == name
            hand.shot(f"eyedropper, {name}")
            self.select(to)
            hand.click(browser.card.use_button)
            assert dock.inputs.palette.rows[to].name.currentText() == name
        hand.shot("both features given")

    def select(self, label: int) -> None:
        """Choose a label with the swatch in the dock's palette."""
        self.raise_dock(self.dock)
        self.hand.click(self.dock.inputs.palette.rows[label].swatch)
        self.raise_dock(self.browser)

    def raise_dock(self, dock: QWidget) -> None:
        """Click the tab of a dock."""
        title = dock.parentWidget().windowTitle() if dock.parentWidget() else ""
        for bar in self.hand.window.findChildren(QTabBar):
            for index in range(bar.count()):
                if title and bar.tabText(index) == title and bar.isVisible():
                    self.hand.click(bar, bar.tabRect(index).center())
        wait(dock.isVisible, 5)

    def filter_by_class(self) -> None:
        hand, browser = self.hand, self.browser
        hand.choose(browser.label, "church")
        assert browser.features.rowCount() == 100 and "church" in browser.shown.text()
        hand.shot("features of a class")
        hand.item(browser.grid, 0)
        hand.click(browser.card.similar_button)
        hand.shot("more like it")

    def run_palette(self) -> None:
        hand, dock = self.hand, self.dock
        self.raise_dock(dock)
        hand.click(dock.run_button)
        wait(lambda: dock.bar.value() >= self.steps // 2)
        hand.shot("the palette runs")
        self.ran()
        self.result = self.viewer.layers[-1]
        changed = (self.result.data != self.source.data).any(-1)
        assert all(changed[self.labels.data == label].mean() > 0.9 for label in (1, 2))
        hand.shot("the palette has run")

    @property
    def source(self) -> Layer:
        return self.viewer.layers["Samoyed with a hole"]

    def live_brush(self) -> None:
        hand, dock = self.hand, self.dock
        before = self.result.data.copy()
        hand.click(dock.inputs.palette.live)
        hand.click(dock.inputs.palette.rows[2].swatch)
        hand.stroke(self.labels, (200, 40), (215, 60), (200, 80))
        wait(lambda: dock.bar.value() >= self.steps // 2)
        hand.shot("live brush")
        wait(lambda: "Paint on" in dock.status.text())
        hand.shot("live brush rests")
        hand.click(dock.stop_button)
        self.ran()
        self.settle()
        changed = (self.result.data != before).any(-1)
        assert changed[200:215, 50:70].mean() > 0.5, "the stroke has changed nothing"

    def settle(self) -> None:
        wait(lambda: not keeper_of(self.viewer).jobs.busy)

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

    def variations(self) -> None:
        hand, entries = self.hand, self.edits
        self.raise_dock(self.dock)
        dialog = self.side_by_side("Strengths", "Stack with a slider")
        hand.write(dialog.form.strengths, "10, 20, 40")
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

    def targeted_grid(self) -> None:
        hand = self.hand
        self.clear()
        hand.menu("File", "Open Sample", PLUGIN, "Translate: a photo to turn into another class")
        self.set_steps()
        dialog = self.side_by_side("Classes", "Grid")
        hand.click(dialog.form.classes.all_button)
        hand.shot("every class, before")
        self.run_series(dialog, 20)
        hand.shot("every class")
        dialog.close()
        hand.shot("every class, without the dialog")

    def counterfactual(self) -> None:
        hand, dock = self.hand, self.dock
        self.clear()
        hand.menu("File", "Open Sample", PLUGIN, "Counterfactual: a photo to turn with the smallest change")
        hand.click(dock.run_button)
        wait(lambda: dock.bar.value() > 3)
        hand.shot("a counterfactual is searched")
        self.ran()
        self.settle()
        hand.shot("counterfactual and difference")
        hand.press("Distance to every class…", dock)
        dialog = self.dialog(DistanceDialog)
        hand.click(dialog.measure_button)
        wait(lambda: dialog.table.rowCount() >= 2)
        hand.click(dialog.measure_button)
        wait(lambda: dialog.worker is None)
        hand.shot("distances")
        dialog.close()

    def save(self) -> None:
        hand = self.hand
        self.saved = self.folder / "counterfactual.png"
        self.result = self.viewer.layers["Samoyed · counterfactual"]
        self.select_layer(self.result)
        hand.file(lambda: hand.menu("File", "Save Selected Layers..."), self.saved, "save")
        wait(self.saved.exists, 20)

    def reopen(self) -> None:
        hand, before = self.hand, self.result.data.copy()
        self.clear()
        hand.file(lambda: hand.menu("File", "Open File(s)..."), self.saved, "open")
        wait(lambda: len(self.viewer.layers) == 1, 20)
        assert (self.viewer.layers[0].data == before).all(), "the saved file has other pixels"
        wait(lambda: "carries its recipe" in self.dock.status.text(), 20)
        hand.press("Recipe…", self.dock)
        self.recipe = self.dialog(RecipeDialog)
        hand.shot("the saved file, and its recipe")

    def replay(self) -> None:
        hand = self.hand
        hand.menu("File", "Open Sample", PLUGIN, "Inpaint: a photo with a hole")
        hand.choose(self.recipe.on.native, "Samoyed with a hole")
        hand.click(self.recipe.replay_button)
        hand.shot("replaying")
        wait(lambda: self.recipe.job is None)
        hand.shot("replayed on another picture")
        assert self.recipe.status.text().startswith("Done"), self.recipe.status.text()
        source, made = self.viewer.layers["Samoyed with a hole"], self.viewer.layers[-1]
        assert made.data.shape == source.data.shape and (made.data != source.data).any()

"""The storyboard's first chapter: from the empty state to a picture that is painted live."""

from collections.abc import Callable

import numpy as np
from napari.layers import Layer
from qtpy.QtCore import Qt
from story import PLUGIN, Story
from watching import wait

from napari_robust_synth._napari.features.dock import FeatureBrowser
from napari_robust_synth._napari.tour import Tour


class Painting(Story):
    def chapter(self) -> tuple[Callable[[], None], ...]:
        return (
            self.take_tour,
            self.open_sample,
            self.paint_labels,
            self.find_features,
            self.filter_by_class,
            self.run_palette,
            self.live_brush,
        )

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

    def open_sample(self) -> None:
        hand, dock = self.hand, self.dock
        self.clear()
        hand.menu("File", "Open Sample", PLUGIN, "Inpaint: a tag to take away")
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
            wait(lambda: browser.eyedropper.button.text() == "Eyedropper")
            assert browser.features.rowCount() == 20 and len(browser.chosen()) == 10
            hand.write(browser.card.name, name)
            assert browser.card.brush_button.text() == f"+ {name}"
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
        return self.viewer.layers["Samoyed with a tag"]

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

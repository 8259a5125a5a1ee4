"""Whatever happens while the eyedropper looks: a clean end, a clear message, and a browser that looks again."""

import itertools
import shutil
from collections.abc import Callable

import numpy as np
import pytest
import torch
from napari import Viewer
from napari.layers import Image, Labels
from pytestqt.qtbot import QtBot

from napari_robust_synth import features
from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.features import work as feature_work
from napari_robust_synth._napari.features.dock import FeatureBrowser
from napari_robust_synth._napari.features.use import BROWSER
from napari_robust_synth._napari.window.docks import open_dock
from napari_robust_synth.models import ZOO, Classifier

from .conftest import errors
from .gates import Gate
from .moments import ACTS, click, refill

Fill = Callable[[], FeatureBrowser]
MOMENTS = {"loading": (feature_work, "classifier"), "looking": (features, "eyedropper")}
WHAT = [what for what in ACTS if what not in ("preview removed", "model switched", "run pressed again")]


@pytest.fixture
def fill(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> Fill:
    """Fill viewer and browser anew: what is gone, or has changed, is there again."""
    photo, mask = np.random.default_rng(0).integers(0, 255, (24, 32, 3), np.uint8), np.zeros((24, 32), np.uint8)
    mask[5:15, 10:20] = 1
    browser, image, labels = (
        open_dock(viewer, BROWSER),
        Image(photo, name="photo", rgb=True),
        Labels(mask, name="region"),
    )

    def again() -> FeatureBrowser:
        refill(viewer, {image: photo, labels: mask})
        browser.eyedropper.image_layer.value, browser.eyedropper.mask_layer.value = image, labels
        browser.model.value = "bundled"
        qtbot.waitUntil(lambda: browser.opened is not None, timeout=60_000)
        browser.show_all()
        return browser

    return again


def settled(browser: FeatureBrowser, qtbot: QtBot) -> None:
    box = browser.eyedropper
    qtbot.waitUntil(lambda: browser.opened is not None and box.button.text() == "Eyedropper", timeout=30_000)
    qtbot.wait(1)


def found(browser: FeatureBrowser, qtbot: QtBot) -> list[int]:
    click(qtbot, browser.eyedropper.button)
    settled(browser, qtbot)
    assert len(browser.features.shown) == 20
    return browser.features.shown


def test_it_finds_the_same_as_if_nothing_had_happened(
    fill: Fill, dock: SynthesisDock, viewer: Viewer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = found(fill(), qtbot)
    together = sorted(WHAT, key=lambda what: what.endswith("removed"))
    for moment in MOMENTS:
        browser = fill()
        with monkeypatch.context() as patch:
            gate = Gate(patch, *MOMENTS[moment])
            click(qtbot, browser.eyedropper.button)
            gate.reached(qtbot)
            for what in together:
                ACTS[what](dock, viewer, qtbot)
            gate.open()
            settled(browser, qtbot)
        assert (browser.features.shown, errors()) == (expected, []), moment
    fill()


def cancel(browser: FeatureBrowser, qtbot: QtBot) -> None:
    click(qtbot, browser.eyedropper.button)


def switch(browser: FeatureBrowser, qtbot: QtBot) -> None:
    first = ZOO["bundled"].folder
    shutil.copytree(first, first.with_name("another"), dirs_exist_ok=True)
    browser.model.value = str(first.with_name("another"))


def there_and_back(browser: FeatureBrowser, qtbot: QtBot) -> None:
    """The same model is being loaded again when what was found in it comes."""
    switch(browser, qtbot)
    browser.model.value = "bundled"


def test_ended_on_the_way(fill: Fill, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tiny: Classifier) -> None:
    for moment, end in itertools.product(MOMENTS, (cancel, switch, there_and_back)):
        browser = fill()
        with monkeypatch.context() as patch:
            gate = Gate(patch, *MOMENTS[moment])
            click(qtbot, browser.eyedropper.button)
            gate.reached(qtbot)
            end(browser, qtbot)
            gate.open()
            settled(browser, qtbot)
        assert (len(browser.features.shown), errors()) == (tiny.n_features, []), (moment, end.__name__)
    assert len(found(browser, qtbot)) == 20


def test_the_window_is_closed(fill: Fill, viewer: Viewer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, gate = fill(), Gate(monkeypatch, *MOMENTS["looking"])
    click(qtbot, browser.eyedropper.button)
    worker = browser.eyedropper._look._worker
    gate.reached(qtbot)
    viewer.close()
    qtbot.wait(1)
    gate.open()
    qtbot.waitUntil(lambda: not worker.is_running, timeout=30_000)
    qtbot.wait(1)
    assert errors() == []


def test_out_of_memory(fill: Fill, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    causes = (MemoryError(), torch.OutOfMemoryError("CUDA out of memory. Tried 2 GiB\nAnd more"))
    for number, where in enumerate((*MOMENTS.values(), (feature_work, "choose_part"))):
        error = causes[number % 2]

        def fails(*args: object, error: Exception = error) -> object:
            raise error

        browser = fill()
        with monkeypatch.context() as patch:
            patch.setattr(*where, fails)
            click(qtbot, browser.eyedropper.button)
            settled(browser, qtbot)
        assert len(errors()) == 1 and "memory" in errors()[0] and "\n" not in errors()[0], where
    assert len(found(fill(), qtbot)) == 20

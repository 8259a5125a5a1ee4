"""Small pictures: as large as asked for, and sharp where a point has several pixels."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtWidgets import QLabel

from napari_robust_synth._napari.features.listing import TILE, FeatureList
from napari_robust_synth._napari.history.listing import icon
from napari_robust_synth._napari.inputs.palette_row import SWATCH, PaletteRow
from napari_robust_synth._napari.window import icons

PIXELS = np.random.default_rng(0).integers(0, 255, (60, 90, 3), np.uint8)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_they_have_the_pixels_of_the_screen(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, ratio: float) -> None:
    monkeypatch.setattr(icons, "_ratio", lambda: ratio)
    small = icons.pixmap(PIXELS, 48)
    assert small.width() == round(48 * ratio) and small.devicePixelRatio() == ratio
    qtbot.addWidget(label := QLabel())
    label.setPixmap(small)
    assert label.sizeHint().width() == 48, "it takes as much room on every screen"
    features = FeatureList()
    features.start(1, None)
    assert features.picture(0).devicePixelRatio() == ratio and features.picture(0).width() == round(TILE * ratio)
    features.draw(0, np.zeros((1, TILE, TILE, 3), np.uint8))
    assert features.picture(0).width() == round(TILE * ratio)
    assert icon(PIXELS).availableSizes()[0].width() == round(48 * ratio)


def test_the_frame_of_a_swatch_is_as_thick_on_every_side(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(icons, "_ratio", lambda: 2.0)
    row = PaletteRow(1, ("church",), {})
    for part in (row.swatch, row.name, row.strength):
        qtbot.addWidget(part)
    row.colour((1, 0, 0, 1), selected=True)
    drawn = (
        row.swatch.icon()
        .pixmap(
            SWATCH,
            SWATCH,
        )
        .toImage()
    )
    assert drawn.width() == drawn.height()
    last = drawn.width() - 1
    corners = {drawn.pixelColor(x, y).name() for x in (0, last) for y in (0, last)}
    assert len(corners) == 1 and drawn.pixelColor(last // 2, last // 2).name() == "#ff0000" not in corners

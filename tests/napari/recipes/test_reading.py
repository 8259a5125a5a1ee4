"""Recipes are read when they may be others than last time, and not again: those of many slices take long."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pydantic
import pytest
from napari import Viewer
from napari.layers import Image
from qtpy.QtCore import QCoreApplication, QEvent

from napari_robust_synth._napari.layers.recipes import RECIPE, SERIES
from napari_robust_synth._napari.recipes.layer import look_into_file
from napari_robust_synth._napari.recipes.view import EMPTY
from napari_robust_synth.models.validate import validated
from napari_robust_synth.tasks.recipes import Recipes

from .conftest import Fill

Parsed = list[Any]


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Parsed:
    """What recipes are read from."""
    real, found = Recipes.from_dict, []

    def reads(raw: Any) -> Recipes:
        found.append(raw)
        return real(raw)

    monkeypatch.setattr(Recipes, "from_dict", reads)
    return found


def test_what_checks_a_type_is_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass
    class Point:
        x: int

    real, built = pydantic.TypeAdapter, []
    monkeypatch.setattr(pydantic, "TypeAdapter", lambda kind: built.append(kind) or real(kind))
    assert [validated(Point, {"x": x}).x for x in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="x: Field required"):
        validated(Point, {})
    assert built == [Point]


def test_the_dialog_reads_what_is_new(fill: Fill, viewer: Viewer, parsed: Parsed) -> None:
    dialog, result = fill(), viewer.layers["result"]
    parsed.clear()
    for _ in range(3):
        QCoreApplication.sendEvent(dialog, QEvent(QEvent.Type.WindowActivate))
    result.name = "other result"
    dialog.follow()
    assert parsed == [] and dialog.heading.text() == "other result"
    first = result.metadata[RECIPE]
    result.metadata[RECIPE] = {**first, "seed": 7}
    QCoreApplication.sendEvent(dialog, QEvent(QEvent.Type.WindowActivate))
    assert len(parsed) == 1 and "seed 7" in dialog.about.text()
    viewer.layers.selection.active = viewer.layers["photo"]
    assert dialog.about.text() == EMPTY
    viewer.layers.selection.active = result
    assert len(parsed) == 2 and "seed 7" in dialog.about.text()
    viewer.layers.remove(result)
    assert dialog.about.text() == EMPTY
    result.metadata[RECIPE] = first


def test_a_series_is_read_again_when_a_result_has_come(fill: Fill, viewer: Viewer, parsed: Parsed) -> None:
    dialog, recipe = fill(), viewer.layers["result"].metadata[RECIPE]
    series: dict[str, Any] = {"format": 1, "axis": "seed", "stacked": True, "results": []}
    viewer.layers.selection.active = viewer.add_image(np.zeros((3, 24, 32)), name="board", metadata={SERIES: series})
    assert dialog.about.text() == EMPTY
    for count in (1, 2):
        series["results"].append({"title": f"seed {count}", "recipe": recipe})
        parsed.clear()
        dialog.follow()
        dialog.follow()
        assert len(parsed) == 1 and f"{count} results" in dialog.about.text()


def test_a_layer_without_a_file_is_not_read(parsed: Parsed) -> None:
    assert look_into_file(Image(np.zeros((4, 4)), metadata={RECIPE: {"format": 1}})) is None
    assert parsed == []

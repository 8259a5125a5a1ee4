"""Every figure of the gallery can be made; here with one step at 32 px instead of all of them."""

import importlib
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from napari_robust_synth import Classifier, Job, core, load_classifier, samples, tasks

DOCS = Path(__file__).parents[1] / "docs"
sys.path.insert(0, str(DOCS))
try:
    FIGURES = importlib.import_module("make_gallery").FIGURES
finally:
    sys.path.remove(str(DOCS))


def short(task: tasks.Task, *arguments: Any, **inputs: Any) -> Job:
    return Job(replace(task, steps=1), *arguments, **inputs, size=32)


@pytest.fixture(scope="module")
def bundled() -> Classifier:
    return load_classifier()


@pytest.fixture
def gallery(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = sys.modules["make_gallery"]
    monkeypatch.setattr(module, "Job", short)
    return module


@pytest.mark.parametrize("name", [*FIGURES, "overview"])
def test_a_figure_can_be_made(name: str, gallery: ModuleType, bundled: Classifier) -> None:
    picture = np.asarray(getattr(gallery, name)(bundled))
    assert picture.ndim == 3 and min(picture.shape[:2]) >= gallery.SIDE and picture.std() > 1


def test_inpaint_shows_what_it_starts_from(gallery: ModuleType, bundled: Classifier) -> None:
    image = samples.load("inpaint")["image"]
    before, after, whole = gallery.filled(bundled)
    face = np.zeros(image.shape[:2], bool)
    face[gallery.FACE] = True
    start = core.fill_texture(image, face)
    assert np.array_equal(before, start) and np.array_equal(whole, image)
    assert np.abs(after.astype(float) - start).mean() < 2  # one step from there


def test_each_picture_of_the_page_is_a_figure() -> None:
    page = (DOCS / "gallery.md").read_text(encoding="utf-8")
    assert [name for name in FIGURES if f"](images/gallery/{name}.jpg)" not in page] == []

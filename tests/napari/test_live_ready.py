"""What a live painting's steps need is ready before the first stroke, and never before one that waits."""

import numpy as np
import pytest
import torch

from napari_robust_synth._napari.live.runner import LiveFrame, paint_live
from napari_robust_synth._napari.running.runner import Control
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Live, Palette, Target

Prepared = list[tuple[tuple[int, ...], int]]


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> Prepared:
    """The shapes that a classifier was prepared for, each with the number of threads then."""
    found: Prepared = []
    monkeypatch.setattr(Classifier, "prepare", lambda _, shape: found.append((tuple(shape), torch.get_num_threads())))
    torch.set_num_threads(3)
    return found


@pytest.fixture
def live(tiny: Classifier) -> Live:
    picture = np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)
    return Live(Palette(steps=2), tiny, image=picture, palette={1: Target(label="church")})


def paint(control: Control) -> None:
    control.changes.put({"paint": lambda: (20, 20, np.full((30, 30), 1))})


def test_with_nothing_painted_the_first_stroke_finds_it_ready(live: Live, prepared: Prepared) -> None:
    control, ends = Control(frame_seconds=0.0), []
    painting = paint_live(live, lambda live, state: ends.append(live), control)
    assert next(painting) is None and next(painting) is None and next(painting) is None
    (ready,) = prepared
    assert ready[1] == 2, "one thread less, as for the steps"
    paint(control)
    while live.next_patch or not live.patches:
        next(painting)
    next(painting)
    assert set(prepared) == {ready} and ready[0] == tuple(live.patches[0].x.shape)
    control.stopped.set()
    assert not list(painting) and ends == [live]


def test_a_stroke_that_waits_is_painted_first(live: Live, prepared: Prepared) -> None:
    control = Control(frame_seconds=0.0)
    paint(control)
    painting = paint_live(live, lambda live, state: None, control)
    shown = next(painting)
    assert isinstance(shown, LiveFrame) and shown.step == 1 and not prepared

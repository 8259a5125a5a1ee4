"""Memory that runs out for a stroke: what was painted before it stays, and its recipe is of that."""

import numpy as np
import pytest

from napari_robust_synth._napari.live.runner import LiveFrame, paint_live
from napari_robust_synth._napari.running.runner import Control, Refused
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Live, Palette, Target

PALETTE = {1: Target(label="church"), 2: Target(features=(7,))}


@pytest.fixture
def large() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)


@pytest.fixture
def live(tiny: Classifier, large: np.ndarray) -> Live:
    return Live(Palette(steps=2), tiny, image=large, palette=PALETTE)


def fails(*_: object) -> None:
    raise MemoryError


def test_the_recipe_is_of_what_is_there(
    live: Live, tiny: Classifier, large: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.paint(20, 20, np.full((30, 30), 1))
    for _ in live.states():
        pass

    with monkeypatch.context() as patch, pytest.raises(MemoryError):
        patch.setattr(Live, "_patch_for", fails)
        live.paint(40, 40, np.full((200, 200), 2))
    again = Live(Palette(steps=2), tiny, image=large, palette=PALETTE)
    for _ in again.replay(live.changes, live.step):
        pass
    for _, change in live.changes[-1:]:
        again.apply(change)
    assert np.array_equal(again.result(), live.result())
    assert not (live.result()[50:] != large[50:]).any(), "the stroke has erased"


def test_the_painting_ends_and_stays(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    control, ended = Control(frame_seconds=0.0), list[Live]()
    control.changes.put({"paint": lambda: (20, 20, np.full((30, 30), 1))})
    painting = paint_live(live, lambda live, state: ended.append(live), control)
    while not isinstance(shown := next(painting), LiveFrame) or shown.step < 1:
        pass
    monkeypatch.setattr(Live, "paint", fails)
    control.changes.put({"paint": lambda: (60, 60, np.full((30, 30), 1))})
    (refused,) = [shown for shown in painting if isinstance(shown, Refused)]
    assert "memory" in refused.message and ended == [live]

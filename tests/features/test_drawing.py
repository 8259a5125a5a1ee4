"""What a component looks like: it answers to its picture, the same each time, and a stop loses little."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from napari_robust_synth import core
from napari_robust_synth.features import making
from napari_robust_synth.features.atlas import Atlas, cache_folder
from napari_robust_synth.features.drawing import TILE, Starts, answers, cut, draw, find_starts
from napari_robust_synth.features.making import Progress, make_atlas
from napari_robust_synth.models import Classifier

from .conftest import N


def starts_of(classifier: Classifier) -> Starts:
    looking = find_starts(classifier)
    while True:
        try:
            next(looking)
        except StopIteration as end:
            return end.value


def finish(classifier: Classifier, out: Path) -> tuple[Atlas, list[Progress]]:
    making_it, seen = make_atlas(classifier, out), []
    while True:
        try:
            seen.append(next(making_it))
        except StopIteration as end:
            return end.value, [p for p in seen if p is not None]


def test_a_picture_raises_its_component(few: Classifier) -> None:
    starts = starts_of(few)
    first, *_, last = draw(few, range(3), starts)
    assert (answers(few, last.x)[range(3), range(3)] > 2 * first.terms["feature"]).all()
    assert cut(last.x).shape == (3, TILE, TILE, 3)
    means = cut(last.x).mean((1, 2))
    assert [int(m.argmax()) for m in means] == [0, 1, 2], "red, green and blue"


def test_each_starts_from_what_it_answers_to_most(few: Classifier) -> None:
    starts = starts_of(few)
    state = next(iter(draw(few, [1, 0], starts)))
    best = starts.answers.argmax(0)
    assert (state.x[0] == starts.pictures[best[1]]).all() and (state.x[1] == starts.pictures[best[0]]).all()


def test_a_model_with_seeds_starts_from_them(tiny: Classifier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("napari_robust_synth.features.drawing.STARTS", 6)
    starts = starts_of(tiny)
    assert starts.pictures.shape == (6, 3, 64, 64) and starts.answers.shape == (6, tiny.n_features)
    assert (starts.pictures.mean((1, 2, 3)) - 0.5).abs().max() < 0.1, "its seeds are grey"


def test_twice_the_same(few: Classifier) -> None:
    one, two = (core.last(draw(few, range(4), starts_of(few))).x for _ in range(2))
    assert (one == two).all()


def test_stopped_and_gone_on_with(few: Classifier, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "PIECE", 8)
    whole, seen = finish(few, home / "whole.webp")
    assert [p.first for p in seen if p.tiles is not None] == [0, 8, 16] and seen[-1].done == N == seen[-1].of
    pieces = cache_folder(few.sha256)
    assert not pieces.exists()

    stopped = make_atlas(few, home / "second.webp")
    for _ in islice((p for p in stopped if p and p.tiles is not None), 2):
        pass
    stopped.close()
    assert sorted(path.name for path in pieces.iterdir()) == ["00000.npz", "00008.npz"]
    (pieces / "00008.npz").write_bytes(b"torn")
    drawn: list[range] = []
    monkeypatch.setattr(making, "draw", lambda c, components, s: drawn.append(components) or draw(c, components, s))
    again, seen = finish(few, home / "second.webp")
    assert drawn == [range(8, 16), range(16, 20)]
    assert seen[0].first == 0 and seen[0].tiles is not None, "what was there is shown at once"
    assert np.array_equal(again.tiles, whole.tiles) and np.array_equal(again.signatures, whole.signatures)
    assert (home / "second.webp").read_bytes() == (home / "whole.webp").read_bytes() and not pieces.exists()


def test_a_classifier_without_a_hash(few: Classifier, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(few, "sha256", "")
    with pytest.raises(ValueError, match="no sha256"):
        next(make_atlas(few, home / "atlas.webp"))
    assert not home.exists()

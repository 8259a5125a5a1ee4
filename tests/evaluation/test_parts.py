"""Every part, on a random classifier with two steps a run: what it returns holds together, twice the same."""

import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from napari_robust_synth import Classifier
from napari_robust_synth.evaluation.bench import Bench, Meter
from napari_robust_synth.evaluation.metrics import METRICS
from napari_robust_synth.evaluation.mixture import Mixture
from napari_robust_synth.evaluation.parts import (
    PARTS,
    common,
    inpainting,
    painting,
    robustness,
    super_resolution,
    translation,
)
from napari_robust_synth.evaluation.parts.inpainting import inside, squares
from napari_robust_synth.evaluation.pool import Pool
from napari_robust_synth.evaluation.results import Found
from tests.conftest import NAMES


@pytest.mark.parametrize("name", PARTS)
def test_a_part(name: str, tiny: Classifier, bench: Bench) -> None:
    meter = Meter()
    found = PARTS[name].find(tiny, replace(bench, meter=meter))
    assert (found.part, found.classifier) == (name, "tiny") and found.tables and found.settings
    rows = [row for table in found.tables for row in table.rows]
    assert all(row.values and set(row.values) <= set(METRICS) for row in rows)
    assert any(row.rival for row in rows) == (name not in ("robustness", "grid", "painting"))
    assert meter.total > 0 and meter.done == pytest.approx(meter.total)
    assert bool(found.checks) == (name != "grid") and found.verdict == "unclear", "three pictures decide nothing"
    assert bool(found.figures) == (name != "robustness")


@pytest.mark.parametrize("name", ["generation", "robustness"])
def test_the_same_numbers_twice(name: str, tiny: Classifier, bench: Bench) -> None:
    a, b = (PARTS[name].find(tiny, bench) for _ in range(2))
    assert asdict(a) == asdict(b)


def values(found: Found, name: str, table: int = 0) -> dict[str, float]:
    row = next(row for row in found.tables[table].rows if row.name.startswith(name))
    return {key: value.mean for key, value in row.values.items()}


def test_without_a_judge_there_is_no_judge_rate(tiny: Classifier, bench: Bench) -> None:
    found = PARTS["generation"].find(tiny, replace(bench, judge=None, features=None))
    assert set(values(found, "normal")) == {"itself"} and not found.checks
    assert any("--judge" in note for note in found.notes)


@pytest.mark.parametrize(("names", "words"), [(("cat", "dog"), "knows 0 of"), (NAMES[:2], "knows 2 of")])
def test_a_judge_that_does_not_know_the_classes(
    tiny: Classifier, bench: Bench, names: tuple[str, ...], words: str
) -> None:
    judge = replace(bench.judge, class_names=names, look=lambda x: (x.mean((2, 3)), torch.zeros((len(x), 2))))
    found = PARTS["grid"].find(tiny, replace(bench, judge=judge))
    assert ("judge" in values(found, "1 picture")) == (names == NAMES[:2])
    assert any(words in note for note in found.notes)


def test_accuracy_falls_with_the_radius(tiny: Classifier, bench: Bench) -> None:
    seen = [max(common.classify(tiny, e.pixels), key=lambda pair: pair[1])[0] for e in bench.examples]
    named = [replace(e, label=label) for e, label in zip(bench.examples, seen, strict=True)]
    found = robustness.find(tiny, replace(bench, examples=named))
    rates = [row.values["accuracy"].mean for row in found.tables[0].rows]
    assert rates[0] == 100 and rates == sorted(rates, reverse=True) and rates[-1] < 100
    assert [row.x for row in found.tables[0].rows] == [0, *robustness.RADII]


def test_targets_are_other_classes_in_turn() -> None:
    labels = [name for name in NAMES for _ in range(4)]
    asked = translation.targets(labels, NAMES, 0)
    pairs = list(zip(labels, asked, strict=True))
    assert all(a != b for a, b in pairs) and {pairs.count(pair) for pair in pairs} == {2}


def test_a_pair_of_classes(tiny: Classifier, bench: Bench) -> None:
    settings = replace(bench.settings, pair=("church", "tench"))
    sources = [e for e in bench.examples if e.label == "church"]
    found = translation.find(tiny, replace(bench, settings=settings, sources=sources))
    assert found.tables[0].rows[0].values["itself"].n == len(sources) == 1
    assert "church to tench" in found.figures[0].caption


def test_mixtures_are_a_line_of_their_own(tiny: Classifier, bench: Bench, pool: Pool) -> None:
    assert Mixture(pool, NAMES, 64).fitted is None, "too few pictures"
    mixture = Mixture(pool, NAMES, 64)
    object.__setattr__(mixture, "fitted", tiny.seeds)
    found = PARTS["generation"].find(tiny, replace(bench, mixture=mixture))
    assert values(found, "mixtures") == values(found, "normal")


def test_squares_and_what_is_inside() -> None:
    masks = squares(5, 60, 3)
    assert [int(m.sum()) for m in masks] == [3600] * 5
    assert all(m.any(0).sum() == m.any(1).sum() == 60 for m in masks)
    assert np.array_equal(masks, squares(5, 60, 3)) and not np.array_equal(masks, squares(5, 60, 4))
    pictures = [np.where(mask[..., None], np.uint8(200), np.uint8(0)).repeat(3, 2) for mask in masks]
    assert all((cut == 200).all() and cut.shape == (60, 60, 3) for cut in inside(pictures, masks))


def test_a_feature_raised_inside_counts_as_such(tiny: Classifier) -> None:
    before = np.full((224, 224, 3), 100, np.uint8)
    mask = squares(1, 72, 0)[0]
    after = before.copy()
    after[mask] = np.random.default_rng(0).integers(0, 255, (int(mask.sum()), 3))
    gains = painting.feature_maps(tiny, (before, after), 0)
    found = painting.look(tiny, before, after, mask, 0, 1.0)
    assert found.outside == 0 and np.allclose(found.map, (gains[1] - gains[0]).numpy())
    assert 0 < found.inside <= found.everywhere
    unchanged = painting.look(tiny, before, before, mask, 0, 1.0)
    one, both = (painting.feature_row(looked, 0).values["kept"] for looked in ([found], [found, unchanged]))
    assert one.mean == pytest.approx(both.mean, rel=1e-3), "where nothing was gained there is no share of it"
    spoiled = after.copy()
    spoiled[~mask] += 3
    assert painting.changed_outside(before, spoiled, mask) == 3


def test_how_much_of_a_gain_is_inside(tiny: Classifier, monkeypatch: pytest.MonkeyPatch) -> None:
    picture, mask = np.zeros((224, 224, 3), np.uint8), np.zeros((224, 224), bool)
    mask[:112, :112] = True
    was, now = torch.zeros(2, 4, 4, dtype=torch.float64)
    now[0, 0], now[3, 3], now[3, 0] = 3, 1, -5
    monkeypatch.setattr(painting, "feature_maps", lambda *_: torch.stack([was, now]))
    row = painting.feature_row([painting.look(tiny, picture, picture, mask, 0, 0.5)], 0)
    assert row.values["kept"].mean == pytest.approx(100 * 3 / (3 + 1)), "what is lost elsewhere does not count"
    assert row.values["gain"].mean == pytest.approx(3 / 4 / 0.5, rel=1e-4)


def test_enlarged_from_every_start_by_both_factors(tiny: Classifier, bench: Bench) -> None:
    found = PARTS["super-resolution"].find(tiny, bench)
    assert [table.title for table in found.tables] == ["28 to 224 pixels (8 times)", "32 to 224 pixels (7 times)"]
    rows = [*super_resolution.ARMS, super_resolution.START, "nearest", "bicubic", "Lanczos"]
    assert all([row.name for row in table.rows] == rows for table in found.tables)
    assert len({tuple(values(found, name).values()) for name in rows}) == len(rows), "each is a picture of its own"


def test_what_is_hidden_does_not_leak_into_a_filling(
    tiny: Classifier, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    masks = squares(len(bench.examples), inpainting.SQUARE, bench.settings.seed)
    others = [
        replace(e, pixels=np.where(mask[..., None], np.uint8(9), e.pixels))
        for e, mask in zip(bench.examples, masks, strict=True)
    ]
    made, run_all = [], inpainting.run_all
    monkeypatch.setattr(inpainting, "run_all", lambda *parts: made.append(list(run_all(*parts))) or made[-1])
    for examples in (bench.examples, others):
        inpainting.find(tiny, replace(bench, examples=examples))
    given, predicted, given_other, predicted_other = ([picture for _, picture in run] for run in made)
    assert np.array_equal(given, given_other) and np.array_equal(predicted, predicted_other)
    assert not np.array_equal(given, [e.pixels for e in bench.examples])


def test_autoattack_where_it_is_installed(tiny: Classifier, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a stand-in: it makes every picture black."""
    asked = {}

    def strongest(network: nn.Module, **options: object) -> Callable[[Tensor, Tensor], Tensor]:
        asked.update(options, training=network.training)
        assert torch.equal(network(bench_pictures), tiny.network(bench_pictures))
        return lambda x, _: torch.zeros_like(x)

    bench_pictures, labels = robustness.tensors(tiny, bench)
    monkeypatch.setattr(robustness, "LEAST_CLASSES", 3)
    monkeypatch.setattr(robustness, "find_spec", lambda name: name == "torchattacks")
    monkeypatch.setitem(sys.modules, "torchattacks", SimpleNamespace(AutoAttack=strongest))
    found = robustness.find(tiny, bench)
    assert found.tables[1].title == "Right under AutoAttack" and found.notes == ()
    assert asked == {"norm": "L2", "eps": 3 * 64 / 224, "n_classes": 3, "seed": 0, "training": False}
    black = int(tiny.network(torch.zeros((1, 3, 64, 64))).argmax())
    expected = 100 * float((labels == black).float().mean())
    assert values(found, "radius 3", 1)["autoattack"] == pytest.approx(expected)

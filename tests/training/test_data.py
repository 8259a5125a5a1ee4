"""Pictures to train on: cropped and served as the seed says, whoever loads them."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from napari_robust_synth.training.config import TrainingConfig
from napari_robust_synth.training.data import (
    Augmented,
    Centred,
    Order,
    centred_batches,
    seeds_of,
    training_batches,
)
from napari_robust_synth.training.layout import Pictures, find
from napari_robust_synth.training.team import Team

ORDER = Order(pictures=24, batch=10, epochs=3, seed=0)


@pytest.fixture
def pictures(toy: Path) -> Pictures:
    return find(toy, TrainingConfig())[0]


def test_pictures_are_squares_in_zero_to_one(pictures: Pictures) -> None:
    x, label, _ = Augmented(pictures, 32, 0.6, 0)[0, 1]
    centre, same = Centred(pictures, 32)[1]
    assert label == same == 0
    for picture in (x, centre):
        assert picture.shape == (3, 32, 32) and picture.dtype == torch.float32
        assert 0 <= picture.min() < picture.max() <= 1


def test_a_crop_follows_from_seed_epoch_and_number_alone(pictures: Pictures) -> None:
    draws = {
        (seed, *draw): Augmented(pictures, 32, 0.6, seed)[draw] for seed in (0, 1) for draw in ((0, 0), (1, 0), (0, 1))
    }
    assert len({x.sum().item() for x, _, _ in draws.values()}) == len({n for _, _, n in draws.values()}) == 6
    torch.manual_seed(5)
    state = torch.get_rng_state()
    again = Augmented(pictures, 32, 0.6, 1)[1, 0]
    assert torch.equal(again[0], draws[1, 1, 0][0]) and again[1:] == draws[1, 1, 0][1:]
    assert torch.equal(torch.get_rng_state(), state), "nobody else's randomness is touched"


def test_turns_and_colours_vary_from_epoch_to_epoch_and_come_again(pictures: Pictures) -> None:
    data = Augmented(pictures, 32, 0.6, 0, turn=30, jitter=0.8)
    drawn = [data[epoch, 0][0] for epoch in range(40)]
    assert torch.equal(drawn[3], data[3, 0][0])
    reds = torch.stack([x.mean((1, 2)) for x in drawn])
    plain = torch.stack([Augmented(pictures, 32, 0.6, 0)[epoch, 0][0].mean((1, 2)) for epoch in range(40)])
    assert (reds.std(0) > 3 * plain.std(0)).all()
    grey = [bool((x == x[0]).all()) for x in drawn]
    assert 2 < sum(grey) < 20
    assert any((x[:, 0, 0] == 0).all() for x in drawn), "a turn leaves black corners"


def test_workers_change_nothing(pictures: Pictures) -> None:
    data = Augmented(pictures, 32, 0.6, 0)
    alone, helped = (list(training_batches(data, replace(ORDER, epochs=1), workers)) for workers in (0, 2))
    assert len(alone) == len(helped) == 2
    for a, b in zip(alone, helped, strict=True):
        assert all(torch.equal(x, y) for x, y in zip(a, b, strict=True))


def test_every_epoch_has_its_own_order_of_all_pictures() -> None:
    batches = list(ORDER)
    assert len(batches) == len(ORDER) == 6 and all(len(batch) == 10 for batch in batches)
    epochs = [batches[i] + batches[i + 1] for i in (0, 2, 4)]
    assert [{epoch for epoch, _ in part} for part in epochs] == [{0}, {1}, {2}]
    orders = [[index for _, index in part] for part in epochs]
    assert all(len(set(order)) == 20 for order in orders) and len(set(map(tuple, orders))) == 3
    assert list(replace(ORDER, seed=1)) != batches == list(replace(ORDER))


@pytest.mark.parametrize("first", range(7))
def test_an_order_resumes_anywhere(first: int) -> None:
    assert list(replace(ORDER, first=first)) == list(ORDER)[first:]
    assert len(replace(ORDER, first=first)) == 6 - first


@pytest.mark.parametrize(("pictures", "batch"), [(24, 10), (5, 10)])
def test_processes_share_every_batch(pictures: int, batch: int) -> None:
    whole = Order(pictures, batch, 2, 0)
    parts = [list(replace(whole, team=Team(rank, 2))) for rank in (0, 1)]
    assert len(parts[0]) == len(parts[1]) == len(whole)
    for a, b, both in zip(*parts, whole, strict=True):
        assert len(a) == len(b) and set(a) | set(b) <= set(both) and not set(a) & set(b)
        assert len(both) - len(a) - len(b) == pictures % 2 * (pictures < batch)


@pytest.mark.parametrize(("pictures", "batch", "size"), [(24, 9, 2), (1, 2, 2)])
def test_a_batch_that_cannot_be_shared(pictures: int, batch: int, size: int) -> None:
    with pytest.raises(ValueError, match=f"batch is {batch} of {pictures} pictures, which 2 processes cannot share"):
        Order(pictures, batch, 1, 0, team=Team(0, size))


def test_centred_pictures_come_in_order_and_all(pictures: Pictures) -> None:
    labels = torch.cat([y for _, y in centred_batches(pictures, 32, 10, 0)])
    assert labels.tolist() == list(pictures.labels) and len(labels) == 24


def test_seeds_differ() -> None:
    numbers = [seeds_of(*key) for key in ((0,), (0, 1), (1, 0), (0, 0, 1), (0, 1, 0))]
    assert len({seed for pair in numbers for seed in pair}) == 10
    assert seeds_of(0, 1, 0) == numbers[-1]

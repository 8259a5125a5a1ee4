"""How many pictures to work on together: what stops the search, what is kept of it, and less when memory runs out."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import batches
from napari_robust_synth.tasks.batch_notes import Cost
from napari_robust_synth.tasks.batches import best_batch, in_batches
from napari_robust_synth.tasks.memory import ran_out

SHAPE = (3, 32, 32)
MANY = 10**12
Measure = Callable[[Classifier, tuple[int, ...], int], Cost | None]


def search(seconds: dict[int, float], *, most: int = 64, budget: float = MANY, each: int = 10) -> tuple[int, list[int]]:
    """Return what is found where steps take so long and pictures so many bytes, and what was measured for it."""
    asked = []

    def measure(n: int) -> Cost:
        asked.append(n)
        return Cost(seconds[n], n * each)

    return batches._search({}, measure, most, budget), asked


FREE = dict.fromkeys((1, 2, 4, 8, 16, 32, 64), 0.01)


def test_it_grows_while_a_doubling_brings_more_a_second() -> None:
    assert search({1: 0.01, 2: 0.011, 4: 0.015, 8: 0.0291}) == (4, [1, 2, 4, 8])
    assert search({1: 0.01, 2: 0.0195}) == (1, [1, 2])
    assert search(FREE) == (64, [1, 2, 4, 8, 16, 32, 64])


def test_it_measures_no_more_than_is_needed() -> None:
    assert search(FREE, most=3) == (4, [1, 2, 4])
    assert search({1: 1.0}) == (1, [1]), "a long step"


@pytest.mark.parametrize(("budget", "found"), [(15, 1), (20, 2), (79, 4), (80, 8)])
def test_it_stops_at_the_memory_there_is(budget: int, found: int) -> None:
    assert search(FREE, budget=budget)[0] == found


def test_it_stops_where_memory_runs_out(tiny: Classifier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "GAIN", 0.0)  # whatever this machine takes
    monkeypatch.setattr(tiny, "logits", narrow(tiny, 4))
    assert best_batch(tiny, SHAPE, 64) == 4
    monkeypatch.setattr(batches, "free_memory", lambda device: 0)
    assert best_batch(tiny, SHAPE, 64) == 1


def test_making_ready_does_not_count(tiny: Classifier, monkeypatch: pytest.MonkeyPatch) -> None:
    real, made_ready = tiny.logits, []

    def logits(x: torch.Tensor) -> torch.Tensor:
        if not made_ready:
            made_ready.append(time.sleep(5 * batches.LONG))
        return real(x)

    monkeypatch.setattr(tiny, "logits", logits)
    cost = batches._cost(tiny, SHAPE, 1)
    assert cost is not None and cost.seconds < batches.LONG


def test_it_is_measured_once_on_a_machine(tiny: Classifier, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = counting(monkeypatch)
    assert best_batch(tiny, SHAPE, 1) == 1 and not measured, "one picture"
    found = best_batch(tiny, SHAPE, 3)
    assert measured and found in (1, 2, 3) and list(home.iterdir()) == [home / "batches.json"]
    measured.clear()
    assert best_batch(tiny, SHAPE, 3) == found and not measured
    best_batch(tiny.on("float32"), SHAPE, 2)
    best_batch(tiny, (3, 40, 32), 2)
    assert measured[:2] == [1, 2] and measured.count(1) == 2, "another path, another shape"
    assert len(json.loads((home / "batches.json").read_text())) == 3
    (home / "batches.json").write_text('{"damaged"')
    assert best_batch(tiny, SHAPE, 3) in (1, 2, 3)


def test_without_a_hash_or_a_place_it_is_kept_in_the_process(
    tiny: Classifier, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = counting(monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr(tiny, "sha256", "")
        found = [best_batch(tiny, (3, 25, 32), 2) for _ in range(2)]
    assert measured == [1, 2] and found[0] == found[1] and not home.exists()
    home.write_text("no folder")
    found = [best_batch(tiny, (3, 24, 24), 2) for _ in range(2)]
    assert measured == [1, 2, 1, 2] and found[0] == found[1]


def test_measuring_leaves_no_trace(tiny: Classifier) -> None:
    before = torch.get_rng_state()
    with torch.no_grad():
        best_batch(tiny, SHAPE, 4)
        assert not torch.is_grad_enabled()
    assert torch.equal(torch.get_rng_state(), before)


def test_a_batch_that_is_too_large_is_halved_and_starts_again() -> None:
    tried = []

    def work(some: list[int]) -> int:
        tried.append(some)
        if len(some) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried 2 GiB")
        return sum(some)

    assert list(in_batches(iter(range(7)), 5, work)) == [([0, 1], 1), ([2, 3], 5), ([4, 5], 9), ([6], 6)]
    assert tried[:2] == [[0, 1, 2, 3, 4], [0, 1]]


@pytest.mark.parametrize("error", [MemoryError(), ValueError("out of memory"), RuntimeError("odd")])
def test_what_is_no_use_trying_again_is_raised(error: Exception) -> None:
    def work(some: list[int]) -> None:
        raise error

    with pytest.raises(type(error)):
        list(in_batches([1] if ran_out(error) else [1, 2], 2, work))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), True),
        (torch.OutOfMemoryError(), True),
        (RuntimeError("MPS backend out of memory"), True),
        (
            RuntimeError("[enforced] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 B"),
            True,
        ),
        (RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 9 B"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_errors_that_say_so(error: Exception, expected: bool) -> None:
    assert ran_out(error) is expected


def counting(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list of the sizes that will be measured."""
    real, measured = batches._cost, []

    def counted(classifier: Classifier, shape: tuple[int, ...], n: int) -> Cost | None:
        measured.append(n)
        return real(classifier, shape, n)

    monkeypatch.setattr(batches, "_cost", counted)
    return measured


def narrow(classifier: Classifier, most: int) -> Callable[[torch.Tensor], torch.Tensor]:
    """Return logits that take so many pictures."""
    real = classifier.logits

    def logits(x: torch.Tensor) -> torch.Tensor:
        if len(x) > most:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried 2 GiB")
        return real(x)

    return logits

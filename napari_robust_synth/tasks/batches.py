"""How many pictures to work on together: as many as this machine is quickest with, fewer where memory runs out.

How pictures are split into batches changes nothing but rounding, and on a CPU's quickest path not even that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import psutil
import torch
from torch import Tensor

from napari_robust_synth import core
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks.batch_notes import Cost, Costs, keep, kept
from napari_robust_synth.tasks.memory import ran_out

MOST = 64
GAIN = 1.05
"""A doubling must bring so many times the pictures a second."""
LONG = 0.15
"""Seconds. A step that takes longer gains nothing by more pictures, and Cancel would come late."""
SHARE = 0.25
"""Of the memory that is free."""
_EXACT: dict[tuple[object, ...], bool] = {}
Item = TypeVar("Item")
Result = TypeVar("Result")


def best_batch(classifier: Classifier, shape: Sequence[int], pictures: int) -> int:
    """Return how many of some pictures to work on together.

    Steps of 1, 2, 4, ... pictures are timed, which takes a second or two. This is done the first time that several of a
    shape come; what it gave is kept on this machine.

    Parameters
    ----------
    classifier : Classifier
        On the path that the steps will take.
    shape : 3 ints
        Of a picture, (3, h, w).
    pictures : int
        How many there are.
    """
    if pictures == 1:
        return 1
    costs, budget = kept(classifier, shape), SHARE * free_memory(classifier.device)
    before, batch = len(costs), _search(costs, lambda n: _cost(classifier, shape, n), min(pictures, MOST), budget)
    if len(costs) > before:
        keep(classifier, shape, costs)
    return min(batch, pictures)


def best_together(classifier: Classifier, shape: Sequence[int], pictures: int) -> int:
    """Return how many pictures to work on together so that each becomes what it would alone, to the bit.

    On a CPU that is tried out: on the quickest path it holds, in plain float32 it does not. A GPU never gives the same
    bits twice, so there it is as many as `best_batch` says.
    """
    batch = best_batch(classifier, shape, pictures)
    exact = batch == 1 or classifier.device.type != "cpu" or _exact(classifier, tuple(shape), batch)
    return batch if exact else 1


def _exact(classifier: Classifier, shape: tuple[int, ...], n: int) -> bool:
    key = (classifier.sha256 or id(classifier), classifier.precision, shape, n, torch.get_num_threads())
    if key not in _EXACT:
        x = torch.rand((n, *shape), generator=torch.Generator().manual_seed(0))
        try:
            apart = torch.cat([_stepped(classifier, one) for one in torch.split(x, 1)])
            _EXACT[key] = torch.equal(_stepped(classifier, x), apart)
        except (MemoryError, RuntimeError) as error:
            if not ran_out(error):
                raise
            return False
    return _EXACT[key]


def _stepped(classifier: Classifier, x: Tensor) -> Tensor:
    score = core.class_score(classifier.logits, torch.zeros(1, dtype=torch.long))
    problem = core.Problem(x, score, core.L2Ball(x, 1.0))
    return core.last(core.pgd(problem, steps=2, step_size=0.7, measure_last=False)).x


def _search(costs: Costs, measure: Callable[[int], Cost | None], most: int, budget: float) -> int:
    """Double the batch as long as that pays; what is not known yet is measured, and noted in ``costs``."""

    def cost(n: int) -> Cost | None:
        if n not in costs and (measured := measure(n)) is not None:
            costs[n] = measured
        return costs.get(n)

    batch, one = 1, cost(1)
    while one is not None and batch < most and one.seconds <= LONG and 2 * one.bytes <= budget:
        two = cost(2 * batch)
        if two is None or GAIN * two.seconds > 2 * one.seconds:
            break
        batch, one = 2 * batch, two
    return batch


def free_memory(device: torch.device) -> int:
    """Return how many bytes can be had on a device."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return int(psutil.virtual_memory().available)


def _cost(classifier: Classifier, shape: Sequence[int], n: int) -> Cost | None:
    """Measure a step of ``n`` pictures; None when memory runs out."""
    x = torch.rand((n, *shape), generator=torch.Generator().manual_seed(0)).to(classifier.device)
    held = 0

    def hold(kept: Tensor) -> Tensor:
        nonlocal held
        held += kept.nbytes
        return kept

    try:
        with torch.no_grad():
            classifier.logits(x)  # lays weights out, which takes longer than a step
        with torch.autograd.graph.saved_tensors_hooks(hold, lambda kept: kept):
            first = _seconds(classifier, x)
        more = 0 if first > 4 * LONG else min(max(round(LONG / first), 2), 8)  # the first also makes ready
        return Cost(min([first, *(_seconds(classifier, x) for _ in range(more))]), held)
    except (MemoryError, RuntimeError) as error:
        if not ran_out(error):
            raise
        return None


def _seconds(classifier: Classifier, x: Tensor) -> float:
    began = time.perf_counter()
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        (grad,) = torch.autograd.grad(classifier.logits(x).sum(), x)
    float(grad.flatten()[0])  # waits for the device
    return time.perf_counter() - began


def in_batches(
    items: Iterable[Item], batch: int, work: Callable[[list[Item]], Result]
) -> Iterator[tuple[list[Item], Result]]:
    """Work on items batch by batch, in order; a batch that memory runs out of is halved, and started again.

    Parameters
    ----------
    items : iterable
        What to work on.
    batch : int
        How many together.
    work : callable
        Gives what came of some.

    Yields
    ------
    (list, result)
        The items of a batch, and what came of them.
    """
    line, waiting = iter(items), list[Item]()
    while waiting := [*waiting, *islice(line, max(batch - len(waiting), 0))]:
        some = waiting[:batch]
        try:
            result = work(some)
        except (MemoryError, RuntimeError) as error:
            if len(some) == 1 or not ran_out(error):
                raise
        else:
            yield some, result
            waiting = waiting[batch:]
            continue
        batch = len(some) // 2  # here, where the error no longer holds what was allocated

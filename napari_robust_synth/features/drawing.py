"""What a component of the representation looks like: a small picture that maximises it."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from napari_robust_synth import core
from napari_robust_synth.models import Classifier

TILE = 64
MAX_SIDE = 112
STEPS = 8
STEP_SIZE = 12.0
STARTS = 160


@dataclass(frozen=True)
class Starts:
    """Pictures to start from, (M, 3, s, s) in [0, 1], and what each component makes of each, (M, C)."""

    pictures: Tensor
    answers: Tensor


def find_starts(classifier: Classifier) -> Generator[None, None, Starts]:
    """Make the pictures to choose a start from: seeds of the model's classes, or soft coloured noise.

    They are at most `MAX_SIDE` wide, so that a large model is drawn in sensible time. They are the same each time.

    Yields
    ------
    None
        Now and then, so that it can be dropped.
    """
    side = min(classifier.size, MAX_SIDE)
    generator, classes = torch.Generator().manual_seed(0), len(classifier.class_names)
    if classifier.seeds is None:
        coarse = core.uniform_seeds(STARTS, (8, 8), generator)
        pictures = F.interpolate(coarse, (side, side), mode="bicubic").clamp(0, 1)
    else:
        labels = [i * classes // STARTS for i in range(STARTS)]
        pictures = torch.cat([classifier.seeds.multivariate(c, 1, (side, side), generator) for c in labels])
    found = []
    for part in torch.split(pictures, 16):
        found.append(answers(classifier, part))
        yield
    return Starts(pictures, torch.cat(found))


def answers(classifier: Classifier, pictures: Tensor) -> Tensor:
    """Return how much each component answers to the middle of pictures, (N, 3, s, s) -> (N, C), on the CPU."""
    with torch.no_grad():
        return middle(classifier.feature_map(pictures.to(classifier.device))).cpu()


def middle(maps: Tensor) -> Tensor:
    """Average the inner cells of feature maps, (N, C, h, w) -> (N, C): the padding speaks at the edges."""
    rows, columns = maps.shape[2] // 4, maps.shape[3] // 4
    inner: Tensor = maps[:, :, rows : maps.shape[2] - rows, columns : maps.shape[3] - columns].mean((2, 3))
    return inner


def draw(classifier: Classifier, components: Sequence[int], starts: Starts) -> Iterator[core.State]:
    """Maximise each component from the picture it answers to most; the states hold one picture for each.

    Parameters
    ----------
    components : sequence of int
        N components.
    starts : Starts
        From `find_starts`.

    Yields
    ------
    State
        ``STEPS + 1`` of them; the term ``feature`` is how much each component answers to its picture, (N,). The last
        is not measured.
    """
    index = torch.tensor(list(components), device=classifier.device)
    start = starts.pictures[starts.answers[:, list(components)].argmax(0)].to(classifier.device)

    def own(x: Tensor) -> Tensor:
        return middle(classifier.feature_map(x)).gather(1, index[:, None])[:, 0]

    problem = core.Problem(start, -1 * core.term("feature", own), core.Box())
    step_size = STEP_SIZE * start.shape[-1] / 224
    return core.pgd(problem, steps=STEPS, step_size=step_size, measure_last=False)


def cut(pictures: Tensor) -> NDArray[np.uint8]:
    """Return the middle of pictures (N, 3, s, s) as uint8 tiles (N, `TILE`, `TILE`, 3)."""
    edge = pictures.shape[-1] // 7
    inner = pictures[:, :, edge : pictures.shape[2] - edge, edge : pictures.shape[3] - edge]
    small = core.resample(inner, (TILE, TILE)).clamp(0, 1)
    pixels: NDArray[np.uint8] = (small * 255).round().byte().permute(0, 2, 3, 1).cpu().numpy()
    return pixels

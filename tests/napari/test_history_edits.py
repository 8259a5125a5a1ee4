"""Random edits by real runs of every task that edits a picture in place, undone to the bit within any budget."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from napari.layers import Image, Labels, Shapes
from numpy.random import Generator

from napari_robust_synth._napari.layers.masks import read_region
from napari_robust_synth._napari.layers.planes import read_plane
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth.history.budget import fit
from napari_robust_synth.history.edit import Edit
from napari_robust_synth.history.tree import History
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import TASKS, Job, Target

SLICES = 3
PLACE = {"scale": (2, 3), "translate": (5, 7), "rotate": 30}
PALETTE = {1: Target(label="church"), 2: Target(features=(7,))}
TASK_NAMES = sorted(name for name, task in TASKS.items() if "image" in task.needs and name != "super-resolve")


def walks(length: int) -> st.SearchStrategy[dict]:
    """Edits and ways back, and what they are done to."""
    return st.fixed_dictionaries(
        {
            "steps": st.lists(
                st.tuples(st.sampled_from(TASK_NAMES), st.integers(0, 2**32 - 1)), min_size=length, max_size=length
            ),
            "dtype": st.sampled_from(("uint8", "uint16", "int16", "float32", "float64")),
            "channels": st.sampled_from([None, 3, 4]),
            "budget": st.sampled_from([60_000, 300_000, 10**8]),
        }
    )


def marked(random: Generator, shape: tuple[int, int]) -> np.ndarray:
    """Labels 1 and 2 in a Labels or Shapes layer on another grid than the image, which has a place of its own."""
    plane = read_plane(Image(np.zeros(shape), **PLACE), World((0, 0)))
    top, left = random.integers(0, 20, 2)
    if random.random() < 0.3:
        box = np.array([[top, left], [top, left + 14], [top + 10, left + 14], [top + 10, left]])
        layer = Shapes([box], shear=[float(random.choice([0, 0.3]))], **PLACE)
        return read_region(layer, plane, World((0, 0)), selected_only=False).on((0, 0, *shape)).astype(np.uint8)
    labels = np.zeros((24, 32), np.uint8)
    labels[top // 2 : top // 2 + 8, left // 2 : left // 2 + 6] = 1
    labels[top // 2 : top // 2 + 8, left // 2 + 6 : left // 2 + 12] = 2
    turned = {**PLACE, "rotate": float(random.choice([30, 60])), "scale": np.array(PLACE["scale"]) * 1.5}
    return read_region(Labels(labels, **turned), plane, World((0, 0)), selected_only=False).labels_on((0, 0, *shape))


def run(name: str, random: Generator, picture: np.ndarray, top: float, tiny: Classifier) -> np.ndarray:
    """Edit a slice; where the mask lies beside it, the picture stays."""
    task, shape = TASKS[name](steps=1), picture.shape[:2]
    task = (random.random() < 0.3 and task.made_random()) or task
    mask = marked(random, shape) if "mask" in task.needs else None
    if mask is not None and not mask.any():
        return picture
    aim = {"palette": PALETTE} if "palette" in task.needs else {"label": str(random.choice(tiny.class_names))}
    seed = int(random.integers(100))
    return Job(task, tiny, image=picture, mask=mask, size=32, seed=seed, value_range=(0, top), **aim).run()


def check(tiny: Classifier, steps: list[tuple[str, int]], dtype: str, channels: int | None, budget: int) -> int:
    """Walk, and compare every picture that can be gone back to with a copy; return how many were made."""
    shape = (SLICES, 36, 48) if channels is None else (SLICES, 36, 48, channels)
    top = 1 if dtype.startswith("f") else np.iinfo(dtype).max
    start = (np.random.default_rng(0).random(shape) * top).astype(dtype)
    shown, history = start, History.begin(start, Edit("original"))
    copies = {history.current: start.copy()}
    for name, seed in steps:
        random = np.random.default_rng(seed)
        if random.random() < 0.2:  # back to any entry, and a branch from there
            number = int(random.choice(list(history.entries)))
            shown = history.picture(shown, number)
            history = history.at(number)
        after, at = shown.copy(), random.integers(SLICES)
        after[at] = run(name, random, shown[at], top, tiny)
        history = history.record(shown, shown, after, Edit(name, "church", {"seed": seed}))
        shown = after
        copies[history.current] = after.copy()
        left, _ = fit({0: history}, budget)
        assert sum(one.nbytes for one in left.values()) <= budget
        history = left.get(0) or History.begin(shown, Edit("original"))
    for number in history.entries:
        back = history.picture(shown, number)
        assert (back.dtype, back.tobytes()) == (start.dtype, copies[number].tobytes())
    return len(history.entries)


@settings(max_examples=8, deadline=None, derandomize=True)
@given(walk=walks(6))
def test_real_edits_come_back(tiny: Classifier, walk: dict) -> None:
    check(tiny, **walk)


@pytest.mark.slow
@settings(max_examples=20, deadline=None, derandomize=True)
@given(walk=walks(50))
def test_fifty_real_edits_come_back(tiny: Classifier, walk: dict) -> None:
    assert check(tiny, **walk) == 51 or walk["budget"] < 10**8

"""A live painting: a palette whose regions are painted, repainted and erased while it runs."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from napari_robust_synth import core
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks.inputs import changed, check_size
from napari_robust_synth.tasks.palette import Palette, region_problem
from napari_robust_synth.tasks.patch import Patch
from napari_robust_synth.tasks.picture import Picture
from napari_robust_synth.tasks.recipe import Change
from napari_robust_synth.tasks.regions import named
from napari_robust_synth.tasks.strokes import news, read_stroke, write_stroke
from napari_robust_synth.tasks.targets import Targets, read_targets
from napari_robust_synth.tasks.threads import leaving_a_core


class Live:
    """A picture that is painted while it evolves: each pixel gets as many steps as the task says, then rests.

    Strokes and changes are kept with the step they came at: the recipe makes the same pixels again.

    Parameters
    ----------
    task : Palette
        Radius, step size, and steps of each pixel.
    classifier : Classifier
        With what.
    image, palette, size, seed, value_range, preset :
        As for `Job`.

    Raises
    ------
    ValueError
        One line: what was received, what was expected.
    """

    live, label, labels, features, batch = True, None, None, (), 1

    def __init__(
        self,
        task: Palette,
        classifier: Classifier,
        *,
        image: core.Array,
        palette: Targets,
        size: int | None = None,
        seed: int = 0,
        value_range: core.Range | None = None,
        preset: str = "default",
    ) -> None:
        still = task.with_changes({"variation": 0.0})  # strokes start from the picture
        self.task, self.classifier, self.preset, self.seed = still, classifier, preset, seed
        self.size = check_size(task.working_size(classifier.size) if size is None else size)
        self.picture = Picture.of(task, image, size=self.size, value_range=value_range)
        self.palette = named(classifier, palette)
        self.changes: list[tuple[int, Change]] = []
        self.step = 0
        self.patches: list[Patch] = []
        self._task = still
        self._targets = self.palette
        self._labels: NDArray[np.int32] = np.zeros(self.picture.source.shape[:2], np.int32)

    @property
    def start(self) -> Tensor:
        """What the patch painted last looked like at first, (1, 3, h, w)."""
        return self.patches[-1].start

    @property
    def steps(self) -> int:
        """Steps taken, and those still to take."""
        return self.step + sum(int(patch.left.max()) for patch in self.patches)

    @property
    def next_patch(self) -> Patch | None:
        """The patch that the next step is for: the one painted last of those with steps left."""
        return next((patch for patch in reversed(self.patches) if patch.left.any()), None)

    def paint(self, top: int, left: int, labels: core.Array) -> list[Patch]:
        """Take over a rectangle of the label image (h, w), and return the patches in which something changed.

        Raises
        ------
        ValueError
            When it does not lie within the picture, or a label is beyond 2**31 - 1.
        """
        stroke = news(self._labels, top, left, labels)
        if stroke is None:
            return []
        box, new, labels = stroke
        touched = [patch for patch in self.patches if patch.put(box, np.where(new, 0, -1))]
        painted = new & (labels > 0)
        try:
            patch = self._patch_for(box) if painted.any() else None
        except (MemoryError, RuntimeError):
            labels = np.where(new, 0, labels)  # so far the stroke has erased, and that is what is written down
            raise
        finally:
            self.changes.append((self.step, {"paint": write_stroke(box, labels)}))
            self._labels[box.slices] = labels
        if patch is not None:
            patch.put(box, np.where(painted, labels, -1))
            self.patches, touched = ([p for p in some if p is not patch] + [patch] for some in (self.patches, touched))
        for one in touched:
            one.share_out(list(self._targets), self._task.steps)
        return touched

    def _patch_for(self, box: core.Crop) -> Patch:
        for patch in reversed(self.patches):
            if patch.holds(box):
                return patch
        return Patch.around(box, self.picture, self.result(), self.size, self.classifier.device)

    def change(self, sent: Mapping[str, Any]) -> list[Patch]:
        """Change ``eps``, ``step_size`` or ``palette``; what that concerns gets its steps again.

        Raises
        ------
        ValueError
            When a value can't be used; nothing has changed then.
        """
        task, targets = changed(self._task, sent), self._targets
        if "palette" in sent:
            targets = dict(sorted({**targets, **named(self.classifier, read_targets(sent["palette"]))}.items()))
        other = [label for label in targets if task != self._task or targets[label] != self._targets.get(label)]
        self._task, self._targets = task, targets
        self.changes.append((self.step, dict(sent)))
        for patch in self.patches:
            patch.share_out(list(targets), task.steps)
            patch.wake(other, task.steps)
        return list(self.patches)

    def apply(self, sent: Mapping[str, Any]) -> list[Patch]:
        """Do what a recipe says was done: a stroke, or a change."""
        if "paint" not in sent:
            return self.change(sent)
        top, left, labels = read_stroke(sent["paint"])
        return self.paint(top, left, labels)

    @leaving_a_core()
    def advance(self) -> core.State | None:
        """Take one step, in one patch; None when nothing is left to do.

        The loss is measured before the step, where it costs nothing.
        """
        patch = self.next_patch
        if patch is None:
            return None
        regions = patch.regions(self._targets)
        center = torch.where(regions.masks.any(0), patch.original, patch.x)
        problem = region_problem(self.classifier, regions, patch.x, center, self._task.eps * patch.scale)
        before, after = core.pgd(problem, steps=1, step_size=self._task.step_size * patch.scale, measure_last=False)
        patch.moved(after.x)
        self.step += 1
        return core.State(self.step, patch.x, before.loss, before.terms)

    def states(self) -> Generator[core.State, None, None]:
        """Take all steps that are left."""
        while (state := self.advance()) is not None:
            yield state

    def replay(self, changes: Sequence[tuple[int, Change]], last_step: int) -> Generator[core.State, None, None]:
        """Paint again what a recipe holds.

        Raises
        ------
        ValueError
            When it has steps for which there is nothing to do.
        """
        waiting = deque(changes)
        while True:
            while waiting and waiting[0][0] <= self.step:
                self.apply(waiting.popleft()[1])
            if 0 < last_step <= self.step:
                return
            state = self.advance()
            if state is None:
                raise ValueError(f"last_step is {last_step}, but the recipe's strokes give {self.step} steps")
            yield state

    def result(self, x: Tensor | None = None) -> core.Array:
        """Return the source as it is painted now, bit-identical where nothing is painted."""
        out: core.Array = self.picture.source
        for patch in self.patches:
            out = patch.onto(self.picture, out)
        return out.copy() if out is self.picture.source else out

    def probability(self, result: core.Array | None = None) -> None:
        """Return None: there is no one class."""

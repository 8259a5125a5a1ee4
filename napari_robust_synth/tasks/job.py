"""One run of a task: from arrays to the classifier's scale, down the loss, and back."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from napari_robust_synth import core
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks.base import Inputs, Task
from napari_robust_synth.tasks.batches import best_batch
from napari_robust_synth.tasks.course import Aim, Course
from napari_robust_synth.tasks.descent import descend
from napari_robust_synth.tasks.inputs import check_roles, check_size
from napari_robust_synth.tasks.picture import Picture
from napari_robust_synth.tasks.recipe import Change
from napari_robust_synth.tasks.regions import check_labels, lay_out, named
from napari_robust_synth.tasks.targets import Targets


class Job:
    """A task on its inputs, ready to run.

    Parameters
    ----------
    task : Task
        What to do, with its parameters.
    classifier : Classifier
        With what.
    image : array, optional
        (H, W), (H, W, 3) or (H, W, 4), any integer or float dtype, at least 8 px a side.
    mask : array, optional
        (H, W); what is not 0 may change. For ``palette``, whole numbers: the label of each pixel.
    palette : mapping of int to Target, optional
        What each label should become.
    label : str or int, optional
        Class name or number; predicted where a task takes one and none is given.
    features : sequence of int
        Components of the representation, for ``paint``.
    size : int, optional
        Working size in pixels; by default what suits the task and the classifier.
    seed : int
        Seed of everything random.
    value_range : (float, float), optional
        Values of black and white; the dtype's range by default (float: 0 to 1).
    preset : str
        Name of the preset the task came from, for the recipe.
    batch : int, optional
        How many pictures are worked on together, which changes rounding; by default what this machine is quickest
        with. Where memory runs out, it becomes less.

    Raises
    ------
    ValueError
        One line: what was received, what was expected.
    """

    live = False

    def __init__(
        self,
        task: Task,
        classifier: Classifier,
        *,
        image: core.Array | None = None,
        mask: core.Array | None = None,
        label: str | int | None = None,
        features: Sequence[int] = (),
        palette: Targets | None = None,
        size: int | None = None,
        seed: int = 0,
        value_range: core.Range | None = None,
        preset: str = "default",
        batch: int | None = None,
    ) -> None:
        given = {"image": image, "mask": mask, "label": label, "features": features or None, "palette": palette}
        check_roles(task, **{role: value is not None for role, value in given.items()})
        self.task, self.classifier, self.preset, self.seed = task, classifier, preset, seed
        self.size = check_size(task.working_size(classifier.size) if size is None else size)
        canvas = np.zeros((self.size, self.size, 3), np.uint8) if image is None else core.check_image(image)
        self.palette = None if palette is None else named(classifier, palette)
        if mask is not None and self.palette:
            mask = check_labels(mask, canvas.shape, self.palette)
        self.labels = mask if self.palette else None
        self.picture = Picture.of(task, canvas, mask, size=self.size, value_range=value_range)
        x, device, regions = self.picture.pixels().to(classifier.device), classifier.device, None
        aim = Aim.of(task, classifier, x, label, features)
        if self.labels is not None and self.palette is not None:
            regions = lay_out(classifier, self.labels[self.picture.crop.slices], self.palette, self.picture.shape)
        inputs = Inputs(
            image=x,
            mask=self.picture.marked().to(device),
            label=aim.number(device),
            features=aim.features,
            scale=self.picture.scale,
            generator=torch.Generator().manual_seed(seed),
            given=self.picture.crop.shape,
            regions=regions,
            carried=self.picture.carried,
        )
        self.begun = self.course = Course(task, aim, inputs)
        self.start = task.starts(classifier, inputs).to(device)
        n, *shape = self.start.shape
        self.batch = best_batch(classifier, shape, n) if batch is None else min(batch, n)
        self.changes: list[tuple[int, Change]] = []
        self.problem(self.start)

    @property
    def label(self) -> str | None:
        """The class that it works towards: a change while it runs may make it another."""
        return self.course.aim.label

    @property
    def features(self) -> tuple[int, ...]:
        """The features that it raises, as `label`."""
        return self.course.aim.features

    @property
    def steps(self) -> int:
        """Steps of the whole run."""
        return self.task.steps * -(-len(self.start) // self.batch)

    def states(self) -> Generator[core.State, Change | None, None]:
        """Run: yield ``steps + 1`` states, all pictures in each.

        Send a mapping of parameters (``eps``, ``step_size``, ``keep``; ``label`` or ``features``; ``palette``, as in a
        recipe) to change them from the next step on; what was sent is kept in `changes`. When memory runs out, step 0
        comes again, with a smaller `batch` and more `steps`.
        """
        return descend(self)

    def problem(self, start: Tensor) -> core.Problem:
        """Return what some of the pictures are to descend now."""
        return self.course.task.problem(self.classifier, self.course.inputs, start)

    def replay(self, changes: Sequence[tuple[int, Change]], last_step: int) -> Generator[core.State, None, None]:
        """Run with recorded changes, up to ``last_step``."""
        whole = last_step == self.steps
        states = descend(self, halving=whole and not changes)  # else steps would have other numbers
        sent: dict[int, Change] = {}
        for step, change in changes:
            sent[step] = {**sent.get(step, {}), **change}
        state = next(states)
        yield state
        while state.step < (self.steps if whole else last_step):
            state = states.send(sent.pop(state.step, None))
            yield state

    def run(self) -> core.Array:
        """Run to the end and return the result; see `result`."""
        return self.result(core.last(self.states()).x)

    def result(self, x: Tensor) -> core.Array:
        """Carry pictures at the working scale back to full resolution.

        Returns
        -------
        array
            The source with the *change* of ``x`` (1, 3, h, w) blended in, same size (times the factor of super-resolve)
            and dtype; outside the mask bit-identical. For generate (n, size, size, 3) uint8.
        """
        if "image" not in self.task.needs:
            return np.rint(core.to_array(x) * 255).astype(np.uint8)
        return self.picture.with_change((x - self.start).cpu())

    def preview(self, x: Tensor) -> NDArray[np.uint8]:
        """Return what to show of pictures at the working scale: (N, h, w, 4) uint8, clear outside the mask."""
        pictures = torch.cat([x, self.begun.inputs.mask.expand(len(x), 1, -1, -1)], 1)
        shown: NDArray[np.uint8] = (pictures * 255).round().byte().permute(0, 2, 3, 1).cpu().numpy().copy()
        return shown

    def probability(self, result: core.Array | None = None) -> float | None:
        """Measure the probability of the run's class, mean over pictures; None without one.

        On a source or result of full resolution, or without one on what the run starts from.
        """
        if (index := self.course.aim.index) is None:
            return None
        if result is None:
            x = self.start
        elif "image" in self.task.needs:
            x = self.picture.seen(result)
        else:
            x = torch.cat([core.resample(core.to_tensor(r, (0, 255)), self.picture.shape) for r in result])
        p = [self.classifier.probabilities(one.to(self.classifier.device)) for one in torch.split(x, 1)]
        return float(torch.cat(p)[:, index].mean())

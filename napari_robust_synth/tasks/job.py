"""One run of a task: from arrays to the classifier's scale, down the loss, and back."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from napari_robust_synth import core
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks.base import Inputs, Regions, Task
from napari_robust_synth.tasks.inputs import changed, check_features, check_roles, check_size, class_index
from napari_robust_synth.tasks.picture import Picture
from napari_robust_synth.tasks.recipe import Change
from napari_robust_synth.tasks.regions import aimed_anew, check_labels, lay_out, named
from napari_robust_synth.tasks.targets import Targets

BATCH = 16


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
    batch : int
        How many pictures are worked on together; it changes rounding.

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
        batch: int = BATCH,
    ) -> None:
        given = {"image": image, "mask": mask, "label": label, "features": features or None, "palette": palette}
        check_roles(task, **{role: value is not None for role, value in given.items()})
        self.task, self.classifier, self.preset, self.seed, self.batch = task, classifier, preset, seed, batch
        self.size = check_size(task.working_size(classifier.size) if size is None else size)
        self.features = check_features(classifier, features)
        index = None if label is None else class_index(classifier.class_names, label)
        canvas = np.zeros((self.size, self.size, 3), np.uint8) if image is None else core.check_image(image)
        self.palette = None if palette is None else named(classifier, palette)
        if mask is not None and self.palette:
            mask = check_labels(mask, canvas.shape, self.palette)
        self.labels = mask if self.palette else None
        self.picture = Picture.of(task, canvas, mask, size=self.size, value_range=value_range)
        x, device = self.picture.pixels(), classifier.device
        if index is None and not self.features and "label" in task.needs | task.takes:
            index = int(classifier.probabilities(x.to(device)).argmax())
        self._inputs = Inputs(
            image=x.to(device),
            mask=self.picture.marked().to(device),
            label=torch.tensor([] if index is None else [index], device=device),
            features=self.features,
            scale=self.picture.scale,
            generator=torch.Generator().manual_seed(seed),
            regions=self._regions(),
            carried=self.picture.carried,
        )
        self.label = None if index is None else classifier.class_names[index]
        self.start = task.starts(classifier, self._inputs).to(device)
        self.changes: list[tuple[int, Change]] = []
        self._problem(task, self.start)

    @property
    def steps(self) -> int:
        """Steps of the whole run."""
        return self.task.steps * -(-len(self.start) // self.batch)

    def states(self) -> Generator[core.State, Change | None, None]:
        """Run: yield ``steps + 1`` states, all pictures in each.

        Send a mapping of parameters (``eps``, ``step_size``, ``keep``; ``palette``, as in a recipe) to change them
        from the next step on; what was sent is kept in `changes`.
        """
        generator = torch.Generator().manual_seed(self.seed)
        self.changes, self._inputs = [], replace(self._inputs, regions=self._regions(), generator=generator)
        task, pictures = self.task, list(torch.split(self.start, self.batch))
        for i, chunk in enumerate(pictures):
            problem = task.begin(self._problem(task, chunk), self._inputs)
            run = task.descend(problem, task.step_size * self._inputs.scale)
            change = None
            while (state := next(run, None) if change is None else run.send(change)) is not None:
                pictures[i], change = state.x, None
                step = i * task.steps + state.step
                sent = yield replace(state, step=step, x=torch.cat(pictures))
                if sent and step < self.steps:
                    task = changed(task, sent)
                    if self._inputs.regions and "palette" in sent:
                        regions = aimed_anew(self.classifier, self._inputs.regions, sent["palette"])
                        self._inputs = replace(self._inputs, regions=regions)
                    self.changes.append((step, dict(sent)))
                    if state.step < task.steps:
                        problem = self._problem(task, chunk)
                        change = core.Change(task.step_size * self._inputs.scale, problem.objective, problem.feasible)

    def _regions(self) -> Regions | None:
        if self.labels is None or self.palette is None:
            return None
        return lay_out(self.classifier, self.labels[self.picture.crop.slices], self.palette, self.picture.shape)

    def _problem(self, task: Task, start: Tensor) -> core.Problem:
        return task.problem(self.classifier, self._inputs, start)

    def replay(self, changes: Sequence[tuple[int, Change]], last_step: int) -> Generator[core.State, None, None]:
        """Run with recorded changes, up to ``last_step``."""
        states = self.states()
        sent: dict[int, Change] = {}
        for step, change in changes:
            sent[step] = {**sent.get(step, {}), **change}
        state = next(states)
        yield state
        while state.step < min(last_step, self.steps):
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
            The source with the *change* of ``x`` (1, 3, h, w) blended in, same size (times the
            factor of super-resolve) and dtype; outside the mask bit-identical. For generate
            (n, size, size, 3) uint8.
        """
        if "image" not in self.task.needs:
            return np.rint(core.to_array(x) * 255).astype(np.uint8)
        return self.picture.with_change((x - self.start).cpu())

    def preview(self, x: Tensor) -> NDArray[np.uint8]:
        """Return what to show of pictures at the working scale: (N, h, w, 4) uint8, clear outside the mask."""
        pictures = torch.cat([x, self._inputs.mask.expand(len(x), 1, -1, -1)], 1)
        shown: NDArray[np.uint8] = (pictures * 255).round().byte().permute(0, 2, 3, 1).cpu().numpy().copy()
        return shown

    def probability(self, result: core.Array | None = None) -> float | None:
        """Measure the probability of the run's class, mean over pictures; None without one.

        On a source or result of full resolution, or without one on what the run starts from.
        """
        if self.label is None:
            return None
        if result is None:
            x = self.start
        elif "image" in self.task.needs:
            x = self.picture.seen(result)
        else:
            x = torch.cat([core.resample(core.to_tensor(r, (0, 255)), self.picture.shape) for r in result])
        p = [self.classifier.probabilities(one.to(self.classifier.device)) for one in torch.split(x, 1)]
        return float(torch.cat(p)[:, int(self._inputs.label)].mean())

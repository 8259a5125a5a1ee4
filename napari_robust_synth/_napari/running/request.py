"""What the dock asks for: everything a run needs, read from the layers when Run is pressed."""

from __future__ import annotations

from dataclasses import astuple, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from skimage.util import montage

from napari_robust_synth._napari.layers.arrays import Array, Box, Matrix
from napari_robust_synth._napari.layers.destination import Destination
from napari_robust_synth._napari.layers.masks import LabelRegion, Region, ShapeRegion
from napari_robust_synth._napari.layers.parts import paintable, part_to_edit
from napari_robust_synth._napari.layers.planes import Plane
from napari_robust_synth._napari.running.difference_layer import found
from napari_robust_synth._napari.running.loading import classifier
from napari_robust_synth._napari.running.runner import Outcome

if TYPE_CHECKING:
    from napari.layers import Labels

    from napari_robust_synth import core
    from napari_robust_synth.tasks import Job, Live, Recipe, Task
    from napari_robust_synth.tasks.targets import Targets


@dataclass(frozen=True, kw_only=True)
class Request:
    """A run as the user asked for it.

    Parameters
    ----------
    task, preset : Task, str
        What to do.
    model, device : str
        With what, where.
    source : Plane, optional
        What is edited or started from; None when the task draws from noise.
    region : Region, optional
        What may change.
    labels, palette : Labels, mapping, optional
        The layer whose labels the palette is for.
    label, features, seed, size :
        As for `tasks.Job`.
    """

    task: Task
    preset: str
    model: str
    device: str
    source: Plane | None = None
    region: Region | None = None
    labels: Labels | None = None
    palette: Targets | None = None
    label: str | None = None
    features: tuple[int, ...] = ()
    seed: int = 0
    size: int | None = None
    _part: list[Box] = field(default_factory=list)

    @property
    def edits(self) -> bool:
        """Whether the result is an edited source (and not a new picture)."""
        return "image" in self.task.needs

    @property
    def subject(self) -> str:
        """What is done to which picture."""
        return f"{self.source.name if self.edits and self.source else self.label} · {self.task.name}"

    @property
    def title(self) -> str:
        """Name of the result layer."""
        return self.subject + (self.source.slice_words if self.edits and self.source else "")

    @property
    def placement(self) -> dict[str, Any]:
        """Transforms and look of the result layer, as the source had them when Run was pressed."""
        if self.source is None or not self.edits:
            return {"rgb": True}
        corner = self._part[0][:2]
        return self.source.placed(corner, getattr(self.task, "factor", 1)) | self.source.look

    @property
    def destination(self) -> Destination:
        """Where the result belongs in the source."""
        return () if self.source is None or not self.edits else self.source.spots(self._part[0])

    @property
    def units(self) -> dict[str, Any]:
        """Units and axis labels of what is shown meanwhile."""
        source = self.source if self.edits else None
        return {} if source is None else {name: source.place[name] for name in ("units", "axis_labels")}

    def prepare(self) -> Job:
        """Make the job; runs in the worker."""
        return self.job(*self.read())

    def read(self) -> tuple[Array | None, Array | None]:
        """Read image and mask; runs in the worker."""
        if self.source is None:
            return None, None
        region = self.region.still({}) if isinstance(self.region, LabelRegion) else self.region  # one may paint on
        own = self.task.working_size(classifier(self.model, self.device).size)
        self._part[:] = [part_to_edit(self.source, region, self.size or own)]
        from napari_robust_synth.core import Crop

        part = Crop(*self._part[0])
        return self.source.pixels(part.slices), None if region is None else self._marked(region, part)

    def job(self, image: Array | None, mask: Array | None) -> Job:
        """Make the job of what this, or one that differs in other things, has read; runs in the worker."""
        model = classifier(self.model, self.device)
        from napari_robust_synth.tasks import Job

        return Job(
            self.task,
            model,
            image=image,
            mask=mask,
            label=self.label,
            features=self.features,
            palette=self.palette,
            size=self.size,
            seed=self.seed,
            value_range=None if self.source is None else self.source.limits,
            preset=self.preset,
        )

    def _marked(self, region: Region, part: core.Crop) -> Array:
        if self.palette is None or isinstance(region, ShapeRegion):
            return region.on(astuple(part))
        return region.labels_on(astuple(part))

    def objects(self) -> Array:
        """Return the labels of what `prepare` has read."""
        assert isinstance(self.region, LabelRegion)
        return self.region.labels_on(self._part[0])

    def canvas(self) -> Box:
        """Choose, and return, the rectangle that strokes may lie on."""
        assert self.source is not None and isinstance(self.region, LabelRegion)
        self._part[:] = [paintable(self.source, self.region)]
        return self._part[0]

    def prepare_live(self) -> Live:
        """Make a painting on the canvas that takes strokes; runs in the worker."""
        model = classifier(self.model, self.device)
        from napari_robust_synth.tasks import Live, Palette

        top, left, bottom, right = self._part[0]
        assert isinstance(self.task, Palette) and self.palette is not None and self.source is not None
        return Live(
            self.task,
            model,
            image=self.source.pixels((slice(top, bottom), slice(left, right))),
            palette=self.palette,
            size=self.size,
            seed=self.seed,
            value_range=self.source.limits,
            preset=self.preset,
        )

    def cover(self, crop: core.Crop, shape: tuple[int, int]) -> Matrix:
        """Return the matrix to world coordinates of a grid of ``shape`` pixels over a crop of what was read."""
        if self.source is None or not self.edits:
            return np.eye(3)
        return self.source.affine(crop.moved(*self._part[0][:2]), shape)

    def finish(self, job: Job | Live, state: core.State) -> Outcome:
        """Compose the full result and write down the recipe; runs in the worker."""
        from napari_robust_synth.tasks import Job

        result, recipe = job.result(state.x), self.recipe(job, state.step)
        outcome = Outcome(result, recipe, source=job.picture.source if self.edits else None)
        if isinstance(job, Job) and job.task.name == "counterfactual":
            return found(self, job, outcome)
        return outcome.judged(job.label, job.probability(), job.probability(result))

    def recipe(self, job: Job | Live, last_step: int) -> Recipe:
        """Write down a run that ended at ``last_step``; runs in the worker."""
        from napari_robust_synth.models import is_name
        from napari_robust_synth.tasks import record

        source = self.source
        image = None if source is None else source.origin(self._part[0], job.picture.source)
        recipe = record(job, last_step, image)
        return recipe if is_name(self.model) else replace(recipe, model=self.model)

    def arrange(self, pictures: Array) -> Array:
        """Give pictures the axes of the source; several, (N, h, w, C), are laid out as one."""
        if self.source is not None and self.edits:
            return self.source.stacked(pictures[0] if pictures.ndim == 4 else pictures)
        if pictures.ndim < 4 or len(pictures) == 1:
            only: Array = pictures.reshape(pictures.shape[-3:])
            return only
        grid: Array = montage(pictures, channel_axis=-1, fill=[255] * pictures.shape[-1])
        return grid

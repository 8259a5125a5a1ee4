"""What the dock asks for: everything a run needs, read from the layers when Run is pressed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from skimage.util import montage

from napari_robust_synth._napari.layers import (
    appearance,
    check_planar,
    finer_placement,
    value_range,
)
from napari_robust_synth._napari.loading import classifier
from napari_robust_synth._napari.runner import Outcome

if TYPE_CHECKING:
    from napari.layers import Image

    from napari_robust_synth import core
    from napari_robust_synth.tasks import Job, Task


@dataclass(frozen=True, kw_only=True)
class Request:
    """A run as the user asked for it.

    Parameters
    ----------
    task, preset : Task, str
        What to do.
    model, device : str
        With what, where.
    source : Image, optional
        The image layer; None when the task draws from noise.
    make_mask : callable, optional
        Makes the mask on the image's grid, in the worker.
    label, features, seed, size :
        As for `tasks.Job`.
    """

    task: Task
    preset: str
    model: str
    device: str
    source: Image | None = None
    make_mask: Callable[[], NDArray[np.bool_]] | None = None
    label: str | None = None
    features: tuple[int, ...] = ()
    seed: int = 0
    size: int | None = None
    _read: dict[str, Any] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        if self.source is None:
            return
        check_planar(self.source)
        self._read.update(
            image=self.source.data,
            value_range=value_range(self.source),
            path=self.source.source.path,
            place=finer_placement(self.source, getattr(self.task, "factor", 1)) | appearance(self.source),
        )

    @property
    def edits(self) -> bool:
        """Whether the result is an edited source (and not a new picture)."""
        return "image" in self.task.needs

    @property
    def picture(self) -> Any:
        """The data of the source as it was when Run was pressed."""
        return self._read.get("image")

    @property
    def title(self) -> str:
        """Name of the result layer."""
        return f"{self.source.name if self.edits and self.source else self.label} · {self.task.name}"

    @property
    def placement(self) -> dict[str, Any]:
        """Transforms and look of the result layer, as the source had them when Run was pressed."""
        place: dict[str, Any] = self._read["place"] if self.edits else {"rgb": True}
        return place

    def prepare(self) -> Job:
        """Make the job; runs in the worker."""
        model = classifier(self.model, self.device)
        from napari_robust_synth.tasks import Job

        return Job(
            self.task,
            model,
            image=None if self.source is None else np.asarray(self._read["image"]),
            mask=None if self.make_mask is None else self.make_mask(),
            label=self.label,
            features=self.features,
            size=self.size,
            seed=self.seed,
            value_range=self._read.get("value_range"),
            preset=self.preset,
        )

    def finish(self, job: Job, state: core.State) -> Outcome:
        """Compose the full result and write down the recipe; runs in the worker."""
        from napari_robust_synth.models import is_name
        from napari_robust_synth.tasks import record
        from napari_robust_synth.tasks.recipe import pixel_hash

        image = None
        if self.source is not None:
            image = {"path": self._read["path"], "sha256": pixel_hash(job.picture.source), "of": "pixels"}
        recipe = record(job, state.step, image)
        if not is_name(self.model):
            recipe = replace(recipe, model=self.model)
        result = job.result(state.x)
        before, after = job.probability(), job.probability(result)
        verdict = "" if after is None else f"{job.label}: {before:.0%} before, {after:.0%} after"
        return Outcome(result, recipe, verdict)

    def arrange(self, pictures: NDArray[Any]) -> NDArray[Any]:
        """Lay several pictures (N, h, w, C) out as one; a result that is one picture stays as it is."""
        if pictures.ndim < 4:
            return pictures
        if len(pictures) == 1:
            only: NDArray[Any] = pictures[0]
            return only
        grid: NDArray[Any] = montage(pictures, channel_axis=-1, fill=[255] * pictures.shape[-1])
        return grid

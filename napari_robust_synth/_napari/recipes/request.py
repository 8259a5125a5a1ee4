"""Recipes to be made again in the window, on a plane of a layer or on pixels that are no layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING, Any

from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.layers.destination import Destination, along
from napari_robust_synth._napari.layers.parts import choose_part
from napari_robust_synth._napari.layers.planes import Plane
from napari_robust_synth._napari.recipes.result import Replayed, laid_out
from napari_robust_synth._napari.recipes.slices import axis_of, first_slice, read_slices
from napari_robust_synth._napari.running.loading import classifier
from napari_robust_synth._napari.running.request import Request
from napari_robust_synth.pictures.origin import box_of
from napari_robust_synth.tasks.base import TASKS
from napari_robust_synth.tasks.recipes import SLICES, Recipes

if TYPE_CHECKING:
    from napari_robust_synth.models import Classifier


@dataclass(frozen=True, kw_only=True)
class Replay(Request):
    """Recipes to be made again.

    Parameters
    ----------
    recipes : Recipes
        What to do.
    own : array, optional
        The picture they were made from, when it is that; else the plane's own range of values counts.
    """

    recipes: Recipes
    own: Array | None = None

    @classmethod
    def of(cls, recipes: Recipes, plane: Plane | None, own: Array | None = None) -> Replay:
        """Ask for recipes on a plane; on ``own`` when that is given.

        Raises
        ------
        ValueError
            When the recipe's parameters are none of its task, or the plane is of another kind of stack.
        """
        first = recipes.first
        if plane is not None and recipes.kind == SLICES:
            plane = first_slice(plane, recipes)
        try:
            task = TASKS[first.task](**first.parameters)
        except TypeError as error:
            raise ValueError(f"the recipe's parameters do not fit {first.task} ({error})") from None
        return cls(
            task=task,
            preset=first.preset,
            model=first.model,
            device=first.device,
            label=first.label,
            source=plane,
            recipes=recipes,
            own=own,
        )

    @property
    def destination(self) -> Destination:
        """Where the result belongs in the source."""
        if self.source is None or self.recipes.kind != SLICES:
            return super().destination
        axis = axis_of(self.recipes)
        return along(super().destination, axis, self.source.data.shape[axis])

    def make(self, tick: Callable[[int, int], None]) -> Replayed:
        """Return the layer with the result; runs in the worker.

        Raises
        ------
        ValueError
            When model or picture do not fit the recipe.
        """
        model = usable(self.model, self.device)
        from napari_robust_synth.tasks import make_again
        from napari_robust_synth.tasks.doubts import doubts

        recipes, pixels, origin, note = self._inputs()
        made = make_again(recipes, lambda recipe: usable(recipe.model, recipe.device), pixels, origin, tick)
        return laid_out(self, made, pixels, "; ".join(filter(None, (note, *doubts(recipes.first, model)))))

    def _inputs(self) -> tuple[Recipes, Array | None, dict[str, Any] | None, str]:
        """Return the recipes for the picture, that picture, what to say of it in new recipes, and to the user."""
        if self.source is None:
            return self.recipes, self.own, None, ""
        from napari_robust_synth import core
        from napari_robust_synth.tasks.fitting import fitted

        pixels, origin = self._read(self.source)
        if self.own is not None:
            return self.recipes, self.own, origin, ""
        recipes, note = fitted(self.recipes, pixels.shape)
        one = pixels[0] if recipes.kind == SLICES else pixels
        limits = core.dtype_range(core.check_image(one), self.source.limits)
        return recipes.each(lambda recipe: replace(recipe, value_range=limits)), pixels, origin, note

    def _read(self, plane: Plane) -> tuple[Array, dict[str, Any]]:
        if self.recipes.kind == SLICES:
            self._part[:] = [box_of(self.recipes.box, plane.shape)]
            slices = read_slices(plane, self.recipes)
            return slices, plane.origin(self._part[0], slices[0])
        part = (self.recipes.first.image or {}).get("part")
        box = astuple(choose_part(plane, None, self.recipes.first.size)) if part is None else box_of(part, plane.shape)
        self._part[:] = [box]
        pixels = plane.pixels((slice(box[0], box[2]), slice(box[1], box[3])))
        origin = plane.origin(box, pixels)
        return pixels, origin if part is None else origin | {"index": plane.index, "part": box}


def usable(model: str, device: str) -> Classifier:
    """Load a classifier on the device of a recipe, where this machine has it."""
    from napari_robust_synth.models.checkpoints import device_of

    try:
        device_of(device)
    except ValueError:
        device = "auto"
    return classifier(model, device)

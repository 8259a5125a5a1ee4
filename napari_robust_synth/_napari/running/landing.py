"""Where the result of a run goes: into the history of its picture, or a new layer; and the frames of the run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from napari.layers import Image

from napari_robust_synth._napari.history.earlier import home
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.history.windows import room
from napari_robust_synth._napari.layers.arrays import Array, Matrix
from napari_robust_synth._napari.layers.frames import frames_layer
from napari_robust_synth._napari.layers.recipes import as_metadata
from napari_robust_synth._napari.running.words import named
from napari_robust_synth.history.edit import Edit
from napari_robust_synth.history.trajectory import Trajectory
from napari_robust_synth.tasks.recipes import Recipes

if TYPE_CHECKING:
    from napari_robust_synth._napari.running.request import Request
    from napari_robust_synth._napari.running.runner import Outcome


class Landing:
    """What was asked for when Run was pressed.

    Parameters
    ----------
    viewer : Viewer
        Where layers appear.
    request : Request
        The run.
    add : callable
        Adds a layer to the viewer.
    frames : bool
        Whether frames of the run may be kept.
    alone : bool
        Whether what comes of it is a new layer in any case, which later runs leave alone.
    """

    def __init__(
        self,
        viewer: Any,
        request: Request,
        add: Callable[[Image], None],
        *,
        frames: bool = True,
        alone: bool = False,
    ) -> None:
        self.keeper, self.request, self.add = keeper_of(viewer), request, add
        self.alone = self.keeper.new_layer or alone
        self.trajectory = Trajectory(room()) if frames and self.keeper.keep_frames else None

    def show(self, outcome: Outcome) -> None:
        """Show what came of the run."""
        request, recipe = self.request, outcome.recipe.to_dict()
        recipes = outcome.recipes or Recipes(((0, outcome.recipe),))
        result = request.arrange(outcome.result)
        before = None if outcome.source is None else request.arrange(outcome.source)
        source = request.source.layer if request.source and request.edits else None
        into = request.destination
        layer = None if self.alone else home(self.keeper, source, before, result, into)
        if layer is None:
            name = replace(request, label=_last_aim(recipe).get("label", request.label)).title
            layer = Image(result, name=name, metadata=as_metadata(recipes), **request.placement)
            self.add(layer)
        beside = tuple(Image(data, **look) for data, look in outcome.beside)
        self.keeper.record(layer, before, result, edit_of(recipes), source, into, beside, self.alone)
        for other in beside:
            self.add(other)
        if self.trajectory is not None:
            self._show_frames(self.trajectory, recipe, {**request.units, "name": f"{layer.name} (frames)"})

    def _show_frames(self, trajectory: Trajectory, recipe: dict[str, Any], look: dict[str, Any]) -> None:
        look["axis_labels"] = ("step", *look.get("axis_labels", ("y", "x")))
        if "units" in look:
            look["units"] = ("pixel", *look["units"])

        def stack() -> tuple[list[int], Array, Matrix]:
            from napari_robust_synth.core import Crop

            steps, frames = trajectory.stacked(self.request.arrange)
            return steps, frames, self.request.cover(Crop(*recipe["crop"]), frames.shape[-3:-1])

        def show(made: tuple[list[int], Array, Matrix]) -> None:
            layer = frames_layer(*made, recipe, **look)
            self.add(layer)
            dims = self.keeper.viewer.dims
            dims.set_current_step(dims.ndim - layer.ndim, len(made[0]) - 1)

        self.keeper.jobs.add(stack, show)


def add_unselected(viewer: Any, layer: Image) -> None:
    """Add a layer, and leave the selection as it is."""
    layers = viewer.layers
    selected, active = set(layers.selection), layers.selection.active
    with layers.selection.events.blocker_all():  # whoever shows what is selected would do so three times
        layers.append(layer)
        layers.selection = selected & set(layers)
        layers.selection.active = active


def edit_of(recipes: Recipes) -> Edit:
    """Return what recipes did to a picture, for its history."""
    first = recipes.first
    return Edit(first.task, _target(first.to_dict()), as_metadata(recipes), first.value_range)


def _target(recipe: dict[str, Any]) -> str:
    targets = recipe["palette"].values() if recipe["palette"] else [recipe | _last_aim(recipe)]
    return named(", ".join(map(_name, targets)), recipe["model_sha256"])


def _last_aim(recipe: dict[str, Any]) -> dict[str, Any]:
    """Return what the run was made to work towards while it went on, if so."""
    sent = [item for _, change in recipe["changes"] for item in change.items()]
    return {name: value for name, value in sent if name in ("label", "features")}


def _name(target: dict[str, Any]) -> str:
    features = ", ".join(map(str, target["features"]))
    return f"feature {features}" if features else target["label"] or ""

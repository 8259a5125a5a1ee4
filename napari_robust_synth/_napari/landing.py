"""Where the result of a run goes: into the history of its picture, or a new layer; and the frames of the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from napari.layers import Image

from napari_robust_synth._napari.frames import frames_layer
from napari_robust_synth._napari.keeper import keeper_of
from napari_robust_synth._napari.layers import RECIPE, Array, Matrix, grid_shift
from napari_robust_synth.history.edit import Edit
from napari_robust_synth.history.trajectory import Trajectory

if TYPE_CHECKING:
    from napari_robust_synth._napari.request import Request
    from napari_robust_synth._napari.runner import Outcome


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
    """

    def __init__(self, viewer: Any, request: Request, add: Callable[[Image], None]) -> None:
        self.keeper, self.request, self.add = keeper_of(viewer), request, add
        self.new_layer = self.keeper.new_layer
        self.trajectory = Trajectory(self.keeper.room) if self.keeper.keep_frames else None

    def show(self, outcome: Outcome, matrix: Matrix, units: Mapping[str, Any]) -> None:
        """Show what came of the run; ``matrix`` leads from the source to the world, in its units."""
        request, recipe = self.request, outcome.recipe.to_dict()
        result = request.arrange(outcome.result)
        edit = Edit(request.task.name, _target(recipe), recipe, outcome.recipe.value_range)
        source = request.source if request.edits else None
        layer = None if self.new_layer else self.keeper.home(source, request.picture, result)
        if layer is None:
            layer = Image(result, name=request.title, metadata={RECIPE: recipe}, **request.placement)
            self.add(layer)
        self.keeper.record(layer, request.picture if source else None, result, edit, source)
        if self.trajectory is not None:
            self._show_frames(self.trajectory, recipe, matrix, {**units, "name": f"{layer.name} (frames)"})

    def _show_frames(
        self, trajectory: Trajectory, recipe: dict[str, Any], matrix: Matrix, look: dict[str, Any]
    ) -> None:
        if "units" in look:
            look |= {"units": ("pixel", *look["units"]), "axis_labels": ("step", *look["axis_labels"])}

        def stack() -> tuple[list[int], Array, Matrix]:
            steps, frames = trajectory.stacked(self.request.arrange)
            if not self.request.edits:
                return steps, frames, np.eye(3)
            top, left, bottom, right = recipe["crop"]
            cover = ((bottom - top) / frames.shape[1], (right - left) / frames.shape[2])
            return steps, frames, matrix @ grid_shift(cover, (top, left))

        def show(made: tuple[list[int], Array, Matrix]) -> None:
            layer = frames_layer(*made, recipe, **look)
            self.add(layer)
            self.keeper.viewer.dims.set_current_step(0, len(made[0]) - 1)

        self.keeper.jobs.add(stack, show)


def _target(recipe: dict[str, Any]) -> str:
    features = ", ".join(map(str, recipe["features"]))
    return f"feature {features}" if features else recipe["label"] or ""

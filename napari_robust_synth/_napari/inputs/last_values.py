"""Which values of the docks are remembered."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from magicgui.widgets import ComboBox

from napari_robust_synth._napari.models.choice import ModelChoice
from napari_robust_synth._napari.window.memory import Memory
from napari_robust_synth._napari.window.preferences import preferred_device, preferred_model
from napari_robust_synth.models import find_model

if TYPE_CHECKING:
    from napari_robust_synth._napari.distances.dialog import DistanceDialog
    from napari_robust_synth._napari.evaluation.dialog import EvaluateDialog
    from napari_robust_synth._napari.features.view import FeatureView
    from napari_robust_synth._napari.series.form import SeriesForm
    from napari_robust_synth._napari.training.view import TrainView
    from napari_robust_synth._napari.view import DockView


def remember_drawing(view: DockView) -> None:
    """Open the dock "Robust Synthesis" as it was left; a preference changed since then goes before that."""
    memory = Memory(view, "Robust Synthesis")
    view.parameters.remember(memory)
    memory.follow("task", view.task)
    _follow_choice(memory, "device", view.device, preferred_device())
    _follow_choice(memory, "classifier", view.model, preferred_model())
    memory.follow("region", view.inputs.region)
    view.inputs.remember(memory)
    view.inputs.remember_features(memory, view.model)
    view.inputs.palette.all_rows.remember(memory, view.model)
    memory.follow_box("new layer", view.history.new_layer)
    memory.follow_box("keep the frames", view.history.keep_frames)


def remember_training(view: TrainView) -> None:
    """Open the dock "Train classifier" as it was left."""
    memory, source = Memory(view, "Train classifier"), view.source
    chosen = {
        "train on": source.kind,
        "folder": source.folder,
        "crops": source.cutting,
        "tile size": source.side,
        "config": view.config,
        "config file": view.file,
        "validation": view.share,
    }
    memory.follow_all(chosen)


def remember_browsing(view: FeatureView) -> None:
    """Open the feature browser as it was left."""
    memory = Memory(view, "Feature browser")
    _follow_choice(memory, "classifier", view.model, preferred_model())
    memory.follow("region", view.eyedropper.region)


def remember_comparing(form: SeriesForm) -> None:
    """Open the dialog of several results as it was left."""
    memory = Memory(form, "Side by side")
    memory.follow("how many", form.count)
    memory.follow("shown as", form.shown_as)
    _follow_choice(memory, "with", form.other, "")
    form.remember(memory)


def remember_measuring(dialog: DistanceDialog) -> None:
    """Open the table of distances as it was left."""
    memory = Memory(dialog, "Distance to every class")
    memory.follow_box("each object", dialog.each)
    if isinstance(last := memory.values.get("classes"), int):
        dialog.most.setValue(last)
    dialog.most.valueChanged.connect(partial(memory.put, "classes"))


def remember_evaluating(dialog: EvaluateDialog) -> None:
    """Open the dialog that makes reports as it was left."""
    asked = {"pictures": dialog.pictures, "beside it": dialog.against, "judge": dialog.judge, "how many": dialog.count}
    Memory(dialog, "Evaluate classifier").follow_all(asked)


def _follow_choice(memory: Memory, key: str, choice: ComboBox | ModelChoice, preferred: str) -> None:
    match memory.values.get(key):
        case [str(last), str(then)] if then == preferred:
            with suppress(ValueError):  # such as a classifier that was removed meanwhile
                if isinstance(choice, ModelChoice):
                    find_model(last).card  # noqa: B018
                choice.value = last
    choice.changed.connect(lambda value: memory.put(key, [value, preferred]))

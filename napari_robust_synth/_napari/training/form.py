"""From the train dock's form to a request, and to what is said about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_robust_synth._napari.layers.arrays import placement
from napari_robust_synth._napari.layers.crops import Cutting
from napari_robust_synth._napari.layers.marks import read_marks
from napari_robust_synth._napari.layers.planes import read_plane
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth._napari.training.panels import FOLDER
from napari_robust_synth._napari.training.request import TrainRequest, enough
from napari_robust_synth._napari.training.source import FolderSource, LayerSource, Source
from napari_robust_synth._napari.training.view import OWN, TrainView
from napari_robust_synth.models.store import models_folder

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image, Labels

NO_IMAGE = "There is no image: open a picture and tick it, or train on a folder of pictures."
NO_MARKS = "There are no examples: press + and paint examples of each class with a label of its own, or draw shapes."
NO_FOLDER = "There is no folder: choose one that has a folder of pictures for each class."
NO_CONFIG = "There is no config: choose a TOML file."
NAME = "my classifier"


def free_name() -> str:
    """Return a name that no model has yet."""
    name, number = NAME, 1
    while (models_folder() / name).exists():
        number += 1
        name = f"{NAME} {number}"
    return name


def add_examples(viewer: ViewerModel, image: Image) -> Labels:
    """Add an empty Labels layer on an image, ready to paint examples."""
    shape = image.data.shape[: image.ndim]
    layer = viewer.add_labels(np.zeros(shape, np.uint8), name=f"{image.name} · examples", **placement(image))
    layer.brush_size = max(min(shape[-2:]) // 20, 1)
    layer.mode = "paint"
    return layer


def read_source(view: TrainView, world: World) -> Source:
    """Read where the pictures come from; ``world`` says what is shown.

    Raises
    ------
    ValueError
        Saying what is missing.
    """
    source = view.source
    if source.kind.value == FOLDER:
        if source.chosen_folder is None:
            raise ValueError(NO_FOLDER)
        return FolderSource(source.chosen_folder)
    images, marks = source.chosen_images(), source.marks.value
    if not images:
        raise ValueError(NO_IMAGE)
    if marks is None:
        raise ValueError(NO_MARKS)
    pictures = [read_plane(image, world) for image in images]
    return LayerSource(pictures, read_marks(marks, world), Cutting(source.cutting.value, source.side.value))


def chosen_config(view: TrainView) -> str:
    """Return the name of our config, or the path of the user's.

    Raises
    ------
    ValueError
        When there is no path.
    """
    if view.config.value != OWN:
        return str(view.config.value)
    path = view.file.line_edit.value.strip()
    if not path:
        raise ValueError(NO_CONFIG)
    return str(path)


def read_request(view: TrainView, world: World) -> TrainRequest:
    """Read the form.

    Raises
    ------
    ValueError
        Saying what is missing.
    """
    return TrainRequest(
        name=view.model_name.value.strip(),
        source=read_source(view, world),
        names=view.source.table.names(),
        config=chosen_config(view),
        share=view.share.value / 100,
    )


def summary(counts: dict[str, int], names: dict[str, str], share: float) -> str:
    """Say how many crops there are, or what is still missing."""
    try:
        totals = enough(counts, {key: name for key in counts if (name := names[key].strip())})
    except ValueError as error:
        return f"{str(error)[0].upper()}{str(error)[1:]}."
    held = sum(round(share * number) for number in totals.values())
    return f"{len(totals)} classes, {sum(totals.values()) - held} crops to train on, {held} to validate on."

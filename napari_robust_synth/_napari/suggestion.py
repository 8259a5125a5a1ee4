"""What a sample is for, and the form filled with it."""

from __future__ import annotations

from napari.layers import Image, Labels, Layer

from napari_robust_synth._napari.inputs.aim_panel import GUESS
from napari_robust_synth._napari.view import DockView
from napari_robust_synth.models.zoo import BUNDLED
from napari_robust_synth.samples import ABOUT


def follow(view: DockView, layer: Layer) -> None:
    """Fill the form with what a sample's layer says it is for; other layers change nothing."""
    about = layer.metadata.get(ABOUT)
    if about is None:
        return
    view.inputs.reset_choices()
    palette, features = about.get("palette", {}), about.get("features", ())
    wanted = {about.get("label"), *palette.values()} - {None}
    if features or not wanted <= set(view.inputs.class_names):  # samples are for the bundled classifier
        view.model.value = BUNDLED
    if isinstance(layer, Labels):
        view.inputs.mask_layer.value = layer
        for label, name in palette.items():
            view.inputs.palette.set_row(label, name)
    elif isinstance(layer, Image):
        view.task.value = about["task"]
        view.inputs.image_layer.value = layer
        view.inputs.label.setCurrentText(about["label"] or GUESS)
        view.inputs.features.setText(", ".join(map(str, features)))

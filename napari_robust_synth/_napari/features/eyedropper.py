"""The eyedropper's part of the feature browser: an image, a region in it, and a button."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from magicgui.widgets import ComboBox
from napari.layers import Image, Labels, Shapes
from napari.utils.notifications import show_error
from qtpy.QtCore import Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QComboBox, QFormLayout, QGroupBox, QLabel, QPushButton

from napari_robust_synth._napari.features.look import Look
from napari_robust_synth._napari.features.use import main_dock
from napari_robust_synth._napari.history.earlier import as_seen
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.inputs.panels import ALL_LABELS, SELECTED_LABEL
from napari_robust_synth._napari.layers.masks import read_region
from napari_robust_synth._napari.layers.planes import read_plane
from napari_robust_synth._napari.layers.views import check_view
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth._napari.window.eliding import Eliding

if TYPE_CHECKING:
    from napari.components import ViewerModel

    from napari_robust_synth.features import Raised

NO_PICTURE = "Open a picture and mark a thing in it: the eyedropper finds the features that the thing raises."
TIP = "Show the features that the region raises most against the rest of the picture"
CANCEL_TIP = "Stop looking; nothing changes"
NO_MASK = "Mark a thing with a Labels or Shapes layer: the eyedropper finds the features that it raises."


class EyedropperBox(QGroupBox):
    """Finds the features that a region of an image raises, in a worker.

    Parameters
    ----------
    viewer : ViewerModel
        Whose layers may be looked at, in the slice that is shown.
    model : callable
        Returns the name of the model.
    """

    picked = Signal(object)

    def __init__(self, viewer: ViewerModel, model: Callable[[], str]) -> None:
        super().__init__("From a picture")
        self._viewer = viewer
        self._model = model
        self._look: Look | None = None
        self.image_layer = ComboBox(choices=lambda _: [x for x in viewer.layers if isinstance(x, Image)], nullable=True)
        self.mask_layer = ComboBox(
            choices=lambda _: [x for x in viewer.layers if isinstance(x, Labels | Shapes)], nullable=True
        )
        self.region = ComboBox(choices=(ALL_LABELS, SELECTED_LABEL))
        self.image_layer.tooltip = "The picture to look at; it stays as it is"
        self.mask_layer.tooltip = "A Labels or Shapes layer that marks the thing whose features you want"
        self.region.tooltip = "Which labels count"
        for layer in (self.image_layer, self.mask_layer):
            Eliding(layer.native)
        self.hint, self.button = QLabel(), QPushButton("Eyedropper")
        self.hint.setWordWrap(True)
        self.button.clicked.connect(lambda: self.pick() if self._look is None else self.cancel())
        self._form = QFormLayout(self)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for text, combo in (("Image", self.image_layer), ("Mask", self.mask_layer), ("Region", self.region)):
            self._form.addRow(text, combo.native)
            combo.changed.connect(lambda _: self._refresh())
        for native in self.findChildren(QComboBox):
            native.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            native.setMinimumContentsLength(8)
        self._form.addRow(self.hint)
        self._form.addRow(self.button)
        self.reset_choices()

    def reset_choices(self, image: Image | None = None, mask: Labels | Shapes | None = None) -> None:
        """Follow the viewer's layers; the ones given are taken when none are chosen, or a single candidate is."""
        for combo, wanted in ((self.image_layer, image), (self.mask_layer, mask)):
            combo.reset_choices()
            candidates = [c for c in combo.choices if c is not None]
            if combo.value is None and (wanted in candidates or len(candidates) == 1):
                combo.value = wanted if wanted in candidates else candidates[0]
        self._refresh()

    def _refresh(self) -> None:
        image, mask = self.image_layer.value, self.mask_layer.value
        lacking = NO_PICTURE if image is None else NO_MASK if mask is None else ""
        self.hint.setText(lacking)
        self._form.setRowVisible(self.hint, bool(lacking))
        self._form.setRowVisible(self.region.native, isinstance(mask, Labels))
        looking = self._look is not None
        self.button.setEnabled(looking or not lacking)
        self.button.setText("Cancel" if looking else "Eyedropper")
        self.button.setToolTip(CANCEL_TIP if looking else TIP)

    def pick(self) -> None:
        """Look at what is chosen now; what is found is emitted as ``picked``."""
        image = self.image_layer.value
        try:
            check_view(image, self._viewer.dims)
            world = World.of(self._viewer.dims)
            dock = main_dock(self._viewer)
            plane = read_plane(image, world) if dock is None else dock.inputs.scope.plane(image, world)
            plane = as_seen(keeper_of(self._viewer), plane)
            selected = self.region.value == SELECTED_LABEL
            region = read_region(self.mask_layer.value, plane, world, selected_only=selected)
        except ValueError as error:
            show_error(str(error))
            return
        self._look = Look(self, self._model(), plane, region)
        self._look.ended.connect(self._ended)
        self._refresh()
        self._look.start()

    def cancel(self) -> None:
        """End it after what is under way; nothing comes of it."""
        if self._look is not None:
            self._look.cancel()
            self._look = None
            self._refresh()

    def _ended(self, found: list[Raised] | None) -> None:
        self._look = None
        self._refresh()
        if found is not None:
            self.picked.emit(found)

"""The rows of the dock's form that say what to work on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from magicgui.widgets import ComboBox
from napari.layers import Image, Labels, Shapes
from qtpy.QtCore import Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout

from napari_robust_synth._napari.inputs.aim_panel import AimPanel
from napari_robust_synth._napari.inputs.palette_table import PaletteTable
from napari_robust_synth._napari.inputs.scope import Scope
from napari_robust_synth._napari.layers.recipes import SERIES
from napari_robust_synth._napari.window.eliding import Eliding
from napari_robust_synth.features.names import Names
from napari_robust_synth.tasks.base import Task

if TYPE_CHECKING:
    from napari.components import LayerList

MASKED = {"mask", "palette"}
ALL_LABELS, SELECTED_LABEL = "all labels", "selected label"


def editable(layer: Any) -> bool:
    """Say whether a layer is a picture to work on, and not several results side by side."""
    return isinstance(layer, Image) and SERIES not in layer.metadata


class InputPanel(AimPanel):
    """Image, mask, class and features: the roles of a task.

    Parameters
    ----------
    form : QFormLayout
        Gets a row for each.
    layers : callable
        Returns the viewer's layers.
    """

    mask_wanted = Signal()

    def __init__(self, form: QFormLayout, layers: Callable[[], LayerList]) -> None:
        super().__init__()
        self.form = form
        self.image_layer = ComboBox(choices=lambda _: [x for x in layers() if editable(x)], nullable=True)
        self.mask_layer = ComboBox(
            choices=lambda _: [x for x in layers() if isinstance(x, Labels | Shapes)], nullable=True
        )
        self.region = ComboBox(choices=(ALL_LABELS, SELECTED_LABEL))
        self.scope = Scope(layers)
        self.image_layer.tooltip = "The image layer to work on; one of your own stays as it is"
        self.mask_layer.tooltip = "A Labels or Shapes layer that marks what may change"
        self.region.tooltip = "Which labels of the mask count"
        self.mask_layer.native.setAccessibleName("Mask")
        for layer in (self.image_layer, self.mask_layer):
            Eliding(layer.native)
        self.new_mask = QToolButton()
        self.new_mask.setText("+")
        self.new_mask.setToolTip("Add an empty Labels layer on the image, ready to paint")
        self.new_mask.setAccessibleName("New mask")
        self.new_mask.clicked.connect(self.mask_wanted)
        self.palette = PaletteTable()
        self.palette.browse.clicked.connect(self.features_wanted)
        mask_row = QHBoxLayout()
        mask_row.addWidget(self.mask_layer.native, 1)
        mask_row.addWidget(self.new_mask)
        image_rows = QVBoxLayout()
        image_rows.addWidget(self.image_layer.native)
        image_rows.addWidget(self.scope)
        self._rows: dict[str, Any] = {
            "image": image_rows,
            "mask": mask_row,
            "region": self.region.native,
            "palette": self.palette,
            "label": self.label,
            "feature": self.feature_row,
        }
        for text, row in zip(("Image", "Mask", "Region", "", "Class", "Features"), self._rows.values(), strict=True):
            self.form.addRow(text, row) if text else self.form.addRow(row)
        for widget in (self.image_layer, self.mask_layer, self.region):
            widget.changed.connect(lambda _: self._refresh())
        self.scope.changed.connect(self.changed)

    def show_task(self, task: type[Task], class_names: Sequence[str]) -> None:
        """Show the inputs that a task needs or takes."""
        self.offer_classes(task, class_names)
        self.palette.all_rows.offer(class_names)
        self._refresh()

    def learn(self, names: Names) -> None:
        """Take names for features, instead of those known so far."""
        self.palette.all_rows.learn(names)
        self.offer_names(self.palette.all_rows.features)
        self.changed.emit()

    def forget_names(self) -> None:
        """Take no names for features: those known are of another classifier."""
        self.palette.all_rows.forget_features()
        self.offer_names(self.palette.all_rows.features)

    def lock(self, running: bool) -> None:
        """While a run is under way, let only that be changed which it can follow."""
        for fixed in (self.image_layer, self.mask_layer, self.region):
            fixed.enabled = not running
        for part in (self.scope, self.new_mask):
            part.setEnabled(not running)
        self.lock_aim(running)

    def _refresh(self) -> None:
        for role, row in self._rows.items():
            self.form.setRowVisible(row, role in self._roles)
        self.form.setRowVisible(
            self._rows["region"], self._roles & MASKED == {"mask"} and isinstance(self.mask_layer.value, Labels)
        )
        image = self.image_layer.value if "image" in self._roles else None
        self.scope.follow(image, slices="image" in self._task.needs)
        of_palette = "palette" in self._roles
        self.palette.follow(self.mask_layer.value if of_palette else None)
        if isinstance(words := self.form.labelForField(self._rows["mask"]), QLabel):
            words.setText("Labels" if of_palette else "Mask")
        self.changed.emit()

    def reset_choices(self) -> None:
        """Follow the viewer's layers; a single candidate is chosen by itself."""
        for combo in (self.image_layer, self.mask_layer):
            combo.reset_choices()
            candidates = [c for c in combo.choices if c is not None]
            if combo.value is None and len(candidates) == 1:
                combo.value = candidates[0]
        self._refresh()

"""The rows of the dock's form that say what to work on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from magicgui.widgets import ComboBox
from napari.layers import Image, Labels, Shapes
from qtpy.QtCore import QObject, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout

from napari_robust_synth._napari.frames import SERIES
from napari_robust_synth._napari.memory import Memory
from napari_robust_synth._napari.palette_table import PaletteTable
from napari_robust_synth._napari.scope import Scope
from napari_robust_synth._napari.search_box import SearchBox
from napari_robust_synth.tasks.base import Task

if TYPE_CHECKING:
    from napari.components import LayerList

GUESS = "(guess from the picture)"
MASKED = {"mask", "palette"}
ALL_LABELS, SELECTED_LABEL = "all labels", "selected label"


def editable(layer: Any) -> bool:
    """Say whether a layer is a picture to work on, and not several results side by side."""
    return isinstance(layer, Image) and SERIES not in layer.metadata


class InputPanel(QObject):
    """Image, mask, class and features: the roles of a task.

    Parameters
    ----------
    form : QFormLayout
        Gets a row for each.
    layers : callable
        Returns the viewer's layers.
    """

    changed = Signal()
    mask_wanted = Signal()
    features_wanted = Signal()

    def __init__(self, form: QFormLayout, layers: Callable[[], LayerList]) -> None:
        super().__init__()
        self.form = form
        self.image_layer = ComboBox(choices=lambda _: [x for x in layers() if editable(x)], nullable=True)
        self.mask_layer = ComboBox(
            choices=lambda _: [x for x in layers() if isinstance(x, Labels | Shapes)], nullable=True
        )
        self.region = ComboBox(choices=(ALL_LABELS, SELECTED_LABEL))
        self.label, self.features, self.scope = SearchBox(), QLineEdit(), Scope(layers)
        self.image_layer.tooltip = "The image layer to work on; one of your own stays as it is"
        self.mask_layer.tooltip = "A Labels or Shapes layer that marks what may change"
        self.region.tooltip = "Which labels of the mask count"
        self.label.setToolTip("Type to search the classifier's classes")
        self.features.setToolTip("Numbers of the components of the representation to raise, with commas")
        self.features.setPlaceholderText("instead of a class: 12, 305")
        self.mask_layer.native.setAccessibleName("Mask")
        self.features.setAccessibleName("Features")
        self.new_mask = QToolButton()
        self.new_mask.setText("+")
        self.new_mask.setToolTip("Add an empty Labels layer on the image, ready to paint")
        self.new_mask.setAccessibleName("New mask")
        self.new_mask.clicked.connect(self.mask_wanted)
        self.palette = PaletteTable()
        self.browse = QToolButton()
        self.browse.setText("…")
        self.browse.setToolTip("See what the features look like, and find some")
        self.browse.setAccessibleName("Feature browser")
        for button in (self.browse, self.palette.browse):
            button.clicked.connect(self.features_wanted)
        feature_row = QHBoxLayout()
        feature_row.addWidget(self.features, 1)
        feature_row.addWidget(self.browse)
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
            "feature": feature_row,
        }
        for text, row in zip(
            ("Image", "Mask", "Region", "Palette", "Class", "Features"), self._rows.values(), strict=True
        ):
            self.form.addRow(text, row)
        for widget in (self.image_layer, self.mask_layer, self.region):
            widget.changed.connect(lambda _: self._refresh())
        self.scope.changed.connect(self.changed)
        self.label.currentTextChanged.connect(lambda _: self.changed.emit())
        typing = self.label.lineEdit()
        assert typing is not None
        typing.editingFinished.connect(self._complete)
        self.features.textChanged.connect(lambda _: self.changed.emit())
        self._roles: frozenset[str] = frozenset()
        self._edits = False

    def show_task(self, task: type[Task], class_names: Sequence[str]) -> None:
        """Show the inputs that a task needs or takes."""
        self._roles, self._edits = frozenset(task.needs | task.takes), "image" in task.needs
        self.palette.offer(class_names)
        chosen = self.label.currentText()
        guess = "label" in task.takes and "feature" not in task.takes
        self.label.clear()
        for name in [*([GUESS] if guess else []), *class_names]:
            self.label.addItem(name)  # type: ignore[no-untyped-call]
        self.label.setCurrentIndex(max(self.label.findText(chosen), 0))
        self._refresh()

    def remember(self, memory: Memory) -> None:
        """Choose the class that was chosen last, once it is offered, and remember those that follow."""
        last = memory.values.get("class")
        if isinstance(last, str):
            self.label.addItem(last)  # type: ignore[no-untyped-call]
        self.label.activated.connect(lambda _: memory.put("class", self.label.currentText()))

    def _refresh(self) -> None:
        for role, row in self._rows.items():
            self.form.setRowVisible(row, role in self._roles)
        self.form.setRowVisible(
            self._rows["region"], self._roles & MASKED == {"mask"} and isinstance(self.mask_layer.value, Labels)
        )
        self.scope.follow(self.image_layer.value if "image" in self._roles else None, slices=self._edits)
        of_palette = "palette" in self._roles
        self.palette.follow(self.mask_layer.value if of_palette else None)
        if isinstance(words := self.form.labelForField(self._rows["mask"]), QLabel):
            words.setText("Labels" if of_palette else "Mask")
        self.changed.emit()

    def _complete(self) -> None:
        """Finish a class that was typed in part, when only one begins so."""
        typed = self.label.currentText().strip().lower()
        fitting = [
            name for i in range(self.label.count()) if (name := self.label.itemText(i)).lower().startswith(typed)
        ]
        if typed and len(fitting) == 1:
            self.label.setCurrentText(fitting[0])

    def reset_choices(self) -> None:
        """Follow the viewer's layers; a single candidate is chosen by itself."""
        for combo in (self.image_layer, self.mask_layer):
            combo.reset_choices()
            candidates = [c for c in combo.choices if c is not None]
            if combo.value is None and len(candidates) == 1:
                combo.value = candidates[0]
        self._refresh()

    @property
    def chosen_label(self) -> str | None:
        """The class, or None when it is to be guessed or features are given."""
        text = self.label.currentText()
        return None if text in ("", GUESS) or "label" not in self._roles or self.chosen_features() else text

    def chosen_features(self) -> tuple[int, ...]:
        """Return the numbers typed.

        Raises
        ------
        ValueError
            When what is typed is not a list of numbers.
        """
        text = self.features.text().strip()
        if not text or "feature" not in self._roles:
            return ()
        try:
            return tuple(int(part) for part in text.split(","))
        except ValueError:
            raise ValueError(f"features are {text!r}, expected numbers with commas, such as 12, 305") from None

"""What can be said of somebody else's model file, and what the user has said."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from magicgui.widgets import ComboBox, FileEdit, LineEdit
from qtpy.QtCore import QLocale, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QDoubleSpinBox, QFormLayout, QHBoxLayout, QWidget

from napari_robust_synth._napari.window.form import explain, whole_number
from napari_robust_synth.models.radius import write_eps

if TYPE_CHECKING:
    from napari_robust_synth.models.importing import Found

UNKNOWN, NOTHING = "", "nothing"
NORMS = [("not known", UNKNOWN), ("nothing", NOTHING), ("L2 attacks", "l2"), ("Linf attacks", "linf")]
PLAIN: dict[str, dict[str, Any]] = {UNKNOWN: {"norm": "l2", "eps": None}, NOTHING: {"norm": "l2", "eps": "0"}}
PAIRS = ({"mean", "std"}, {"norm", "eps"})
ARCH_TIP = "torchvision's name, such as resnet50, or timm:NAME"
NORM_TIP = "The attack it was trained with; nothing, where it was trained without. It says what to expect of the model"
EPS_TIP = "Radius of that attack, such as 3 or 4/255, for pixels in 0 to 1 at this size"
DECIMALS = 12
COLOUR_TIP = "What the network gets are pixels in 0 to 1, minus the mean, divided by the std"


class ImportForm(QFormLayout):
    """A field for each choice; it shows what was found, and remembers which fields the user has changed."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, Any] = {
            "arch": LineEdit(label="Architecture", tooltip=ARCH_TIP),
            "class_names": FileEdit(
                label="Class names", filter="*.txt", nullable=True, tooltip="A text file with one name on each line"
            ),
            "size": whole_number(32, 1024, label="Size (px)", tooltip="Side of the pictures it works at"),
            "mean": ColourEdit("Mean (R, G, B)"),
            "std": ColourEdit("Std (R, G, B)"),
            "norm": ComboBox(label="Robust to", choices=NORMS, tooltip=NORM_TIP),
            "eps": LineEdit(label="Radius (eps)", tooltip=EPS_TIP),
        }
        self._said: set[str] = set()
        self._exact: dict[str, tuple[float, ...]] = {}
        for name, field in self.fields.items():
            self.addRow(field.label, field.native)
            explain(field)
            field.changed.connect(partial(self._edited, name))
        self._settle()

    @property
    def changed(self) -> bool:
        """Whether it says something else than what was shown."""
        return self._values() != self._shown

    def choices(self) -> dict[str, Any]:
        """Return what the user has said, as `Choices` takes it, but class names as a path and eps as text."""
        names = self._said.union(*(pair for pair in PAIRS if pair & self._said))
        said = {name: self._meant(name, value) for name, value in self._values().items() if name in names and value}
        if "norm" in names:
            norm, eps = self.fields["norm"].value, self.fields["eps"].value
            said |= PLAIN.get(norm, {"norm": norm, "eps": eps})
        return said

    def show(self, found: Found) -> None:
        """Fill the fields with what was found."""
        card, said = found.card, self._said.copy()
        known = found.facts["eps"] is not None
        eps = card.eps * (card.size / 224 if card.norm == "l2" else 1)
        for name in ("arch", "size", "mean", "std"):
            self.fields[name].value = getattr(card, name)
        self.fields["norm"].value = UNKNOWN if not known else card.norm if eps else NOTHING
        self.fields["eps"].value = write_eps(card.norm, eps) if eps else ""
        self._said = said
        self._settle()
        self._exact = {"mean": card.mean, "std": card.std}

    def _settle(self) -> None:
        self._shown = self._values()
        self._enable()

    def _meant(self, name: str, value: Any) -> Any:
        """Return what a field says; a number as it was shown is the one that was found, which a field may round."""
        if name not in self._exact:
            return value
        each = zip(value, self._shown[name], self._exact[name], strict=True)
        return tuple(found if said == shown else said for said, shown, found in each)

    def _values(self) -> dict[str, Any]:
        return {name: field.value for name, field in self.fields.items()}

    def _edited(self, name: str, _: Any) -> None:
        self._said.add(name)
        self._enable()
        self.edited.emit()

    def _enable(self) -> None:
        self.fields["eps"].enabled = self.fields["norm"].value not in (UNKNOWN, NOTHING)


class ColourEdit(QWidget):
    """A number each for red, green and blue; it has what the form asks magicgui's widgets for."""

    changed = Signal(tuple)

    def __init__(self, label: str) -> None:
        super().__init__()
        self.label, self.tooltip = label, COLOUR_TIP
        self.boxes = [ExactBox() for _ in range(3)]
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for box in self.boxes:
            box.valueChanged.connect(self._changed)
            layout.addWidget(box)

    @property
    def native(self) -> QWidget:
        """The widget itself."""
        return self

    @property
    def value(self) -> tuple[float, ...]:
        """The three numbers."""
        return tuple(box.value() for box in self.boxes)

    @value.setter
    def value(self, numbers: Sequence[float]) -> None:
        for box, number in zip(self.boxes, numbers, strict=True):
            box.setValue(number)

    def _changed(self) -> None:
        self.changed.emit(self.value)


class ExactBox(QDoubleSpinBox):
    """Takes and shows as many decimals as a number needs; magicgui's have as many as the step."""

    def __init__(self) -> None:
        super().__init__()
        self.setDecimals(DECIMALS)
        self.setRange(-10, 10)
        self.setSingleStep(0.001)
        self.setValue(0.5)
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance("0" * (DECIMALS + 6)))

    def textFromValue(self, value: float) -> str:
        """Write a number without zeros behind it."""
        return self.locale().toString(value, "f", QLocale.FloatingPointPrecisionOption.FloatingPointShortest.value)

"""What the results of a series shall differ in: the upper half of its dialog."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from magicgui.widgets import ComboBox
from qtpy.QtCore import QSignalBlocker, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QFormLayout, QLabel, QLineEdit, QWidget

from napari_robust_synth._napari.inputs.last_values import remember_comparing
from napari_robust_synth._napari.models.choice import MORE, ModelChoice
from napari_robust_synth._napari.series.classes import ClassList
from napari_robust_synth._napari.series.series import (
    AXES,
    CLASS,
    CLASSIFIER,
    MOST,
    SEED,
    STRENGTH,
    Item,
    by_class,
    by_classifier,
    by_seed,
    by_strength,
    lacking,
)
from napari_robust_synth._napari.window.form import whole_number
from napari_robust_synth.models import find_model

if TYPE_CHECKING:
    from napari_robust_synth._napari.running.request import Request
    from napari_robust_synth._napari.view import DockView
    from napari_robust_synth._napari.window.memory import Memory

WORDS = dict(zip(("Seeds", "Strengths", "Classes", "Classifiers"), AXES, strict=True))
STACK, GRID = "Stack with a slider", "Grid"


class SeriesForm(QWidget):
    """Follows the task and the classifier of the dock; ``changed`` comes when another thing may be asked for."""

    changed = Signal()

    def __init__(self, view: DockView) -> None:
        super().__init__()
        self.view = view
        self._last: dict[str, Any] = {}
        self.axis = ComboBox(choices=list(WORDS.items()), tooltip="What the results differ in; all else is the same")
        self.count = whole_number(2, MOST, value=4, tooltip="How many, with the dock's seed and those that follow it")
        self.strengths, self.classes, self.other = QLineEdit(), ClassList(), ModelChoice(self)
        self.strengths.setToolTip("Values of Strength (eps), with commas")
        self.other.native.setToolTip("Does the same, at the same working size, for comparison")
        self.shown_as = ComboBox(choices=(STACK, GRID), tooltip="One at a time over the picture, or all beside it")
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        self.form = form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._rows: dict[str, QWidget] = {
            SEED: self.count.native,
            STRENGTH: self.strengths,
            CLASS: self.classes,
            CLASSIFIER: self.other.native,
        }
        form.addRow("Compare", self.axis.native)
        for words, row in zip(("How many", "Strengths", "Classes", "With"), self._rows.values(), strict=True):
            form.addRow(words, row)
        form.addRow(self.hint)
        form.addRow("Show as", self.shown_as.native)
        remember_comparing(self)
        self.axis.changed.connect(lambda _: self.refresh())
        view.task.changed.connect(self._follow_task)
        view.model.changed.connect(lambda _: self.refresh())
        self.other.changed.connect(lambda _: self.refresh())
        self._follow_task()

    @property
    def lacking(self) -> str:
        """What stands against it, in a line."""
        if self.axis.value == CLASSIFIER and self.other.value == self.view.model.value:
            return f"Choose another classifier than the dock's; “{MORE}” in the list fetches one."
        return lacking(self.axis.value, self.view.parameters.task())

    def refresh(self) -> None:
        """Show the row that counts, and what stands against it."""
        if self.axis.value == CLASSIFIER:
            self._choose_another()
        for axis, row in self._rows.items():
            self.form.setRowVisible(row, axis == self.axis.value)
        with suppress(ValueError):  # its folder has gone; a run says so
            self.classes.offer(find_model(self.view.model.value).card.class_names, self._last_classes)
        self.other.reset_choices()
        self.hint.setText(self.lacking)
        self.form.setRowVisible(self.hint, bool(self.lacking))
        self.changed.emit()

    def remember(self, memory: Memory) -> None:
        """Offer the strengths typed last for a task, and the classes ticked last, and remember those that follow."""
        self._last = memory.values
        self.strengths.textEdited.connect(lambda text: memory.put(self._strengths_key, text))
        self.classes.chosen.connect(lambda names: memory.put("classes", [names, self.view.model.value]))

    @property
    def _strengths_key(self) -> str:
        return f"strengths, {self.view.parameters.task().name}"

    @property
    def _last_classes(self) -> list[str]:
        match self._last.get("classes"):
            case [[*names], str(then)] if then == self.view.model.value and all(isinstance(n, str) for n in names):
                return names
        return []

    def items(self, request: Request) -> list[Item]:
        """Return the runs.

        Raises
        ------
        ValueError
            When something typed or chosen can't be used.
        """
        if self.axis.value == SEED:
            return by_seed(request, self.count.value)
        if self.axis.value == STRENGTH:
            return by_strength(request, self.strengths.text())
        if self.axis.value == CLASS:
            return by_class(request, self.classes.ticked)
        return by_classifier(request, self.other.value)

    def _choose_another(self) -> None:
        """Let the other classifier be another one, where there is one."""
        own, known = self.view.model.value, (*self.other.choices, *self.view.model.choices)
        others = [model for model in known if model != own]
        if self.other.value == own and others:
            with QSignalBlocker(self.other):
                self.other.value = others[0]

    def _follow_task(self) -> None:
        eps, last = self.view.parameters.task().eps, self._last.get(self._strengths_key)
        around = ", ".join(f"{factor * eps:g}" for factor in (0.5, 0.75, 1, 1.5))
        self.strengths.setText(last if isinstance(last, str) and last.strip() else around)
        self.refresh()

"""The rows of the dock's form that say what to work towards: a class, or features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qtpy.QtCore import QObject, QSignalBlocker, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QToolButton

from napari_robust_synth._napari.models.choice import ModelChoice
from napari_robust_synth._napari.window.memory import Memory
from napari_robust_synth._napari.window.search_box import SearchBox
from napari_robust_synth.features.names import Group
from napari_robust_synth.tasks.base import Task
from napari_robust_synth.tasks.inputs import followed, nearest

GUESS = "(guess from the picture)"


class AimPanel(QObject):
    """Class and features; ``aimed`` comes once what is typed is whole, ``changed`` with each letter."""

    changed = Signal()
    aimed = Signal()
    features_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.label, self.features, self.browse = SearchBox(), QLineEdit(), QToolButton()
        self.label.setToolTip("Type to search the classifier's classes")
        self.features.setToolTip("Components of the representation to raise: their numbers, or names, with commas")
        self.features.setPlaceholderText("instead of a class: 12, 305")
        self.features.setAccessibleName("Features")
        self.browse.setText("…")
        self.browse.setToolTip("See what the features look like, and find some")
        self.browse.setAccessibleName("Feature browser")
        self.browse.clicked.connect(self.features_wanted)
        self.feature_row = QHBoxLayout()
        self.feature_row.addWidget(self.features, 1)
        self.feature_row.addWidget(self.browse)
        self.label.currentTextChanged.connect(self._class_changed)
        typing = self.label.lineEdit()
        assert typing is not None
        typing.editingFinished.connect(self._complete)
        self.features.textChanged.connect(lambda _: self.changed.emit())
        self.features.editingFinished.connect(self.aimed)
        self._task: type[Task] = Task
        self.class_names: Sequence[str] = ()
        self._named: Mapping[str, Group] = {}

    def offer_classes(self, task: type[Task], class_names: Sequence[str]) -> None:
        """Offer the classes of a classifier, and to guess where a task can.

        What is chosen stays, also where the classifier lacks it (see `lacking`); what was offered first is no choice.
        """
        self._task, self.class_names = task, class_names
        first, chosen = self.label.itemText(0), self.label.currentText()
        guess = "label" in task.takes and "feature" not in task.takes
        with QSignalBlocker(self.label):
            self.label.clear()
            for name in [*([GUESS] if guess else []), *class_names]:
                self.label.addItem(name)  # type: ignore[no-untyped-call]
            if chosen in (first, GUESS) or self.label.findText(chosen) >= 0:
                self.label.setCurrentIndex(max(self.label.findText(chosen), 0))
            else:
                self.label.setCurrentText(chosen)

    def offer_names(self, named: Mapping[str, Group]) -> None:
        """Take names for features."""
        self._named = named
        self.features.setCompleter(QCompleter(sorted(self._named), self.features))

    def lacking(self) -> str:
        """Say that the classifier has no class such as what is typed; empty when it has, or none is asked for."""
        text, given = self.label.currentText().strip(), "feature" in self._roles and self.features.text().strip()
        if "label" not in self._roles or given or text in ("", GUESS):
            return ""
        if any(text.lower() in name.lower() for name in self.class_names):  # it may still be being typed
            return ""
        return f"This classifier has no class {text!r}: the nearest are {nearest(self.class_names, text)}."

    def remember(self, memory: Memory) -> None:
        """Choose the class that was chosen last, once it is offered, and remember those that follow."""
        last = memory.values.get("class")
        if isinstance(last, str):
            self.label.addItem(last)  # type: ignore[no-untyped-call]
        self.label.activated.connect(lambda _: memory.put("class", self.label.currentText()))

    def remember_features(self, memory: Memory, model: ModelChoice) -> None:
        """Fill in the features that were raised last with this classifier, and remember those that follow."""
        match memory.values.get("features"):
            case [str(text), str(then)] if then == model.value:
                self.features.setText(text)
        self.features.textChanged.connect(lambda text: memory.put("features", [text, model.value]))

    def raise_features(self, components: Sequence[int]) -> None:
        """Put numbers of features into their field."""
        self.features.setText(", ".join(map(str, components)))
        self.aimed.emit()

    def lock_aim(self, running: bool) -> None:
        """While a run is under way, let only that be changed which it can follow."""
        open_ = followed(self._task)
        self.label.setEnabled(not running or "label" in open_)
        self.features.setEnabled(not running or "features" in open_)

    @property
    def _roles(self) -> frozenset[str]:
        return frozenset(self._task.needs | self._task.takes)

    @property
    def chosen_label(self) -> str | None:
        """The class, or None when it is to be guessed or features are given."""
        text = self.label.currentText()
        return None if text in ("", GUESS) or "label" not in self._roles or self.chosen_features() else text

    def chosen_features(self) -> tuple[int, ...]:
        """Return the numbers typed, and those that have the names typed.

        Raises
        ------
        ValueError
            When what is typed is something else.
        """
        text = self.features.text().strip()
        if not text or "feature" not in self._roles:
            return ()
        parts = [text] if text in self._named else [part.strip() for part in text.split(",")]
        try:
            return tuple(number for part in parts for number in self._named.get(part) or (int(part),))
        except ValueError:
            expected = "numbers such as 12, 305, or names from the feature browser, with commas"
            raise ValueError(f"features are {text!r}, expected {expected}") from None

    def aim(self) -> dict[str, Any]:
        """Return what is chosen as a change of a run that goes on.

        Raises
        ------
        ValueError
            When what is typed is not a list of numbers.
        """
        chosen = {"label": self.chosen_label, "features": list(self.chosen_features())}
        return {name: value for name, value in chosen.items() if name in followed(self._task)}

    def _class_changed(self, text: str) -> None:
        self.changed.emit()
        if self.label.findText(text) >= 0:
            self.aimed.emit()

    def _complete(self) -> None:
        """Finish a class that was typed in part, when only one begins so."""
        typed = self.label.currentText().strip().lower()
        fitting = [
            name for i in range(self.label.count()) if (name := self.label.itemText(i)).lower().startswith(typed)
        ]
        if typed and len(fitting) == 1:
            self.label.setCurrentText(fitting[0])

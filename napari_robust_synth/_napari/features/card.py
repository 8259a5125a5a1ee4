"""The part of the feature browser that shows the chosen features, and what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten

from qtpy.QtCore import Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from napari_robust_synth._napari.features.listing import FeatureList
from napari_robust_synth.features.names import Group, group

PREVIEW, LONGEST = 112, 16
BRUSH = "+ Brush"


class FeatureCard(QWidget):
    """One feature large, or the first of several; and their name.

    Parameters
    ----------
    features : FeatureList
        Where pictures, names and scores come from.
    """

    named = Signal(tuple, str)

    def __init__(self, features: FeatureList) -> None:
        super().__init__()
        self._features = features
        self._chosen: Group = ()
        self.preview, self.title, self.about = QLabel(), QLabel(), QLabel()
        self.preview.setFixedSize(PREVIEW, PREVIEW)
        for words in (self.title, self.about):
            words.setWordWrap(True)
        self.name, self.similar_button, self.use_button = QLineEdit(), QPushButton("More like it"), QPushButton("Use")
        self.brush_button = QPushButton(BRUSH)
        self.name.setPlaceholderText("give it a name")
        self.name.setToolTip("Of one, or of several together: names are kept for each model; Return keeps it")
        self.name.editingFinished.connect(self._rename)
        self.similar_button.setToolTip("Show those first that look like it and speak for the same classes")
        self.use_button.setToolTip("Put what is chosen into the Features of Robust Synthesis; a double-click does too")
        self.brush_button.setToolTip("Make what is chosen a brush: a new label of the palette, ready to paint with")
        self.buttons = QWidget()
        buttons, words_above, row = QHBoxLayout(self.buttons), QVBoxLayout(), QHBoxLayout(self)
        buttons.setContentsMargins(0, 0, 0, 0)
        row.setContentsMargins(0, 0, 0, 0)
        for button in (self.similar_button, self.use_button, self.brush_button):
            buttons.addWidget(button)
        for widget in (self.title, self.about, self.name, self.buttons):
            words_above.addWidget(widget)
        row.addWidget(self.preview)
        row.addLayout(words_above, 1)

    def show_features(self, chosen: Sequence[int], about: str) -> None:
        """Show the features chosen, the first large; ``about`` says more of that one."""
        before, self._chosen = self._chosen, group(chosen)
        one = chosen[0] if len(chosen) == 1 else None
        self.preview.setVisible(bool(chosen))
        self.buttons.setVisible(bool(chosen))
        self.name.setVisible(bool(chosen))
        self.about.setVisible(one is not None)
        self.similar_button.setEnabled(one is not None)
        numbers = ", ".join(map(str, chosen))
        self.title.setText(
            f"Feature{'s' * (one is None)} {numbers}" if chosen else "Click a feature to see more of it."
        )
        if chosen:
            self.preview.setPixmap(self._features.picture(chosen[0], PREVIEW))
            name = self._features.names.get(self._chosen, "")
            if self._chosen != before or not self.name.isModified():  # else it is being typed
                self.name.setText(name)
            self.brush_button.setText(f"+ {shorten(name, LONGEST, placeholder='…')}" if name else BRUSH)
        if one is not None:
            self.about.setText("\n".join(filter(None, (about, self._features.scores.get(one, "")))))

    def _rename(self) -> None:
        if self._chosen and self.name.text().strip() != self._features.names.get(self._chosen, ""):
            typed = self.name.text()
            self.name.setModified(False)
            self.named.emit(self._chosen, typed)

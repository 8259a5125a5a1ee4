"""The dock's line of status: what has happened, for as long as the form is about that, else whether it is ready."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel

from napari_robust_synth._napari.running.words import named

if TYPE_CHECKING:
    from napari_robust_synth._napari.view import DockView


class StatusLine(QLabel):
    """Shows the last message until another picture, task or classifier is chosen.

    Parameters
    ----------
    view : DockView
        Whose form tells what it is about.
    """

    def __init__(self, view: DockView) -> None:
        super().__init__()
        self._view, self._ready, self._sha256 = view, "", ""
        self._about: Any = None
        self.setWordWrap(True)
        self.setMinimumHeight(2 * self.fontMetrics().lineSpacing())  # else buttons move when it wraps
        self.setAlignment(Qt.AlignmentFlag.AlignTop)

    def setText(self, words: str | None) -> None:
        """Show what has happened; features have the names they were given."""
        self._about = self._now()
        super().setText(named(words or "", self._sha256))

    def rest(self, words: str, sha256: str = "") -> None:
        """Say from now on whether the classifier is ready, when there is nothing else to say."""
        self._ready, self._sha256 = words, sha256
        self.refresh()

    def refresh(self) -> None:
        """Take back what is no longer about what the form is about."""
        if self._about != self._now():
            self._about = None
            super().setText(self._ready)

    def _now(self) -> tuple[Any, ...]:
        view = self._view
        made_from = view.history.origin(view.inputs.image_layer.value)
        return view.task.value, view.model.value, view.device.value, made_from

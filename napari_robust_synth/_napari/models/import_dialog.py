"""A model file of somebody else: looked into, shown, said more of, and kept when wanted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from magicgui.widgets import LineEdit
from napari.utils.notifications import show_error
from qtpy.QtCore import Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from napari_robust_synth._napari.models.import_form import ImportForm
from napari_robust_synth._napari.running.loading import prepare_torch
from napari_robust_synth._napari.window.worker_errors import background
from napari_robust_synth.models.radius import read_eps

if TYPE_CHECKING:
    from napari_robust_synth.models.importing import Found

SHOWN = 5


class ImportDialog(QDialog):
    """Shows what a checkpoint holds; nothing in it is run.

    It opens when the file was looked into and is a model, or one whose architecture has to be named.

    Parameters
    ----------
    parent : QWidget
        What it belongs to.
    path : Path
        The file.
    """

    kept = Signal(str)

    def __init__(self, parent: QWidget, path: Path) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open model")
        self.resize(520, 0)
        self.path = path
        self._found: Found | None = None
        self.headline, self.facts, self.status = QLabel(), QLabel(), QLabel()
        for label in (self.headline, self.facts, self.status):
            label.setWordWrap(True)
        self.model_name = LineEdit(label="Name", value=path.stem, tooltip="What the model is called in the list")
        self.form = ImportForm()
        self.form.insertRow(0, self.model_name.label, self.model_name.native)
        self.form.edited.connect(self._refresh)
        self.model_name.changed.connect(self._refresh)
        self.look_button, self.keep_button, cancel = (QPushButton(t) for t in ("Look again", "Keep", "Cancel"))
        for button, action in ((self.look_button, self.look), (self.keep_button, self._keep), (cancel, self.reject)):
            button.clicked.connect(action)
        self.look_button.setToolTip("Look into the file again, with what is typed here")
        self.keep_button.setToolTip("Keep it among the models, and choose it")
        cancel.setToolTip("Close, and keep nothing")
        buttons, layout = QHBoxLayout(), QVBoxLayout(self)
        buttons.addStretch()
        for button in (cancel, self.look_button, self.keep_button):
            buttons.addWidget(button)
        layout.addWidget(self.headline)
        layout.addLayout(self.form)
        for words in (self.facts, self.status):
            layout.addWidget(words)
        layout.addLayout(buttons)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Return ends what is being typed, and presses none

    def look(self) -> None:
        """Look into the file, with what the form says of it."""
        self.status.setText("Looking into the file…")
        self._work(_inspect, (self.path, self.form.choices()), self._show)

    def _show(self, found: Found) -> None:
        card = found.card
        names = ", ".join(card.class_names[:SHOWN]) + (", …" if len(card.class_names) > SHOWN else "")
        self._found = found
        self.headline.setText(f"{self.path.name} holds a {card.arch} with {len(card.class_names)} classes: {names}")
        facts = {k: v for k, v in found.facts.items() if k not in self.form.fields and v not in (None, "", ())}
        self.facts.setText("\n".join(f"{key}: {_text(value)}" for key, value in facts.items()))
        self.form.show(found)
        self._open("")

    def _failed(self, error: Exception) -> None:
        from napari_robust_synth.models.foreign import UnknownArchitecture

        if self.isVisible():
            self._open(str(error))
        elif isinstance(error, UnknownArchitecture):
            self.headline.setText(
                f"{self.path.name} holds weights of an architecture that is not recognised. Name it, then look again."
            )
            self._open("")
        else:
            show_error(str(error))

    def _open(self, status: str) -> None:
        self.status.setText(status)
        self._refresh()
        self.open()
        self.adjustSize()

    def _refresh(self) -> None:
        self.look_button.setEnabled(self.form.changed)
        self.keep_button.setEnabled(self._found is not None and not self.form.changed)

    def _keep(self) -> None:
        self.status.setText("Keeping it…")
        self._work(_keep, (self._found, self.model_name.value), self._done)

    def _done(self, name: str) -> None:
        self.accept()
        self.kept.emit(name)

    def _work(self, what: Callable[..., Any], given: tuple[Any, ...], then: Callable[[Any], None]) -> None:
        self.look_button.setEnabled(False)
        self.keep_button.setEnabled(False)
        worker = background(what, *given)
        worker.returned.connect(then)
        worker.errored.connect(self._failed)
        worker.start()


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value[:SHOWN])) + (f", … ({len(value)})" if len(value) > SHOWN else "")
    return f"{value:,}" if isinstance(value, int) else str(value)


def _inspect(path: Path, said: dict[str, Any]) -> Found:
    prepare_torch()
    from napari_robust_synth.models.describing import Choices, read_class_names
    from napari_robust_synth.models.importing import inspect

    if "class_names" in said:
        said = {**said, "class_names": read_class_names(said["class_names"])}
    if said.get("eps") is not None:
        said = {**said, "eps": read_eps(said["eps"])}
    return inspect(path, Choices(**said))


def _keep(found: Found, name: str) -> str:
    from napari_robust_synth.models.importing import keep

    return keep(found, name).name

"""Which classifier to draw with: one that is here, or a way to get another one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from napari.utils.notifications import show_error
from qtpy.QtCore import QObject, Signal  # type: ignore[attr-defined]
from qtpy.QtGui import QWheelEvent
from qtpy.QtWidgets import QComboBox, QFileDialog, QWidget

from napari_robust_synth._napari.window.preferences import preferred_model, use_folder
from napari_robust_synth.models import models_here
from napari_robust_synth.models.cards import SEEDS, WEIGHTS, ModelCard

if TYPE_CHECKING:
    from napari_robust_synth._napari.models.import_dialog import ImportDialog
    from napari_robust_synth._napari.models.zoo_dialog import ZooDialog

MORE, OPEN = "More models…", "Open model…"
OWN_FILES = ("card.json", WEIGHTS, SEEDS)
FOREIGN = ("*.pt", "*.pth", "*.ckpt", "*.bin", "*.tar", "*.safetensors")


class _Combo(QComboBox):
    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Leave the wheel to the form, which would otherwise scroll into a dialog."""
        if event is not None:
            event.ignore()


class ModelChoice(QObject):
    """A combo box of the models that are here, with "More models…" and "Open model…" at its end.

    Parameters
    ----------
    parent : QWidget
        What the dialogs belong to.
    """

    changed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        use_folder()
        self._value = preferred_model()
        self._opened = [] if self._value in models_here() else [self._value]
        self.dialog: ZooDialog | None = None
        self.importing: ImportDialog | None = None
        self.native = _Combo()
        self.native.setToolTip("The robust classifier that everything is drawn with")
        self.native.activated.connect(self._activated)
        self.reset_choices()

    @property
    def value(self) -> str:
        """The model's name, or the path of its folder."""
        return self._value

    @value.setter
    def value(self, value: str) -> None:
        if value not in self.choices:
            self._opened.append(value)
        before, self._value = self._value, value
        self.reset_choices()
        if value != before:
            self.changed.emit(value)

    @property
    def choices(self) -> list[str]:
        """The models that are here, and those that were opened."""
        return [*models_here(), *self._opened]

    @property
    def enabled(self) -> bool:
        """Whether another may be chosen."""
        return self.native.isEnabled()

    @enabled.setter
    def enabled(self, enabled: bool) -> None:
        self.native.setEnabled(enabled)

    def reset_choices(self) -> None:
        """List the models that are here now."""
        self.native.clear()
        for model in self.choices:
            self.native.addItem(Path(model).name, model)
        self.native.insertSeparator(self.native.count())
        for text in (MORE, OPEN):
            self.native.addItem(text)
        self._show_value()

    def more(self) -> None:
        """Show what can be fetched; what was fetched is chosen."""
        from napari_robust_synth._napari.models.zoo_dialog import ZooDialog

        if self.dialog is None:
            self.dialog = ZooDialog(self._window)
            self.dialog.fetched.connect(self._choose)
        self.dialog.refresh()
        self.dialog.show()
        self.dialog.raise_()

    def ask_for_file(self) -> None:
        """Ask for a model's file, and choose it."""
        kinds = f"Models ({' '.join((*OWN_FILES, *FOREIGN))})"
        path, _ = QFileDialog.getOpenFileName(self._window, "Open model", "", kinds)
        if path:
            self.open(Path(path))

    def open(self, path: Path) -> None:
        """Choose a model by its folder, or by a file in it: the one place for files of other makers, too."""
        if path.is_file() and not (path.name in OWN_FILES and path.with_name("card.json").is_file()):
            from napari_robust_synth._napari.models.import_dialog import ImportDialog

            self.importing = ImportDialog(self._window, path)
            self.importing.kept.connect(self._choose)
            self.importing.look()
            return
        folder = path.parent if path.is_file() else path
        try:
            ModelCard.read(folder)
        except ValueError as error:
            show_error(str(error))
            return
        self.value = str(folder)

    def _choose(self, name: str) -> None:
        self.value = name

    def _activated(self, index: int) -> None:
        text, value = self.native.itemText(index), self.native.itemData(index)
        self._show_value()
        if value is not None:
            self.value = value
        elif text == MORE:
            self.more()
        else:
            self.ask_for_file()

    def _show_value(self) -> None:
        self.native.setCurrentIndex(self.native.findData(self._value))

"""When the window closes, asks what becomes of the training under way."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QObject
from qtpy.QtWidgets import QMainWindow, QMessageBox, QWidget

from napari_robust_synth._napari.training_watch import TrainingWatch

GO_ON, STOP = "Go on in the background", "Stop training"


class Closing(QObject):
    """Asks before the window that a dock lies in closes, while a training is being watched.

    Parameters
    ----------
    dock : QWidget
        The dock; it comes into its window when it is first shown.
    watch : TrainingWatch
        What is asked about.
    """

    def __init__(self, dock: QWidget, watch: TrainingWatch) -> None:
        super().__init__(dock)
        self.dock, self.watch = dock, watch
        self.window: QMainWindow | None = None
        dock.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """See the dock shown, and the window closed."""
        kind = None if event is None else event.type()
        if watched is self.dock and kind == QEvent.Type.Show:
            self._find_window()
        elif watched is self.window and kind == QEvent.Type.Close and self.watch.running:
            if self.watch.training is not None and ask_to_stop(self.dock, self.watch.training.name):
                self.watch.stop()
        return False

    def _find_window(self) -> None:
        parent = self.dock.parentWidget()
        while parent is not None and not isinstance(parent, QMainWindow):
            parent = parent.parentWidget()
        if parent is not None and parent is not self.window:
            self.window = parent
            parent.installEventFilter(self)


def ask_to_stop(parent: QWidget, name: str) -> bool:
    """Ask what becomes of a training when the window closes; tell whether it is to stop."""
    box = QMessageBox(QMessageBox.Icon.Question, "Training", f"{name!r} is still being trained.", parent=parent)
    box.setInformativeText("It can go on without napari; open the dock again to see how far it is.")
    go_on = box.addButton(GO_ON, QMessageBox.ButtonRole.AcceptRole)
    stop = box.addButton(STOP, QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(go_on)
    box.setEscapeButton(go_on)
    box.exec()
    return box.clickedButton() is stop

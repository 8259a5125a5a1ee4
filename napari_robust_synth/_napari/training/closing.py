"""When the window closes, asks what becomes of the training under way."""

from __future__ import annotations

from weakref import ReferenceType, ref

from qtpy.QtCore import QEvent, QObject, QThread
from qtpy.QtWidgets import QMainWindow, QMessageBox, QWidget

from napari_robust_synth._napari.training.watch import TrainingWatch

GO_ON, STOP = "Go on in the background", "Stop training"


class Closing(QObject):
    """Asks before the window that a dock lies in closes, while a training is being watched.

    Parameters
    ----------
    dock : QWidget
        The dock.
    watch : TrainingWatch
        What is asked about.
    """

    def __init__(self, dock: QWidget, watch: TrainingWatch) -> None:
        super().__init__(dock)
        self.dock, self.watch = dock, watch
        self._window: ReferenceType[QMainWindow] | None = None  # a strong one would keep the window alive
        watch.followed.connect(self._find_window)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """See the window close."""
        if event is not None and event.type() == QEvent.Type.Close:
            self._ask()
        return False

    def _ask(self) -> None:
        training = self.watch.training
        if training is None or not self.watch.running:
            return
        if _in_event_loop() and ask_to_stop(self.dock, training.name):
            self.watch.stop()

    def _find_window(self) -> None:
        parent: QWidget | None = self.dock
        while parent is not None and not isinstance(parent, QMainWindow):
            parent = parent.parentWidget()
        if parent is not None and (self._window is None or parent is not self._window()):
            self._window = ref(parent)
            parent.installEventFilter(self)


def _in_event_loop() -> bool:
    """Tell whether a user closes the window; a script's is half deleted by then, and a question would finish that."""
    thread = QThread.currentThread()
    return thread is not None and thread.loopLevel() > 0


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

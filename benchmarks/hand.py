"""What a person does in napari's window, with mouse and key events on the widgets that are seen."""

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

import napari
from napari.layers import Layer
from qtpy.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from qtpy.QtGui import QDragEnterEvent, QDropEvent
from qtpy.QtTest import QTest
from qtpy.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QListView,
    QMenu,
    QMenuBar,
    QSlider,
    QWidget,
)
from watching import wait

LEFT, CONTROL, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


class Hand:
    """A hand in a viewer's window, and a camera that keeps what the screen shows.

    Parameters
    ----------
    viewer : napari.Viewer
        In whose window.
    folder : Path
        Where pictures of the screen go.
    """

    def __init__(self, viewer: napari.Viewer, folder: Path) -> None:
        self.viewer, self.folder, self.window = viewer, folder, viewer.window._qt_window
        self.canvas = viewer.window._qt_viewer.canvas.native
        self._numbers = itertools.count(len(list(folder.glob("*.png"))) + 1)

    def shot(self, name: str) -> None:
        """Keep what the screen shows, dialogs and menus included."""
        QTest.qWait(400)
        screen = QApplication.primaryScreen()
        assert screen is not None
        path = self.folder / f"{next(self._numbers):02} {name}.png"
        assert screen.grabWindow(0).save(str(path)), f"{path} can't be written"
        print(path.name, flush=True)

    def click(self, widget: QWidget, at: QPoint | None = None, keys: Qt.KeyboardModifier = PLAIN) -> None:
        """Click a widget that is seen and may be used."""
        assert widget.isVisible() and widget.isEnabled(), f"{widget} is hidden or disabled"
        QTest.mouseClick(widget, LEFT, keys, widget.rect().center() if at is None else at)
        QTest.qWait(50)

    def press(self, text: str, within: QWidget) -> None:
        """Click the button that says this."""
        (button,) = (b for b in within.findChildren(QAbstractButton) if b.text() == text and b.isVisible())
        self.click(button)

    def write(self, line: QWidget, text: str) -> None:
        """Type a text in place of what a line holds."""
        self.click(line)
        QTest.keyClick(line, Qt.Key.Key_A, CONTROL)
        QTest.keyClicks(line, text)
        QTest.keyClick(line, Qt.Key.Key_Return)
        QTest.qWait(50)

    def choose(self, combo: QComboBox, text: str) -> None:
        """Choose from a list: with the mouse, or by typing where that is how it is searched."""
        if (line := combo.lineEdit()) is not None:
            self.write(line, text)
        else:
            self.click(combo)
            # until then Qt takes a click for the one that opened the list
            QTest.qWait(QApplication.doubleClickInterval() + 50)
            view = combo.view()
            assert view is not None
            index = combo.model().index(combo.findText(text), 0)
            view.scrollTo(index)
            QTest.mouseClick(view.viewport(), LEFT, pos=view.visualRect(index).center())
            QTest.qWait(200)
        assert combo.currentText() == text, f"{combo.currentText()!r} is chosen instead of {text!r}"

    def item(self, view: QListView, row: int, keys: Qt.KeyboardModifier = PLAIN) -> None:
        """Click a row of a list, a table or a grid."""
        index = view.model().index(row, 0)
        view.scrollTo(index)
        self.click(view.viewport(), view.visualRect(index).center(), keys)

    def slide(self, slider: QSlider, value: int) -> None:
        """Move a slider with its keys."""
        slider.setFocus()
        QTest.keyClick(slider, Qt.Key.Key_Home)
        for _ in range(value - slider.minimum()):
            QTest.keyClick(slider, Qt.Key.Key_Right)
        assert slider.value() == value, f"the slider is at {slider.value()} instead of {value}"

    def menu(self, *titles: str) -> None:
        """Go through the window's menus."""
        bar: QMenuBar | QMenu = self.window.menuBar()
        for depth, title in enumerate(titles, start=1):
            found = [a for a in bar.actions() if a.text().replace("&", "").partition(" (")[0] == title]
            assert found, f"no {title!r} among {[a.text() for a in bar.actions()]}"
            self.click(bar, bar.actionGeometry(found[0]).center())
            if depth < len(titles):
                opened = found[0].menu()
                wait(opened.isVisible, 5)
                bar = opened
        QTest.qWait(100)

    def place(self, layer: Layer, row: float, column: float) -> QPoint:
        """Return where on the canvas a pixel of a layer is."""
        world, zoom = layer.data_to_world((row, column)), self.viewer.camera.zoom
        y, x = ((at - middle) * zoom for at, middle in zip(world, self.viewer.camera.center[-2:], strict=True))
        return QPoint(round(self.canvas.width() / 2 + x), round(self.canvas.height() / 2 + y))

    def stroke(self, layer: Layer, *points: Sequence[float]) -> None:
        """Draw on the canvas, from pixel to pixel of a layer."""
        first, *_, last = places = [self.place(layer, *point) for point in points]
        QTest.mousePress(self.canvas, LEFT, pos=first)
        for place in places:
            QTest.mouseMove(self.canvas, place)
            QTest.qWait(20)
        QTest.mouseRelease(self.canvas, LEFT, pos=last)
        QTest.qWait(50)

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = PLAIN) -> None:
        """Press a key over the picture."""
        QTest.keyClick(self.canvas, key, keys)
        QTest.qWait(50)

    def drop(self, path: Path) -> None:
        """Drop a file onto the picture."""
        view, mime = self.viewer.window._qt_viewer, QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        place, copy = view.rect().center(), Qt.DropAction.CopyAction
        QApplication.sendEvent(view, QDragEnterEvent(place, copy, mime, LEFT, PLAIN))
        QApplication.sendEvent(view, QDropEvent(QPointF(place), copy, mime, LEFT, PLAIN))
        QTest.qWait(100)

    def file(self, act: Callable[[], None], path: Path, name: str) -> None:
        """Do what opens a file dialog, and type a path into it; the dialog is photographed."""
        asked: list[str] = []

        def answer() -> None:
            dialog = QApplication.activeModalWidget()
            if not isinstance(dialog, QFileDialog):
                QTimer.singleShot(100, answer)
                return
            line = dialog.findChild(QLineEdit, "fileNameEdit")
            assert line is not None
            for look in (lambda: self.shot(name), lambda: None):  # meanwhile Qt may put a part of it there instead
                QTest.keyClick(line, Qt.Key.Key_A, CONTROL)
                QTest.keyClicks(line, str(path))
                look()
            asked.append(str(path))
            QTest.keyClick(line, Qt.Key.Key_Return)

        QTimer.singleShot(100, answer)
        act()
        wait(lambda: bool(asked), 20)

"""Every control is reached with Tab, as the eye goes, has a name and a tooltip; keys run and stop."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from app_model.types import KeyBinding
from napari import Viewer
from napari._app_model import get_app_model
from napari.layers import Image, Labels, Points, Shapes, Surface, Tracks, Vectors
from napari.layers.base import Layer
from napari.settings import get_settings
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt
from qtpy.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QSlider, QWidget

from napari_robust_synth._napari.distances.dialog import DistanceDialog
from napari_robust_synth._napari.dock import PLUGIN, SynthesisDock
from napari_robust_synth._napari.evaluation.dialog import EvaluateDialog, evaluate_classifier
from napari_robust_synth._napari.features.dock import FeatureBrowser
from napari_robust_synth._napari.models.import_dialog import ImportDialog
from napari_robust_synth._napari.models.zoo_dialog import ZooDialog
from napari_robust_synth._napari.recipes.dialog import RecipeDialog
from napari_robust_synth._napari.series.button import SeriesButton
from napari_robust_synth._napari.window.keyboard import RUN_KEY, STOP_KEY
from napari_robust_synth.tasks import TASKS

from .hands import type_into

INPUTS = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QSlider)
CONTROL = Qt.KeyboardModifier.ControlModifier


def controls(dock: QWidget) -> Iterator[QWidget]:
    """Everything of a dock that takes the focus, seen or not; but not the parts of a box."""
    for part in dock.findChildren(QWidget):
        within = part.parentWidget()
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus and not isinstance(within, QAbstractSpinBox | QComboBox):
            popup = within is not None and within.windowType() == Qt.WindowType.Popup
            if not popup and part.focusProxy() is None:
                yield part


def lacking_words(dock: QWidget) -> list[str]:
    nameless = [
        part
        for part in controls(dock)
        if isinstance(part, QAbstractButton) and not (part.accessibleName() or len(part.text()) > 1)
    ]
    tipless = [part for part in controls(dock) if not part.toolTip()]
    return [f"{type(part).__name__} {part.objectName()} {part.geometry()}" for part in (*nameless, *tipless)]


def tabbed(dock: QWidget, first: QWidget, qtbot: QtBot) -> list[QWidget]:
    """What Tab reaches within a dock, from its first control on, until it is left or reached again."""
    first.setFocus()
    reached: list[QWidget] = []
    while (now := dock.window().focusWidget()) not in reached and now is not None and dock.isAncestorOf(now):
        reached.append(now)
        qtbot.keyClick(now, Qt.Key.Key_Tab)
    return reached


def expected(dock: QWidget) -> set[QWidget]:
    return {part for part in controls(dock) if part.isVisible() and part.isEnabled()}


def test_every_control_has_a_tooltip_and_a_name(painting: SynthesisDock, viewer: Viewer, home: Path) -> None:
    for task in TASKS:
        painting.task.value = task
        assert len(list(controls(painting))) > 5 and lacking_words(painting) == [], task
    for name in ("Edit history", "Feature browser", "Train classifier"):
        _, dock = viewer.window.add_plugin_dock_widget(PLUGIN, name)
        assert len(list(controls(dock))) > 5 and lacking_words(dock) == [], name


def test_so_has_every_control_of_the_dialogs(painting: SynthesisDock, viewer: Viewer, tmp_path: Path) -> None:
    evaluate_classifier(viewer)
    dialogs = [
        painting.findChild(SeriesButton).open(),
        DistanceDialog(painting),
        RecipeDialog(painting),
        ZooDialog(painting),
        ImportDialog(painting, tmp_path / "model.pt"),
        viewer.window._qt_window.findChild(EvaluateDialog),
    ]
    for dialog in dialogs:
        assert len(list(controls(dialog))) > 3 and lacking_words(dialog) == [], type(dialog).__name__


def test_tab_goes_as_the_eye_does(painting: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    viewer.window.resize(1400, 1100)
    viewer.show()
    for task in ("paint", "palette", "generate", "counterfactual"):
        painting.task.value = task
        qtbot.wait(100)
        reached = tabbed(painting, painting.task.native, qtbot)
        assert set(reached) == expected(painting), task
        places = [part.mapTo(painting, QPoint(part.width() // 2, part.height() // 2)) for part in reached]
        rows = [place.y() for place in places]
        assert all(after >= before - 8 for before, after in pairwise(rows)), task


def test_nothing_is_taken_for_a_row_that_has_gone(painting: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    class Watch(QObject):
        strangers = 0

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            self.strangers += not isinstance(watched, QObject)
            return False

    viewer.show()
    watch, app = Watch(), QCoreApplication.instance()
    app.installEventFilter(watch)
    for task in (*TASKS, *TASKS):
        painting.task.value = task
        qtbot.wait(20)
    app.removeEventFilter(watch)
    assert watch.strangers == 0


def test_every_control_of_the_other_docks_is_reached(
    painting: SynthesisDock, viewer: Viewer, home: Path, run: Callable[[str], np.ndarray], qtbot: QtBot
) -> None:
    run("church")
    viewer.window.resize(1400, 1100)
    viewer.show()
    for name in ("Edit history", "Feature browser", "Train classifier"):
        area, dock = viewer.window.add_plugin_dock_widget(PLUGIN, name, tabify=True)
        area.show()
        area.raise_()
        if isinstance(dock, FeatureBrowser):
            qtbot.waitUntil(lambda dock=dock: dock.opened is not None, timeout=60_000)
        qtbot.wait(100)
        wanted = expected(dock)
        first = min(wanted, key=lambda part: part.mapTo(area, QPoint(0, 0)).y())
        assert set(tabbed(dock, first, qtbot)) == wanted, name


def test_keys_run_and_stop(painting: SynthesisDock, viewer: Viewer, settle: Callable[[], None], qtbot: QtBot) -> None:
    painting.parameters.widgets["steps"].value = 2000
    canvas = viewer.window._qt_viewer.canvas.native
    type_into(qtbot, painting.parameters.seed.native.lineEdit(), "7")
    type_into(qtbot, painting.inputs.features, "")
    assert painting.session is None and painting.parameters.seed.value == 7, "Return in a field starts nothing"
    qtbot.keyClick(painting.parameters.seed.native.lineEdit(), Qt.Key.Key_Return, CONTROL)
    assert painting.session is not None
    qtbot.waitUntil(lambda: painting.bar.value() > 0, timeout=30_000)
    qtbot.keyClick(canvas, Qt.Key.Key_Return, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: painting.session is None, timeout=30_000)
    settle()
    count = len(viewer.layers)
    viewer.window.remove_dock_widget(painting)
    qtbot.keyClick(canvas, Qt.Key.Key_Return, CONTROL)
    assert painting.session is None and len(viewer.layers) == count, "a dock that was closed runs nothing"


def test_the_keys_are_free() -> None:
    taken = {str(key) for keys in get_settings().shortcuts.shortcuts.values() for key in keys}
    taken |= {str(rule.keybinding) for rule in get_app_model().keybindings}
    for kind in (Layer, Image, Labels, Points, Shapes, Surface, Tracks, Vectors, Viewer):
        taken |= {str(key) for key in kind.class_keymap}
    ours = {str(KeyBinding.from_str(key.replace("-", "+").replace("Control", "Ctrl"))) for key in (RUN_KEY, STOP_KEY)}
    assert "Ctrl+Z" in taken and not ours & taken

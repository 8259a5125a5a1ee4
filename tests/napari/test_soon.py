"""What is called when the window is back at its events: once, and only while its owner is there."""

from pytestqt.qtbot import QtBot
from qtpy.QtCore import QObject, QTimer

from napari_robust_synth._napari.window.soon import soon


def test_called_once_and_nothing_of_it_is_kept(qtbot: QtBot) -> None:
    owner, called = QObject(), list[str]()
    soon(owner, lambda: called.append("now"))
    assert called == [] and len(owner.findChildren(QTimer)) == 1
    qtbot.waitUntil(lambda: owner.findChildren(QTimer) == [], timeout=5_000)
    assert called == ["now"]


def test_not_called_when_the_owner_is_gone(qtbot: QtBot) -> None:
    owner, called = QObject(), list[str]()
    soon(owner, lambda: called.append("now"))
    owner.deleteLater()
    qtbot.wait(50)
    assert called == []

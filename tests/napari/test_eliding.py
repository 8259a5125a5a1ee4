"""A long name in a list has … in its middle; a short one is as it is."""

import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtWidgets import QComboBox

from napari_robust_synth._napari.window import eliding


@pytest.mark.parametrize(("text", "cut"), [("Samoyed with a tag · inpaint · again", True), ("photo", False)])
def test_names(text: str, cut: bool, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, real = [], eliding.shortened
    monkeypatch.setattr(eliding, "shortened", lambda *args: shown.append(real(*args)) or shown[-1])
    plain, combo = QComboBox(), QComboBox()
    for one in (plain, combo):
        one.addItem(text)
        one.setFixedSize(150, 30)
        qtbot.addWidget(one)
    eliding.Eliding(combo)
    theirs, ours = (one.grab().toImage() for one in (plain, combo))
    assert (shown[-1] == text) != cut
    assert shown[-1].startswith(text[:3]) and shown[-1].endswith(text[-3:])
    assert (theirs == ours) != cut, "painted as Qt does, but for the text"

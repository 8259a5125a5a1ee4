"""Hold a worker at a moment of its work."""

from threading import Event

import pytest
from pytestqt.qtbot import QtBot


class Gate:
    """What a worker calls, and has to wait in until it is opened."""

    def __init__(self, patch: pytest.MonkeyPatch, home: object, name: str) -> None:
        self._reached, self._open = Event(), Event()
        real = getattr(home, name)

        def wait(*args: object) -> object:
            self._reached.set()
            assert self._open.wait(30)
            return real(*args)

        patch.setattr(home, name, wait)

    def reached(self, qtbot: QtBot) -> None:
        qtbot.waitUntil(self._reached.is_set, timeout=30_000)

    def open(self) -> None:
        self._open.set()

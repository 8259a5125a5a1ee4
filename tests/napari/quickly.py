"""Fixtures that keep hundreds of tests with a window short, and the process sound."""

import gc

import pytest
from napari._qt.dialogs.qt_notification import NapariQtNotification

from napari_robust_synth._napari.running import session
from napari_robust_synth._napari.running.loading import prepare_torch

__all__ = ("lasting_notifications", "prompt_bars", "quick_collections", "safe")


@pytest.fixture(autouse=True)
def quick_collections() -> None:
    """Leave what is imported, and what napari keeps of earlier viewers, out of garbage collections.

    napari asks for one whenever a layer is removed; after some hundred viewers each would take half a second.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def lasting_notifications(monkeypatch: pytest.MonkeyPatch) -> None:
    """Notifications that do not go by themselves, as in napari's own tests.

    The clock of one shown in a window that was not active has no interval: started later, it takes all of a core.
    """
    monkeypatch.setattr(NapariQtNotification, "DISMISS_AFTER", 0)


@pytest.fixture(autouse=True)
def prompt_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bars that follow every few steps: tests wait for them."""
    monkeypatch.setattr(session, "BAR_MS", 20)


@pytest.fixture(autouse=True, scope="session")
def safe() -> None:
    """As a person's window is once it has a classifier: tests of other commands may follow in this process."""
    prepare_torch()

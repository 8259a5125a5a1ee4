"""Fixtures that keep hundreds of tests with a window short, and the process sound."""

import gc

import pytest

from napari_robust_synth._napari.running import session
from napari_robust_synth._napari.running.loading import prepare_torch

__all__ = ("prompt_bars", "quick_collections", "safe")


@pytest.fixture(autouse=True)
def quick_collections() -> None:
    """Leave what is imported, and what napari keeps of earlier viewers, out of garbage collections.

    napari asks for one whenever a layer is removed; after some hundred viewers each would take half a second.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def prompt_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bars that follow every few steps: tests wait for them."""
    monkeypatch.setattr(session, "BAR_MS", 20)


@pytest.fixture(autouse=True, scope="session")
def safe() -> None:
    """As a person's window is once it has a classifier: tests of other commands may follow in this process."""
    prepare_torch()

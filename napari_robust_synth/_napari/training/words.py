"""What the train dock says of a training."""

from __future__ import annotations

from napari_robust_synth._napari.training.process import Training
from napari_robust_synth.models.cards import ModelCard
from napari_robust_synth.training.events import Event, seconds_left


def describe(events: list[Event], last_words: str) -> str:
    """Say how far a training is, in a line."""
    if not events:
        return f"Getting ready… {last_words}"
    last = events[-1]
    if last.step == last.steps:
        return "Measuring how good it is…"
    words = f"step {last.step} of {last.steps} · epoch {last.epoch + 1} · loss {last.loss:.2f}"
    left = seconds_left(events)
    return words if left is None else f"{words} · {duration(left)} left"


def duration(seconds: float) -> str:
    """Say a time roughly."""
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{round(minutes / 60)} h"


def result(training: Training) -> str:
    """Say how good a finished model is."""
    metrics = ModelCard.read(training.folder).metrics.items()
    words = [f"{name.split(',')[0]} {value:.0f}%" for name, value in metrics if "accuracy" in name]
    return f"{training.name!r} is trained" + (f": {', '.join(words)}" if words else "")


def failure(training: Training) -> str:
    """Say why a training ended early."""
    return f"the training of {training.name!r} failed: {training.last_words() or 'its process was ended'}"

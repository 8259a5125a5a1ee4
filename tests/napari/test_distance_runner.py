"""The worker of the table of distances: Cancel acts where it is, however many objects there are."""

from threading import Event
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from napari_robust_synth._napari.distances.runner import distances
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Job
from napari_robust_synth.tasks import distances as measuring
from napari_robust_synth.tasks.counterfactual import Counterfactual
from napari_robust_synth.tasks.distances import Distance


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The classes that jobs were made towards."""
    towards, made = measuring.towards, list[str]()

    def noted(job: Job, label: str, mask: Any = None) -> Job:
        made.append(label)
        return towards(job, label, mask)

    monkeypatch.setattr(measuring, "towards", noted)
    return made


@pytest.fixture
def request_(tiny: Classifier, photo: np.ndarray) -> Any:
    labels = np.arange(photo.shape[0] * photo.shape[1]).reshape(photo.shape[:2]) // 1000
    job = Job(Counterfactual(steps=2), tiny, image=photo, label="church")
    return SimpleNamespace(prepare=lambda: job, objects=lambda: labels)


def test_cancelled_while_the_objects_are_looked_at(request_: Any, made: list[str]) -> None:
    stop = Event()
    told = distances(request_, True, stop, 20)
    assert next(told).words.startswith("looking at object 1 of ") and made == []
    assert next(told).words.startswith("looking at object 2 of ") and made == ["church"]
    stop.set()
    assert list(told) == [] and made == ["church"]


def test_cancelled_before_the_other_classes(request_: Any, made: list[str]) -> None:
    stop = Event()
    told = distances(request_, False, stop, 20)
    assert any(isinstance(one, Distance) for one in told), "the class asked for comes first"
    stop.set()
    assert list(told) == [] and made == []

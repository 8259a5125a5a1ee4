"""How many of some things there are at once, of which each should be gone before the next comes."""

import weakref
from collections.abc import Callable
from typing import Any

import pytest

from napari_robust_synth.tasks import Job


class Alive:
    """Keeps how many of the things that it saw there were at once, at most."""

    def __init__(self) -> None:
        self.most = 0
        self._seen: list[weakref.ref[Any]] = []

    def saw(self, thing: Any) -> None:
        self._seen = [one for one in self._seen if one() is not None] + [weakref.ref(thing)]
        self.most = max(self.most, len(self._seen))


def watched(monkeypatch: pytest.MonkeyPatch) -> tuple[Alive, Alive]:
    """Return what sees all jobs, and all of their results, from now on."""
    jobs, results = Alive(), Alive()
    make: Callable[..., None] = Job.__init__
    finish: Callable[..., Any] = Job.result

    def init(job: Job, *args: Any, **given: Any) -> None:
        make(job, *args, **given)
        jobs.saw(job)

    def result(job: Job, x: Any) -> Any:
        made = finish(job, x)
        results.saw(made)
        return made

    monkeypatch.setattr(Job, "__init__", init)
    monkeypatch.setattr(Job, "result", result)
    return jobs, results

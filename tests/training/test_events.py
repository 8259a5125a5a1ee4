"""The lines that a training writes for a window to follow."""

import json
from pathlib import Path

import pytest

from napari_robust_synth.training import events
from napari_robust_synth.training.events import Event, EventLog, read_events, seconds_left
from napari_robust_synth.training.loop import Progress


def test_few_lines_but_every_clean_accuracy_and_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(100_000))
    monkeypatch.setattr(events.time, "monotonic", lambda: 0.1 * next(clock))
    log = EventLog(tmp_path / "events")
    for step in range(1, 21):
        log.write(Progress(step, 20, 0, 1.0, 0.5, clean=0.75 if step == 11 else None))
    found = read_events(tmp_path / "events")
    assert [event.step for event in found] == [1, 4, 7, 10, 11, 14, 17, 20]
    assert [event.clean for event in found if event.clean is not None] == [0.75]
    assert found[1].seconds - found[0].seconds == pytest.approx(0.3)


def test_a_long_training_writes_about_a_thousand_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(100_000))
    monkeypatch.setattr(events.time, "monotonic", lambda: next(clock))
    log = EventLog(tmp_path / "events")
    for step in range(1, 20_001):
        log.write(Progress(step, 20_000, 0, 1.0, 0.5))
    assert 990 <= len(read_events(tmp_path / "events")) <= 1001


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        EventLog(tmp_path / "nowhere" / "events")


def line(step: int, seconds: float = 0.0) -> str:
    return json.dumps({"step": step, "steps": 10, "epoch": 0, "loss": step, "robust": 0, "seconds": seconds}) + "\n"


def test_what_was_killed_half_way_and_done_again(tmp_path: Path) -> None:
    path = tmp_path / "events"
    assert read_events(path) == []
    path.write_text(line(1) + line(2) + line(3) + line(4)[:20] + line(5) + line(2) + line(3) + '{"step": 4')
    assert [event.step for event in read_events(path)] == [1, 2, 3]


def test_time_left_follows_the_pace_of_the_process_under_way() -> None:
    def at(step: int, seconds: float) -> Event:
        return Event(step, 10, 0, 1.0, 0.5, seconds)

    assert seconds_left([]) is None
    assert seconds_left([at(1, 5.0)]) is None
    assert seconds_left([at(1, 5.0), at(3, 9.0)]) == pytest.approx(14)
    assert seconds_left([at(1, 5.0), at(3, 90.0), at(4, 1.0)]) is None
    assert seconds_left([at(1, 5.0), at(3, 90.0), at(4, 1.0), at(6, 7.0)]) == pytest.approx(12)

"""The progress bar."""

import io
import sys

import pytest

from napari_robust_synth.cli import report


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")
    return stream


def run(quiet: bool) -> list[int]:
    asked: list[int] = []

    def note(step: int) -> str:
        asked.append(step)
        return f"loss {step}"

    with report.progress("paint", 4, quiet) as advance:
        for step in range(5):
            advance(step, lambda step=step: note(step))
    return asked


def test_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = terminal(monkeypatch)
    assert run(quiet=False) == [0]
    text = stream.getvalue()
    assert "paint" in text
    assert "4/4" in text
    assert "loss 0" in text


def test_no_bar_when_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = terminal(monkeypatch)
    assert run(quiet=True) == []
    assert stream.getvalue() == ""


def test_no_bar_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(quiet=False) == []
    assert capsys.readouterr() == ("", "")


def test_total_that_becomes_known(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = terminal(monkeypatch)
    with report.progress("train", None, False) as advance:
        advance(3, lambda: "epoch 1/2", 8)
    assert "3/8" in stream.getvalue()
    assert "epoch 1/2" in stream.getvalue()

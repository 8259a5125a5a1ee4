"""While runs are under way, Python's lock changes hands more often; afterwards as before."""

import sys

import pytest

from napari_robust_synth._napari.running.switching import OFTEN_SECONDS, switching_often


def test_it_lasts_until_the_last_run_has_ended() -> None:
    usual = sys.getswitchinterval()
    one, other = switching_often(), switching_often()
    one.__enter__()
    assert sys.getswitchinterval() == pytest.approx(OFTEN_SECONDS)
    other.__enter__()
    one.__exit__(None, None, None)
    assert sys.getswitchinterval() == pytest.approx(OFTEN_SECONDS)
    other.__exit__(None, None, None)
    assert sys.getswitchinterval() == pytest.approx(usual)


def test_it_ends_with_an_error_too() -> None:
    usual = sys.getswitchinterval()
    with pytest.raises(KeyError), switching_often():
        raise KeyError
    assert sys.getswitchinterval() == pytest.approx(usual)


def test_who_has_it_shorter_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.00015)
    try:
        with switching_often():
            assert sys.getswitchinterval() == pytest.approx(0.00015)
    finally:
        sys.setswitchinterval(usual)

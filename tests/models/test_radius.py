"""Radii as people write them."""

import pytest

from napari_robust_synth.models.radius import check_eps, read_eps, write_eps


@pytest.mark.parametrize(("norm", "text", "eps"), [("l2", "3", 3), ("l2", "0.25", 0.25), ("linf", "4/255", 4 / 255)])
def test_written_and_read(norm: str, text: str, eps: float) -> None:
    assert (read_eps(text), write_eps(norm, eps)) == (eps, text)
    check_eps(norm, eps)


@pytest.mark.parametrize("text", ["", "many", "4/", "/255", "4/0", "4/255/2"])
def test_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="expected a number such as 3 or 4/255"):
        read_eps(text)


@pytest.mark.parametrize(("norm", "eps"), [("l2", -1), ("l2", float("nan")), ("linf", float("inf")), ("linf", 1.5)])
def test_no_radius(norm: str, eps: float) -> None:
    with pytest.raises(ValueError, match=f"eps is {eps:g}"):
        check_eps(norm, eps)

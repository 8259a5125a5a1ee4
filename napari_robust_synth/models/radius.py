"""Radii of attacks as people write them (no torch)."""

from __future__ import annotations


def read_eps(text: str) -> float:
    """Read a radius such as ``3``, ``0.5`` or ``4/255``.

    Raises
    ------
    ValueError
        When it is no number.
    """
    above, slash, below = text.partition("/")
    try:
        return float(above) / (float(below) if slash else 1)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"eps is {text!r}, expected a number such as 3 or 4/255") from None


def check_eps(norm: str, eps: float) -> None:
    """Refuse a radius that none of pixels in [0, 1] is.

    Raises
    ------
    ValueError
        When it is negative or not finite, or an Linf radius above 1: 4 where 4/255 is meant.
    """
    if not 0 <= eps < float("inf"):
        raise ValueError(f"eps is {eps:g}, expected a number from 0 on")
    if norm == "linf" and eps > 1:
        raise ValueError(
            f"eps is {eps:g} for linf, expected 0 to 1 as pixels have: for {eps:g} of 255 give {eps:g}/255"
        )


def write_eps(norm: str, eps: float) -> str:
    """Write a radius as `read_eps` reads it: Linf in 255ths."""
    return f"{255 * eps:g}/255" if norm == "linf" else f"{eps:g}"

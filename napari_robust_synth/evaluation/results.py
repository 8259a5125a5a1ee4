"""What a part of the report finds: tables, pictures, and claims that hold, do not hold, or are not clear yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from napari_robust_synth.evaluation.estimates import Estimate

LEAST = 20
"""Fewer pictures than this decide nothing."""
Verdict = Literal["yes", "no", "unclear"]


@dataclass(frozen=True)
class Row:
    """A line of a table: figures by the key of their metric.

    Parameters
    ----------
    name : str
        What was done.
    values : mapping of str to Estimate
        By key of `METRICS`.
    rival : bool
        Whether this is something that no classifier made: a simple method, or real pictures.
    x : float, optional
        Where the row is on a curve.
    """

    name: str
    values: Mapping[str, Estimate]
    rival: bool = False
    x: float | None = None


@dataclass(frozen=True)
class Table:
    """Rows with the same columns, which are those of the first row; ``curve`` names what the rows' x is."""

    title: str
    rows: tuple[Row, ...]
    curve: str = ""


@dataclass(frozen=True)
class Figure:
    """A picture: WebP, in base64; its first line alone is ``top`` pixels high, or all of it when that is 0."""

    title: str
    caption: str
    webp: str
    top: int = 0


@dataclass(frozen=True)
class Check:
    """A claim about a figure: that it is at least (or, where lower is better, at most) a threshold."""

    claim: str
    estimate: Estimate
    threshold: float
    unit: str = ""
    lower: bool = False
    digits: int = 1

    @property
    def verdict(self) -> Verdict:
        """Return yes or no when the whole interval of enough pictures says so, else unclear."""
        low, high = self.estimate.low, self.estimate.high
        if low is None or high is None or self.estimate.n < LEAST:
            return "unclear"
        if self.lower:
            low, high = -high, -low
        threshold = -self.threshold if self.lower else self.threshold
        return "yes" if low >= threshold else "no" if high < threshold else "unclear"


@dataclass(frozen=True)
class Found:
    """What one part found of one classifier.

    Parameters
    ----------
    part, classifier : str
        Their names.
    tables, figures, checks : tuple
        What was found; the classifier is fit for the task when all claims hold.
    notes : tuple of str
        What a reader must know besides.
    settings : mapping
        The parameters of the runs, as plain JSON types.
    """

    part: str
    classifier: str
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    checks: tuple[Check, ...] = ()
    notes: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """Return yes when all claims hold, no when one does not, else unclear."""
        return together([check.verdict for check in self.checks])

    @property
    def deciding(self) -> Check:
        """Return the first claim that the verdict is of."""
        return next(check for check in self.checks if check.verdict == self.verdict)


def together(verdicts: Sequence[Verdict]) -> Verdict:
    """Return what several verdicts amount to."""
    if "no" in verdicts:
        return "no"
    return "yes" if verdicts and set(verdicts) == {"yes"} else "unclear"

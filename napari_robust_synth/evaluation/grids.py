"""Tables as text: the figures of a classifier, and of those beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from napari_robust_synth.evaluation.estimates import Estimate
from napari_robust_synth.evaluation.metrics import METRICS, Metric
from napari_robust_synth.evaluation.results import Found, Row


@dataclass(frozen=True)
class Grid:
    """A table as text: the best figure of each column is marked with ``best`` (line, column)."""

    title: str
    heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    best: frozenset[tuple[int, int]] = frozenset()


def tables(found: Sequence[Found]) -> tuple[Grid, ...]:
    """Return the tables of one part: of a classifier, and of those beside it."""
    return tuple(_grid(i, found) for i in range(len(found[0].tables)))


def written(value: Estimate | None, metric: Metric | None = None, *, digits: int = 1, unit: str = "") -> str:
    """Write a figure with its interval; nothing for what was not measured."""
    if value is None:
        return ""
    digits, unit = (metric.digits, metric.unit) if metric else (digits, unit)
    after = " %" if unit == "%" else ""
    interval = "" if value.low is None else f" ({value.low:.{digits}f} to {value.high:.{digits}f})"
    return f"{value.mean:.{digits}f}{after}{interval}"


def _grid(place: int, found: Sequence[Found]) -> Grid:
    table = found[0].tables[place]
    others = {f.classifier: f.tables[place].rows for f in found[1:] if place < len(f.tables)}
    rows: list[tuple[str, Row]] = []
    for row in table.rows:
        rows.append(("" if row.rival else found[0].classifier, row))
        if not row.rival:
            rows += [(name, other) for name, theirs in others.items() for other in theirs if other.name == row.name]
    keys = [key for key in METRICS if any(key in row.values for _, row in rows)]
    many = len(found) > 1
    heads = ("", *(("classifier",) if many else ()), *(_head(METRICS[key]) for key in keys), "n")
    lines = tuple((row.name, *((name,) if many else ()), *_cells(row, keys)) for name, row in rows)
    best = _best([row for _, row in rows], keys, 2 if many else 1)
    return Grid(table.title, heads, lines, frozenset() if table.curve else best)


def _cells(row: Row, keys: Sequence[str]) -> list[str]:
    """Write the figures of a row, then n; a figure of fewer pictures says of how many it is."""
    n = max((value.n for value in row.values.values()), default=0)
    fewer = {key: f", n {value.n}" for key, value in row.values.items() if value.n != n}
    return [*(written(row.values.get(key), METRICS[key]) + fewer.get(key, "") for key in keys), str(n)]


def _head(metric: Metric) -> str:
    arrow = {"higher": " ↑", "lower": " ↓", "": ""}[metric.better]
    return metric.title + (f", {metric.unit}" if metric.unit not in ("", "%") else "") + arrow


def _best(rows: Sequence[Row], keys: Sequence[str], offset: int) -> frozenset[tuple[int, int]]:
    best = set()
    for place, key in enumerate(keys):
        values = {i: row.values[key].mean for i, row in enumerate(rows) if key in row.values}
        if len(values) > 1 and METRICS[key].better:
            choose = max if METRICS[key].better == "higher" else min
            best |= {(i, place + offset) for i, v in values.items() if v == choose(values.values())}
    return frozenset(best)

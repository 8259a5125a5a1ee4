"""Curves of a report, drawn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Canvas
from PIL import Image

from napari_robust_synth.evaluation.metrics import METRICS
from napari_robust_synth.evaluation.results import Figure, Table
from napari_robust_synth.evaluation.strips import encoded

COLOURS = ("#1f6feb", "#d9480f", "#2b8a3e")


def chart(curves: Sequence[tuple[str, Table]]) -> Figure:
    """Draw the first metric of tables with a curve over x, each with its interval as a band."""
    canvas = Canvas(figsize=(6.4, 3.6), dpi=100, layout="constrained")
    axes = canvas.add_subplot()
    key = next(iter(curves[0][1].rows[0].values))
    metric = METRICS[key]
    for (name, table), colour in zip(curves, COLOURS, strict=False):
        points = [(row.x, row.values[key]) for row in table.rows if row.x is not None and key in row.values]
        x = [at for at, _ in points]
        axes.plot(x, [v.mean for _, v in points], marker="o", color=colour, label=name)
        low = [v.mean if v.low is None else v.low for _, v in points]
        high = [v.mean if v.high is None else v.high for _, v in points]
        axes.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0)
    axes.set_xlabel(curves[0][1].curve)
    axes.set_ylabel(f"{metric.title}, {metric.unit}")
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    agg = FigureCanvasAgg(canvas)
    agg.draw()  # type: ignore[no-untyped-call]
    pixels = agg.buffer_rgba()  # type: ignore[no-untyped-call]
    return Figure(curves[0][1].title, "", encoded(Image.fromarray(np.asarray(pixels))))

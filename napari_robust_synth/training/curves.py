"""The curves of a training as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, FINE = 480, 300, 3
LEFT, RIGHT, TOP, BOTTOM = 50, 14, 34, 26
COLOURS = ("#1f6feb", "#d9480f", "#2b8a3e")
INK, GRID = "#444444", "#dddddd"
POINTS = 200

Box = tuple[float, float, float, float]


def draw(*panels: Mapping[str, Sequence[float]]) -> Image.Image:
    """Draw panels side by side, each with its curves over the run; a panel of shares runs from 0 to 1.

    Parameters
    ----------
    *panels : mapping of str to sequence of float
        Curves by name, each spread over the whole run; an empty one is left out.
    """
    picture = Image.new("RGB", (WIDTH * len(panels) * FINE, HEIGHT * FINE), "white")
    pen = ImageDraw.Draw(picture)
    for i, curves in enumerate(panels):
        _panel(pen, i * WIDTH, {name: values for name, values in curves.items() if values})
    return picture.resize((WIDTH * len(panels), HEIGHT), Image.Resampling.LANCZOS)


def _panel(pen: ImageDraw.ImageDraw, offset: int, curves: Mapping[str, Sequence[float]]) -> None:
    box = (offset + LEFT, TOP, offset + WIDTH - RIGHT, HEIGHT - BOTTOM)
    smooth = {name: _smooth(values) for name, values in curves.items()}
    top = max(1.0, *(float(y.max()) for _, y in smooth.values()))
    for part in np.linspace(0, 1, 5):
        height = box[3] - part * (box[3] - box[1])
        _line(pen, [(box[0], height), (box[2], height)], GRID, 1)
        _text(pen, (box[0] - 6, height), f"{part * top:.2g}", INK, "rm")
    for share, words in ((0, "start"), (1, "end")):
        _text(pen, (box[0] + share * (box[2] - box[0]), box[3] + 14), words, INK, "rm" if share else "lm")
    place = float(box[0])
    for colour, (name, (x, y)) in zip(COLOURS, smooth.items(), strict=False):
        points = [
            (box[0] + share * (box[2] - box[0]), box[3] - value / top * (box[3] - box[1]))
            for share, value in zip(x.tolist(), y.tolist(), strict=True)
        ]
        _line(pen, points, colour, 2)
        _text(pen, (place, TOP / 2), name, colour, "lm")
        place += 12 + pen.textlength(name, ImageFont.load_default(14 * FINE)) / FINE


def _smooth(values: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Return at most a few hundred points, each the mean of its neighbours: the share of the run, the value."""
    blocks = np.array_split(np.asarray(values, float), min(POINTS, len(values)))
    ends = np.cumsum([len(block) for block in blocks]) / len(values)
    return ends, np.array([block.mean() for block in blocks])


def _line(pen: ImageDraw.ImageDraw, points: Sequence[tuple[float, float]], colour: str, width: int) -> None:
    fine = [(x * FINE, y * FINE) for x, y in points]
    if len(fine) == 1:
        x, y = fine[0]
        pen.ellipse((x - 3 * FINE, y - 3 * FINE, x + 3 * FINE, y + 3 * FINE), fill=colour)
    pen.line(fine, colour, width * FINE, joint="curve")


def _text(pen: ImageDraw.ImageDraw, place: tuple[float, float], words: str, colour: str, anchor: str) -> None:
    font = ImageFont.load_default(14 * FINE)
    pen.text((place[0] * FINE, place[1] * FINE), words, colour, font, anchor=anchor)

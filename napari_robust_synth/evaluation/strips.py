"""Pictures side by side, as one for the report."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from napari_robust_synth.evaluation.pool import Pixels
from napari_robust_synth.evaluation.results import Figure

GAP, TEXT, SIDE, COLOURS = 4, 18, 112, 256


def strip(
    title: str, caption: str, rows: Sequence[Sequence[Pixels]], heads: Sequence[str] = (), side: int = SIDE
) -> Figure:
    """Lay pictures out in rows of equal length.

    Parameters
    ----------
    title, caption : str
        What they show.
    rows : sequence of sequences of arrays
        (S, S, 3) uint8 each.
    heads : sequence of str
        What stands above each column.
    side : int
        Side of each picture in the strip, in pixels.
    """
    top = TEXT if heads else 0
    columns = max(map(len, rows))
    sheet = Image.new("RGB", (columns * (side + GAP) - GAP, top + len(rows) * (side + GAP) - GAP), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    for x, head in enumerate(heads):
        words = head
        while pen.textlength(words, font) > side:
            words = words[:-2].rstrip(" …") + "…"
        pen.text((x * (side + GAP), 0), words, "#333333", font)
    for y, row in enumerate(rows):
        for x, pixels in enumerate(row):
            picture = Image.fromarray(np.ascontiguousarray(pixels)).resize((side, side), Image.Resampling.BICUBIC)
            sheet.paste(picture, (x * (side + GAP), top + y * (side + GAP)))
    return Figure(title, caption, encoded(sheet), top + side)


def heat(values: np.ndarray, side: int) -> Pixels:
    """Colour a map (h, w): white is 0, red its largest gain, blue as much of a loss."""
    scaled = values / max(float(np.abs(values).max()), 1e-12)
    white = 1 - np.abs(scaled)
    colour = np.stack([np.where(scaled > 0, 1, white), white, np.where(scaled < 0, 1, white)], 2)
    picture = Image.fromarray(np.rint(255 * colour).astype(np.uint8))
    return np.asarray(picture.resize((side, side), Image.Resampling.NEAREST))


def first_line(figure: Figure) -> Figure:
    """Return a figure with its first line alone."""
    if not figure.top:
        return figure
    sheet = Image.open(io.BytesIO(base64.b64decode(figure.webp)))
    return replace(figure, webp=encoded(sheet.crop((0, 0, sheet.width, figure.top))), top=0)


def encoded(picture: Image.Image) -> str:
    """Return a picture as WebP in base64."""
    file = io.BytesIO()
    picture.convert("RGB").save(file, "WEBP", quality=90)
    return base64.b64encode(file.getvalue()).decode()

"""Draw the sketches and the pattern among the samples: coarse coloured shapes, as a hand would put them down.

Run as ``python docs/make_sketches.py``; the pictures go to ``napari_robust_synth/samples``.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SAMPLES = Path(__file__).parents[1] / "napari_robust_synth" / "samples"
SIDE = 256


def canvas(colour: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (SIDE, SIDE), colour)
    return image, ImageDraw.Draw(image)


def church() -> Image.Image:
    image, draw = canvas("#7db4e0")
    draw.polygon([(0, 205), (120, 190), (256, 202), (256, 256), (0, 256)], fill="#5d8f3c")
    draw.rectangle((98, 128, 226, 216), fill="#d8cdb8")
    draw.polygon([(86, 130), (120, 86), (208, 86), (240, 130)], fill="#8a4a38")
    draw.rectangle((54, 88, 104, 218), fill="#c9bca4")
    draw.polygon([(44, 92), (79, 10), (114, 92)], fill="#5a6a78")
    for x in (130, 180):
        draw.rectangle((x, 152, x + 18, 190), fill="#4a4f58")
    return image


def ball() -> Image.Image:
    image, draw = canvas("#4f8a35")
    draw.rectangle((0, 0, 256, 70), fill="#8fbc6a")
    draw.ellipse((66, 190, 212, 224), fill="#35622a")
    draw.ellipse((58, 62, 198, 206), fill="#dcdcd8")
    draw.ellipse((66, 66, 176, 180), fill="#f6f6f2")
    return image


def parachute() -> Image.Image:
    image, draw = canvas("#6fa8dc")
    draw.pieslice((38, 26, 218, 206), 180, 360, fill="#d23b2e")
    for left, colour in ((74, "#f2c230"), (146, "#f2c230"), (110, "#d23b2e")):
        draw.pieslice((left, 26, left + 36, 206), 180, 360, fill=colour)
    for x in (40, 76, 112, 148, 184, 216):
        draw.line((x, 116, 128, 206), fill="#404448", width=2)
    draw.ellipse((119, 196, 137, 214), fill="#3a3f46")
    draw.rounded_rectangle((118, 210, 138, 242), 7, fill="#3a3f46")
    return image


def dog() -> Image.Image:
    image, draw = canvas("#6c9a4a")
    draw.rectangle((0, 0, 256, 90), fill="#a8c98a")
    draw.ellipse((60, 120, 196, 280), fill="#d29a4e")
    draw.ellipse((98, 160, 158, 270), fill="#ecd0a0")
    for box in ((46, 44, 92, 138), (164, 44, 210, 138)):
        draw.ellipse(box, fill="#a8692c")
    draw.ellipse((66, 24, 190, 150), fill="#dca75c")
    draw.ellipse((94, 86, 162, 152), fill="#f0dab4")
    for box in ((92, 68, 110, 86), (146, 68, 164, 86), (112, 92, 144, 116)):
        draw.ellipse(box, fill="#241c18")
    draw.ellipse((116, 126, 140, 160), fill="#d8727c")
    return image


def pattern() -> Image.Image:
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE
    sky, ground, blob = (np.array(colour) / 255 for colour in ((150, 185, 215), (120, 125, 75), (205, 165, 115)))
    edge = 1 / (1 + np.exp(-14 * (y - 0.6 - 0.05 * np.sin(7 * x))))[..., None]
    spot = np.exp(-((x - 0.5) ** 2 + (y - 0.52) ** 2) / 0.035)[..., None]
    ripple = 0.04 * np.sin(60 * np.hypot(x - 0.5, y - 0.5))[..., None]
    picture = (1 - spot) * ((1 - edge) * sky + edge * ground) + spot * blob + ripple
    return Image.fromarray((255 * picture.clip(0, 1)).astype(np.uint8))


def soft(draw: Callable[[], Image.Image]) -> Image.Image:
    """Draw, and round the edges off a little."""
    return draw().filter(ImageFilter.GaussianBlur(1))


def palette() -> Image.Image:
    """Label 1 high in the sky on the left, label 2 on the ground to the right."""
    image = Image.new("L", (SIDE, SIDE))
    draw = ImageDraw.Draw(image)
    draw.ellipse((18, 18, 136, 136), fill=1)
    draw.ellipse((118, 116, 246, 250), fill=2)
    return image


def main() -> None:
    soft(dog).save(SAMPLES / "sketch.png", optimize=True)
    pattern().save(SAMPLES / "pattern.png", optimize=True)
    palette().save(SAMPLES / "sky_palette.png", optimize=True)


if __name__ == "__main__":
    main()

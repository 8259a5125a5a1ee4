"""Pictures to try the tasks on: File > Open Sample in napari, `load` in Python, `paths` for the command line.

Neither torch nor napari is imported here. ``CREDITS.md`` says where each picture comes from.

>>> load("paint")["label"]
'golden retriever'
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LayerData = tuple[NDArray[Any], dict[str, Any], str]

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Sample:
    """A picture that shows a task well.

    Parameters
    ----------
    name, title : str
        Its name here, and for people.
    task : str
        The task it is for.
    label : str or None
        A class that suits it.
    features : tuple of int
        Components of the representation that suit it, for ``paint``.
    licence, credit : str
        Terms of the picture (an SPDX name), and who made it.
    files : tuple of str
        The picture and, when there is one, the mask; for ``palette``, its labels.
    palette : tuple of str
        The class of each label, from 1 on.
    """

    name: str
    title: str
    task: str
    label: str | None
    features: tuple[int, ...]
    licence: str
    credit: str
    files: tuple[str, ...]
    palette: tuple[str, ...] = ()


OURS = ("BSD-3-Clause", "drawn for this project")
ERIBERTO = ("CC-BY-SA-4.0", "Joao Eriberto Mota Filho")
ENLIGHTENMENT = ("BSD-2-Clause", "the Enlightenment developers")
LABELLED_SKY = ("sky.jpg", "sky_palette.png")
INDOORS = ("samoyed_indoors.jpg", "samoyed_indoors_mask.png")
MEADOW = ("samoyed_meadow.jpg", "samoyed_meadow_mask.png")

ABOUT = "napari-robust-synth"  # key of a layer's metadata
SAMPLES = {
    sample.name: sample
    for sample in (
        Sample("paint", "A place beside a dog", "paint", "golden retriever", (), *ERIBERTO, INDOORS),
        Sample("paint-feature", "Evening sky", "paint", None, (1143,), *ENLIGHTENMENT, ("sky.jpg", "sky_mask.png")),
        Sample("inpaint", "Samoyed with a tag", "inpaint", "Samoyed", (), *ERIBERTO, MEADOW),
        Sample("translate", "Samoyed", "translate", "Shih-Tzu", (), *ERIBERTO, ("samoyed.jpg",)),
        Sample("sketch", "Drawn dog", "sketch", "golden retriever", (), *OURS, ("sketch.png",)),
        Sample("super-resolve", "Small Samoyed", "super-resolve", "Samoyed", (), *ERIBERTO, ("samoyed_small.png",)),
        Sample("generate", "Rings", "generate", "church", (), *OURS, ("pattern.png",)),
        Sample("palette", "Sky and ground", "palette", None, (), *ENLIGHTENMENT, LABELLED_SKY, ("parachute", "church")),
        Sample("counterfactual", "Samoyed", "counterfactual", "golden retriever", (), *ERIBERTO, ("samoyed.jpg",)),
    )
}


def paths(name: str) -> dict[str, Path]:
    """Return the files of a sample: ``image`` and, when it has one, ``mask``.

    Raises
    ------
    ValueError
        When there is no sample of that name.
    """
    if name not in SAMPLES:
        raise ValueError(f"no sample {name!r}: expected {', '.join(SAMPLES)}")
    return {role: FOLDER / file for role, file in zip(("image", "mask"), SAMPLES[name].files, strict=False)}


def load(name: str) -> dict[str, Any]:
    """Open a sample.

    Returns
    -------
    dict
        ``image`` (H, W, 3) uint8, ``mask`` (H, W) bool or None, ``task`` (its name), ``label`` (str
        or None) and ``features`` (tuple of int); for ``palette``, ``mask`` holds labels (uint8), and
        ``palette`` is the class of each.

    Raises
    ------
    ValueError
        When there is no sample of that name.
    """
    files = paths(name)
    sample = SAMPLES[name]
    with Image.open(files["image"]) as image:
        out: dict[str, Any] = {"image": np.array(image.convert("RGB")), "mask": None}
    if "mask" in files:
        with Image.open(files["mask"]) as mask:
            out["mask"] = np.array(mask) if sample.palette else np.array(mask.convert("1"))
    palette = {"palette": dict(enumerate(sample.palette, start=1))} if sample.palette else {}
    return {**out, "task": sample.task, "label": sample.label, "features": sample.features, **palette}


def layers(name: str) -> list[LayerData]:
    """Return a sample as napari layers: the picture and, when it has one, its mask."""
    data = load(name)
    sample = SAMPLES[name]
    about = {"task": sample.task, "label": sample.label, "features": list(sample.features), "licence": sample.licence}
    if sample.palette:
        about["palette"] = data["palette"]
    out: list[LayerData] = [(data["image"], {"name": sample.title, "metadata": {ABOUT: about}}, "image")]
    if data["mask"] is not None:
        look = {"name": f"{sample.title} mask", "opacity": 0.4, "metadata": {ABOUT: about}}
        out.append((data["mask"].astype(np.uint8), look, "labels"))
    return out


def paint_sample() -> list[LayerData]:
    """Open the sample for paint."""
    return layers("paint")


def paint_feature_sample() -> list[LayerData]:
    """Open the sample for paint with a feature."""
    return layers("paint-feature")


def inpaint_sample() -> list[LayerData]:
    """Open the sample for inpaint."""
    return layers("inpaint")


def translate_sample() -> list[LayerData]:
    """Open the sample for translate."""
    return layers("translate")


def sketch_sample() -> list[LayerData]:
    """Open the sample for sketch."""
    return layers("sketch")


def super_resolve_sample() -> list[LayerData]:
    """Open the sample for super-resolve."""
    return layers("super-resolve")


def generate_sample() -> list[LayerData]:
    """Open the sample for generate: a pattern to start from."""
    return layers("generate")


def palette_sample() -> list[LayerData]:
    """Open the sample for palette: two labels."""
    return layers("palette")


def counterfactual_sample() -> list[LayerData]:
    """Open the sample for counterfactual."""
    return layers("counterfactual")

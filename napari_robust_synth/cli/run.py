"""A task's command: from its options to a run, the cheap checks first (torch is imported after them)."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_robust_synth.cli.options import choices
from napari_robust_synth.models import find_model
from napari_robust_synth.pictures import decode, encode, files
from napari_robust_synth.tasks.base import Task
from napari_robust_synth.tasks.inputs import class_index, image_choice
from napari_robust_synth.tasks.targets import Target, read_targets

if TYPE_CHECKING:
    from napari_robust_synth.tasks import Job

Beside = Callable[["Job", decode.Array], Mapping[Path, bytes]]


def run_task(kind: type[Task], values: Mapping[str, Any], beside: Beside | None = None) -> None:
    """Run a task with the values of its command's options; ``beside`` makes more files from the result."""
    image, own = own_parameters(kind, values)
    task = kind.preset(values["preset"], **own)
    features = parse_features(values.get("feature"))
    value_range = parse_range(values.get("value_range"))
    inputs = [path for path in (image, values.get("mask"), values.get("palette")) if path]
    check_out(kind, values["out"], inputs)
    picture = decode.read(image) if image else None
    mask = decode.read(values["mask"]) if values.get("mask") else None
    palette = read_palette(values["palette"]) if "palette" in kind.needs else None
    names = find_model(values["model"]).card.class_names
    label = None if values.get("label") is None else find_label(names, values["label"])

    from napari_robust_synth.cli.work import Order, perform
    from napari_robust_synth.models import load_classifier
    from napari_robust_synth.tasks import Job

    job = Job(
        task,
        load_classifier(values["model"], values["device"], precise=values["precise"]),
        image=None if picture is None else picture.pixels,
        mask=None if mask is None else mask.pixels,
        label=label,
        features=features,
        palette=palette,
        size=values["size"],
        seed=values["seed"],
        value_range=value_range,
        preset=values["preset"],
    )
    notes = lossy(kind, values["out"], values.get("mask"))
    perform(
        job,
        Order(
            out=values["out"],
            model=values["model"],
            picture=picture,
            inputs=tuple(inputs),
            notes=tuple(notes),
            as_json=values["as_json"],
            quiet=values["quiet"],
            beside=beside,
        ),
    )


def own_parameters(kind: type[Task], values: Mapping[str, Any]) -> tuple[Path | None, dict[str, Any]]:
    """Return the picture's path, and the task's parameters that were given."""
    own = {name: values[name] for name in kind.parameters() if values[name] is not None}
    image = values.get("image")
    name = image_choice(kind)
    if name in own:
        others = [v for v in choices(kind.parameters()[name][0]) if v != "image"]
        if own[name] not in others:
            image, own[name] = Path(own[name]), "image"
            if not image.is_file():
                raise ValueError(f"--{name} is {str(image)!r}, expected {', '.join(others)} or a picture file")
    return image, own


def parse_features(text: str | None) -> tuple[int, ...]:
    """Read ``3`` or ``3,17``."""
    try:
        return () if text is None else tuple(int(part) for part in text.split(","))
    except ValueError:
        raise ValueError(f"feature is {text!r}, expected a number or several, such as 3,17") from None


def parse_range(text: str | None) -> tuple[float, float] | None:
    """Read ``LOW,HIGH``."""
    if text is None:
        return None
    try:
        low, high = map(float, text.split(","))
    except ValueError:
        raise ValueError(f"range is {text!r}, expected two numbers LOW,HIGH such as 0,4095") from None
    return low, high


def read_palette(path: Path) -> dict[int, Target]:
    """Read a TOML file with a table for each label.

    Raises
    ------
    ValueError
        When it can't be read, or is no palette.
    """
    try:
        return read_targets(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ValueError(f"{path}: no such file") from None
    except OSError as error:
        raise ValueError(f"{path} can't be read ({error.strerror})") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def find_label(names: Sequence[str], text: str) -> int:
    """Find a class by its name, or by its number when no class has that name."""
    by_number = text.isdecimal() and text not in names
    return class_index(names, int(text) if by_number else text)


def check_out(kind: type[Task], out: Path, inputs: Sequence[Path]) -> None:
    """Refuse an output that can't be written: a file for a task that edits a picture, else a folder."""
    if "image" in kind.needs:
        encode.check_suffix(out)
        files.check_file(out, inputs)
    elif out.suffix.lower() in encode.FORMATS and not out.is_dir():
        raise ValueError(f"{kind.name} writes a folder of pictures, but {out} is the name of a picture")
    else:
        files.check_folder(out, make=True)


def lossy(kind: type[Task], out: Path, mask: Path | None) -> Iterator[str]:
    """Say what JPEG files do to pixels."""
    if "image" in kind.needs and encode.is_lossy(out):
        yield "warning: JPEG is lossy: pixels that the run left alone change too; PNG and TIFF keep them"
    if mask and mask.suffix.lower() in encode.FORMATS and encode.is_lossy(mask):
        yield "warning: the mask is a JPEG, whose faint artefacts are not 0 and count as marked"

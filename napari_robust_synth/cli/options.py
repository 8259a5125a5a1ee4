"""What the commands understand; a task's own options come from its declaration."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import typer

from napari_robust_synth.tasks.base import Param, Task
from napari_robust_synth.tasks.inputs import image_choice

Image = Annotated[Path, typer.Argument(metavar="IMAGE", help="A PNG, TIFF, JPEG, WebP or BMP file.")]
OtherImage = Annotated[Path | None, typer.Option("--image", metavar="FILE", help="A picture to work on.")]
Mask = Annotated[
    Path, typer.Option("--mask", metavar="MASK", help="A picture of the same size; what is not 0 may change.")
]
MaybeMask = Annotated[Path | None, typer.Option("--mask", metavar="MASK", help="What is not 0 may change.")]
Labels = Annotated[
    Path, typer.Option("--labels", metavar="LABELS", help="A picture of the same size: the label of each pixel, or 0.")
]
Palette = Annotated[
    Path, typer.Option("--palette", metavar="FILE.toml", help="What each label should become; see the documentation.")
]
Label = Annotated[str, typer.Option("--label", metavar="NAME", help="A class of the model, by name or number.")]
Guess = Annotated[str | None, typer.Option("--label", metavar="NAME", help="A class; guessed when not given.")]
Either = Annotated[str | None, typer.Option("--label", metavar="NAME", help="A class to raise; or give features.")]
Feature = Annotated[
    str | None, typer.Option("--feature", metavar="N[,N...]", help="Components of the representation to raise.")
]
Out = Annotated[Path, typer.Option("-o", "--out", metavar="OUT", help="The file to write, in a folder that is there.")]
OutDir = Annotated[
    Path, typer.Option("-o", "--out", metavar="OUT_DIR", help="The folder to write to; made if its parent is there.")
]
Model = Annotated[str, typer.Option("--model", metavar="NAME|PATH", help="A model's name, or its folder.")]
Device = Annotated[str, typer.Option("--device", metavar="auto|cpu|cuda|mps", help="Where to compute.")]
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**63 - 1, help="Seed of everything random.")]
Size = Annotated[
    int | None, typer.Option("--size", metavar="PX", help="Working size, 32 to 1024; the model's own by default.")
]
Range = Annotated[
    str | None,
    typer.Option("--range", metavar="LOW,HIGH", help="Values of black and white; by default the type's (float: 0,1)."),
]
Precise = Annotated[
    bool, typer.Option("--precise", help="Compute in plain float32: slower, and the same on more machines.")
]
Events = Annotated[
    Path | None, typer.Option("--events", hidden=True, help="A file to append what happens to, a JSON line each.")
]
FolderNames = Annotated[
    str | None,
    typer.Option(
        "--config",
        metavar="NAME|FILE",
        help="A training config that names the folders' classes; by default the model's.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress bar, no notes, no summary.")]

COMMON: dict[str, tuple[Any, Any]] = {
    "model": (Model, "bundled"),
    "device": (Device, "auto"),
    "precise": (Precise, False),
    "seed": (Seed, 0),
    "value_range": (Range, None),
    "as_json": (Json, False),
    "quiet": (Quiet, False),
}


def run_plainly(task: type[Task], values: Mapping[str, Any]) -> None:
    """Run a task that writes its result and nothing else."""
    from napari_robust_synth.cli.run import run_task

    run_task(task, values)


def task_command(
    task: type[Task],
    more: Mapping[str, tuple[Any, Any]] | None = None,
    run: Callable[[type[Task], Mapping[str, Any]], None] = run_plainly,
) -> Callable[..., None]:
    """Make the command of a task: its inputs, ``more`` of its own, its parameters, and the common options."""

    def command(**values: Any) -> None:
        run(task, values)

    own = {name: _option(task, name) for name in task.parameters()}
    options = {**_inputs(task), **(more or {}), **own, **_common(task)}
    parameters = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)
        for name, (kind, default) in options.items()
    ]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {name: kind for name, (kind, _) in options.items()}
    command.__doc__ = (inspect.getdoc(task) or task.name).split("\n\n")[0]
    return command


def choices(kind: Any) -> tuple[str, ...]:
    """Return the values of a choice, nothing for a number."""
    return get_args(kind) if get_origin(kind) is Literal else ()


def _inputs(task: type[Task]) -> dict[str, tuple[Any, Any]]:
    required = inspect.Parameter.empty
    inputs: dict[str, tuple[Any, Any]] = {}
    if "image" in task.needs:
        inputs["image"] = (Image, required)
    elif "image" in task.takes and not image_choice(task):
        inputs["image"] = (OtherImage, None)
    if "palette" in task.needs:
        inputs |= {"mask": (Labels, required), "palette": (Palette, required)}
    elif "mask" in task.needs:
        inputs["mask"] = (Mask, required)
    elif "mask" in task.takes:
        inputs["mask"] = (MaybeMask, None)
    if "label" in task.needs:
        inputs["label"] = (Label, required)
    elif "label" in task.takes:
        inputs["label"] = (Either if "feature" in task.takes else Guess, None)
    if "feature" in task.needs | task.takes:
        inputs["feature"] = (Feature, None)
    return {**inputs, "out": (Out if "image" in task.needs else OutDir, required)}


def _option(task: type[Task], name: str) -> tuple[Any, Any]:
    kind, param = task.parameters()[name]
    flag = "--" + name.replace("_", "-")
    flags = [f"-{name}", flag] if len(name) == 1 else [flag]
    values = choices(kind)
    if image_choice(task) == name:
        values = (*(v for v in values if v != "image"), "IMAGE")
    default = inspect.signature(task).parameters[name].default
    text = f"{param.help}{_limits(param)}; default {default}."
    metavar = "|".join(values) or {int: "INTEGER", float: "NUMBER"}[kind]
    return Annotated[(str if values else kind) | None, typer.Option(*flags, metavar=metavar, help=text)], None


def _limits(param: Param) -> str:
    if param.low is None or param.high is None:
        return f" ({param.unit})" if param.unit else ""
    unit = f", {param.unit}" if param.unit else ""
    return f" ({param.low:g} to {param.high:g}{unit})"


def _common(task: type[Task]) -> dict[str, tuple[Any, Any]]:
    takes_image = "image" in task.needs | task.takes
    common = {name: option for name, option in COMMON.items() if takes_image or name != "value_range"}
    times = "" if task.size_ratio == 1 else f"{task.size_ratio:.3g} times "
    size = f"Working size, 32 to 1024; by default {times}the model's own."
    preset = f"Which set of parameters to start from: {', '.join(task.presets)}."
    return {
        "preset": (Annotated[str, typer.Option("--preset", metavar="|".join(task.presets), help=preset)], "default"),
        "size": (Annotated[int | None, typer.Option("--size", metavar="PX", help=size)], None),
        **common,
    }

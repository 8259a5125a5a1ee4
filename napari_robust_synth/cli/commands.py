"""The commands that are no tasks; what they need is imported when they run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from napari_robust_synth.cli.options import (
    Device,
    Events,
    FolderNames,
    Image,
    Json,
    Model,
    Out,
    OutDir,
    Quiet,
    Range,
    Size,
)

RecipeFile = Annotated[
    Path, typer.Argument(metavar="RECIPE", help="A .recipe.json file, or a PNG or TIFF that carries one.")
]
NewImage = Annotated[Path | None, typer.Option("--image", metavar="FILE", help="Another picture to apply it to.")]
OwnModel = Annotated[str | None, typer.Option("--model", metavar="NAME|PATH", help="By default the recipe's.")]
OwnDevice = Annotated[
    str | None, typer.Option("--device", metavar="auto|cpu|cuda|mps", help="By default the recipe's.")
]
OtherRange = Annotated[
    str | None,
    typer.Option("--range", metavar="LOW,HIGH", help="Values of black and white; by default the recipe's or type's."),
]
Files = Annotated[list[Path], typer.Argument(metavar="FILES...", help="Pictures, or folders of them.")]
Scheduler = Annotated[
    str | None,
    typer.Option("--scheduler", metavar="ADDRESS", help="A running dask scheduler; by default this machine does it."),
]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, max=1024, help="Processes here; by default what the cores allow.")
]
Threads = Annotated[
    int | None,
    typer.Option("--threads", min=1, max=1024, help="Of each worker; by default the recipe's, which gives its bits."),
]
Unfinished = Annotated[bool, typer.Option("--resume", help="Keep the results that are there, and do the rest.")]
Data = Annotated[
    Path, typer.Argument(metavar="DATA_DIR", help="Pictures as [train/ and val/] CLASS/picture, or trainA and trainB.")
]
ModelOut = Annotated[Path, typer.Option("-o", "--out", metavar="MODEL_DIR", help="The model folder to make.")]
Config = Annotated[
    str | None,
    typer.Option("--config", metavar="NAME|FILE", help="A training config of ours, or a TOML file; default: default."),
]
Init = Annotated[
    str | None,
    typer.Option(
        "--init", metavar="NAME|FILE", help="What to start from: a model, torchvision, scratch, or a file of features."
    ),
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the unfinished training in MODEL_DIR.")]
SomeModel = Annotated[str, typer.Argument(metavar="MODEL", help="A model's name, or its folder.")]
Rank = Annotated[int, typer.Option("--rank", min=1, max=500, help="Directions in which a Gaussian's pictures vary.")]
Components = Annotated[int, typer.Option("--components", min=1, max=50, help="Gaussians for each class.")]
NewModel = Annotated[
    Path | None,
    typer.Option("-o", "--out", metavar="MODEL_DIR", help="Make a new model folder; else MODEL is changed."),
]
Region = Annotated[
    Path, typer.Option("--mask", metavar="MASK", help="A picture of the same size; what is not 0 is the region.")
]
Top = Annotated[int, typer.Option("--top", metavar="N", min=1, help="How many features.")]
OwnSize = Annotated[
    int | None, typer.Option("--size", metavar="PX", help="Working size, 32 to 1024; by default 1.5 times the model's.")
]
DemoOut = Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="Where pictures go without a display.")]


def classify(
    image: Image,
    model: Model = "bundled",
    device: Device = "auto",
    size: Size = None,
    value_range: Range = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say which classes the model sees in a picture: the five likeliest."""
    from napari_robust_synth.cli.classify import classify as run

    run(image, model, device, size, value_range, as_json=as_json, quiet=quiet)


def features(
    image: Image,
    mask: Region,
    model: Model = "bundled",
    top: Top = 10,
    device: Device = "auto",
    size: OwnSize = None,
    value_range: Range = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say which features a marked region raises most against its surroundings: numbers for `paint --feature`."""
    from napari_robust_synth.cli.features import features as run

    run(image, mask, model, device, size, value_range, top=top, as_json=as_json, quiet=quiet)


def replay(
    recipe: RecipeFile,
    out: Out,
    image: NewImage = None,
    model: OwnModel = None,
    device: OwnDevice = None,
    value_range: OtherRange = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make a recipe's pixels again; OUT is a folder when the recipe generated pictures."""
    from napari_robust_synth.cli.replay import replay as run

    run(recipe, out, image=image, model=model, device=device, value_range=value_range, as_json=as_json, quiet=quiet)


def batch(
    recipe: RecipeFile,
    images: Files,
    out: OutDir,
    scheduler: Scheduler = None,
    workers: Workers = None,
    threads: Threads = None,
    resume: Unfinished = False,
    model: OwnModel = None,
    device: OwnDevice = None,
    value_range: OtherRange = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Apply a recipe to any number of pictures, with several processes or machines."""
    from napari_robust_synth.cli.batch import Asked
    from napari_robust_synth.cli.batch import batch as run

    asked = Asked(recipe, images, out, scheduler, workers, threads, model, device, resume, value_range)
    raise typer.Exit(run(asked, as_json=as_json, quiet=quiet))


def train(
    data: Data,
    out: ModelOut,
    config: Config = None,
    init: Init = None,
    resume: Resume = False,
    events: Events = None,
    device: Device = "auto",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Train a robust classifier; MODEL_DIR is a usable model after every epoch."""
    from napari_robust_synth.cli.train import train as run

    run(data, out, config, init, device, resume=resume, events=events, as_json=as_json, quiet=quiet)


def fit_seeds(
    model: SomeModel,
    data: Data,
    rank: Rank = 20,
    components: Components = 1,
    config: FolderNames = None,
    out: NewModel = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Learn from pictures what a model's `generate` starts from."""
    from napari_robust_synth.cli.fit_seeds import fit_seeds as run

    run(model, data, rank=rank, components=components, config=config, out=out, as_json=as_json, quiet=quiet)


def demo(out: DemoOut = Path("napari-robust-synth-demo"), as_json: Json = False, quiet: Quiet = False) -> None:
    """Open napari on a sample and paint; without a display, write the pictures to a folder."""
    from napari_robust_synth.cli.demo import demo as run

    raise typer.Exit(run(out, as_json=as_json, quiet=quiet))

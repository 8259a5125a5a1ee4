"""The command `evaluate`; what it needs is imported when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from napari_robust_synth.cli.options import Device, Events, FolderNames, Json, Model, Quiet, Seed
from napari_robust_synth.evaluation.parts import PARTS

Data = Annotated[Path, typer.Option("--data", metavar="DATA_DIR", help="Pictures as [train/ and val/] CLASS/picture.")]
ReportOut = Annotated[
    Path, typer.Option("-o", "--out", metavar="REPORT_DIR", help="The report's folder; parts found there are kept.")
]
Only = Annotated[
    str | None, typer.Option("--only", metavar="PART[,PART...]", help=f"Of {', '.join(PARTS)}; by default all.")
]
Count = Annotated[int, typer.Option("--n", min=1, max=100_000, help="Pictures in each row of the report.")]
Against = Annotated[
    str | None,
    typer.Option("--against", metavar="NAME|PATH", help="Another classifier of the same classes, put beside it."),
]
TheJudge = Annotated[
    str,
    typer.Option(
        "--judge",
        metavar="NAME|PATH",
        help="efficientnet-lite0 or mobilenet-v2, from their packages, or a model; auto: the first there is.",
    ),
]
Trunk = Annotated[
    Path | None, typer.Option("--lpips", metavar="FILE", help="torchvision's AlexNet, which LPIPS measures with.")
]
Inception = Annotated[
    Path | None,
    typer.Option("--inception", metavar="FILE", help="The Inception-v3 of FID; else FID is of the judge's features."),
]
Pair = Annotated[
    tuple[str, str] | None, typer.Option("--pair", metavar="FROM TO", help="Translate these classes, not all in turn.")
]
QuickSteps = Annotated[
    int | None,
    typer.Option("--steps", min=1, max=2000, help="Steps of every run, for a quick look; else the presets'."),
]


def evaluate(
    data: Data,
    out: ReportOut,
    model: Model = "bundled",
    only: Only = None,
    n: Count = 100,
    against: Against = None,
    seed: Seed = 0,
    judge: TheJudge = "auto",
    lpips: Trunk = None,
    inception: Inception = None,
    pair: Pair = None,
    steps: QuickSteps = None,
    config: FolderNames = None,
    events: Events = None,
    device: Device = "auto",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Measure what a classifier's pictures are good for, and write a report.

    Each part is kept as soon as it is done: the same command goes on where it stopped.
    """
    from napari_robust_synth.cli.evaluation import Asked, run

    asked = Asked(
        data=data,
        out=out,
        model=model,
        only=only,
        n=n,
        against=against,
        seed=seed,
        judge=judge,
        lpips=lpips,
        inception=inception,
        pair=pair,
        steps=steps,
        config=config,
        device=device,
    )
    run(asked, events=events, as_json=as_json, quiet=quiet)

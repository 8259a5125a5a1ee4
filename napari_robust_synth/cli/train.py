"""Train a classifier, showing how far it is."""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from napari_robust_synth.cli import files, report
from napari_robust_synth.models.cards import WEIGHTS

if TYPE_CHECKING:
    from napari_robust_synth.training.loop import Progress


def train(data: Path, out: Path, config: str, init: Path | None, device: str, *, as_json: bool, quiet: bool) -> None:
    """Train on a folder of pictures and print the accuracies."""
    if not data.is_dir():
        raise ValueError(f"{data} is not a folder of pictures: expected {data}/CLASS/picture.jpg")
    if (out / WEIGHTS).exists():
        raise ValueError(f"{out} already holds a model: choose another folder")
    files.check_folder(out, make=True)

    from napari_robust_synth.models.checkpoints import device_of
    from napari_robust_synth.training.config import read_config
    from napari_robust_synth.training.run import run

    settings, place = read_config(config), device_of(device)
    began = time.perf_counter()
    with report.progress("train", None, quiet) as advance:

        def show(progress: Progress) -> None:
            advance(progress.step, partial(_describe, progress, settings.epochs), progress.steps)
            if progress.step % (progress.steps // settings.epochs) == 0 and not sys.stderr.isatty():
                report.note(_describe(progress, settings.epochs), quiet)

        metrics = run(data, out, settings, init=init, device=place, report=show)
    values = {
        "task": "train",
        "config": config,
        "model": str(out),
        "device": place.type,
        "size": settings.size,
        "seconds": round(time.perf_counter() - began, 3),
        "metrics": dict(metrics),
    }
    lines = [f"{name}: {value:g}" for name, value in metrics.items()]
    report.show(values, "\n".join([*lines, f"wrote {out}"]), as_json=as_json, quiet=quiet)


def _describe(progress: Progress, epochs: int) -> str:
    return f"epoch {progress.epoch + 1}/{epochs}, loss {progress.loss:.3f}, robust accuracy {progress.robust:.0%}"

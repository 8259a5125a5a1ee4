"""Train a classifier, showing how far it is."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from napari_robust_synth.cli import report
from napari_robust_synth.models.cards import CHECKPOINT, SEEDS, WEIGHTS
from napari_robust_synth.pictures import files

if TYPE_CHECKING:
    from napari_robust_synth.training.config import TrainingConfig
    from napari_robust_synth.training.loop import Progress

WRITTEN = ("README.md", "card.json", "config.toml", "curves.png", "metrics.json", "pictures.png", SEEDS)


def train(
    data: Path,
    out: Path,
    config: str | None,
    init: str | None,
    device: str,
    *,
    resume: bool,
    events: Path | None = None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Train on a folder of pictures and print the accuracies; under ``torchrun``, the first process speaks."""
    if not data.is_dir():
        raise ValueError(f"{data} is not a folder of pictures: expected {data}/CLASS/picture.jpg")

    from napari_robust_synth.models.checkpoints import device_of
    from napari_robust_synth.training.events import EventLog
    from napari_robust_synth.training.run import run
    from napari_robust_synth.training.team import gathered

    began = time.perf_counter()
    with gathered(device_of(device)) as (team, place):
        quiet = quiet or not team.leads
        if team.leads and not resume:
            _check_new(out)
        settings = team.told(_settings(out, config, init, resume) if team.leads else None)
        assert settings is not None
        log = EventLog(events) if events and team.leads else None
        with report.progress("train", None, quiet) as advance:

            def show(progress: Progress) -> None:
                if log is not None:
                    log.write(progress)
                advance(progress.step, partial(_describe, progress, settings.epochs), progress.steps)
                if progress.clean is not None or progress.step % (progress.steps // settings.epochs) == 0:
                    report.note(_describe(progress, settings.epochs), quiet)

            metrics = run(
                *(data, out, settings),
                device=place,
                report=show,
                note=partial(report.note, quiet=quiet),
                resume=resume,
                team=team,
            )
    if team.leads:
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


def _check_new(out: Path) -> None:
    from napari_robust_synth.training.lock import claimed

    if (out / CHECKPOINT).exists():
        with claimed(out):
            raise ValueError(f"{out} holds an unfinished training: go on with --resume, or choose another folder")
    if (out / WEIGHTS).exists():
        raise ValueError(f"{out} already holds a model: choose another folder")
    others = [path.name for path in sorted(out.iterdir()) if path.name in WRITTEN] if out.is_dir() else []
    if others:
        raise ValueError(f"{out} holds a {others[0]} already, which training would replace: choose another folder")
    files.check_folder(out, make=True)


def _settings(out: Path, config: str | None, init: str | None, resume: bool) -> TrainingConfig:
    from napari_robust_synth.training.config import read_config
    from napari_robust_synth.training.run import resumed_config

    if resume:
        if config is not None or init is not None:
            raise ValueError("--resume goes on with the config it began with: leave out --config and --init")
        return resumed_config(out)
    settings = read_config(config or "default")
    return settings if init is None else replace(settings, init=init)


def _describe(progress: Progress, epochs: int) -> str:
    words = f"epoch {progress.epoch + 1}/{epochs}, loss {progress.loss:.3f}, robust accuracy {progress.robust:.0%}"
    return words if progress.clean is None else f"{words}, clean accuracy {progress.clean:.0%}"

"""What the benchmarks share: pictures, tasks run in batches, and numbers with their uncertainty."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from rich.console import Console
from rich.progress import track

from napari_robust_synth import Classifier, core, load_classifier, tasks
from napari_robust_synth.models.checkpoints import device_of
from napari_robust_synth.tasks.base import Inputs
from napari_robust_synth.training.config import read_config

SIDE = 224
STDERR = Console(stderr=True)
CLASSES = read_config("default").classes


def parser(description: str | None, cases: int = 200) -> argparse.ArgumentParser:
    """Make the options every benchmark has."""
    p = argparse.ArgumentParser(description=description)
    p.add_argument("data", type=Path, help="folder with val/CLASS/picture, or CLASS/picture; CLASS is a WordNet id")
    p.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    p.add_argument("--cases", type=int, default=cases, help="how many cases (default %(default)s)")
    p.add_argument("--seed", type=int, default=0, help="decides every random choice")
    return p


def model_options(p: argparse.ArgumentParser) -> None:
    """Add the options that say which classifier, and how it is run."""
    p.add_argument("--model", default="bundled", help="name or folder of the classifier")
    p.add_argument("--batch", type=int, default=20, help="cases worked on together")
    p.add_argument("--size", type=int, help="working size in pixels; the classifier's own by default")


def task_options(p: argparse.ArgumentParser) -> None:
    """Add the options that change a task's parameters."""
    p.add_argument("--preset", default="default")
    p.add_argument("--eps", type=float, help="instead of the preset's")
    p.add_argument("--step-size", type=float, help="instead of the preset's")
    p.add_argument("--steps", type=int, help="instead of the preset's")


def make_task(kind: type[tasks.Task], args: argparse.Namespace, **parameters: Any) -> tasks.Task:
    """Make a task from its preset and the command line."""
    given = {name: getattr(args, name) for name in ("eps", "step_size", "steps")}
    return kind.preset(args.preset, **{k: v for k, v in given.items() if v is not None}, **parameters)


def open_classifier(args: argparse.Namespace) -> Classifier:
    """Open the classifier of the command line."""
    return load_classifier(args.model, str(device_of(args.device)))


def find_pictures(data: Path) -> list[Path]:
    """List the validation pictures of the classes we know, in a fixed order."""
    root = data / "val" if (data / "val").is_dir() else data
    found = sorted(p for wnid in CLASSES for p in (root / wnid).glob("*.*"))
    if not found:
        sys.exit(f"error: {root} has no pictures in folders named like {next(iter(CLASSES))}")
    return found


def draw_pictures(data: Path, n: int, seed: int) -> list[Path]:
    """Draw ``n`` validation pictures with a seed, without repetition."""
    found = find_pictures(data)
    return [found[i] for i in np.random.default_rng(seed).permutation(len(found))[:n]]


def read_square(path: Path, side: int = SIDE) -> np.ndarray:
    """Read the central square of a picture as (side, side, 3) uint8."""
    image = Image.open(path).convert("RGB")
    short = min(image.size)
    left, top = ((length - short) // 2 for length in image.size)
    square = image.crop((left, top, left + short, top + short))
    return np.asarray(square.resize((side, side), Image.Resampling.BICUBIC))


def run_together(jobs: Sequence[tasks.Job]) -> list[np.ndarray]:
    """Run jobs of one task and one working shape in one batch; each gets the result its own run would give.

    Every loss, ball and step is a sample's own, so only rounding differs from running them one by one.
    """
    task, classifier, parts = jobs[0].task, jobs[0].classifier, [job._inputs for job in jobs]
    inputs = Inputs(
        image=torch.cat([p.image for p in parts]),
        mask=torch.cat([p.mask for p in parts]),
        label=torch.cat([p.label for p in parts]),
        features=(),
        scale=parts[0].scale,
        generator=parts[0].generator,
    )
    problem = task.problem(classifier, inputs, torch.cat([job.start for job in jobs]))
    states = core.pgd(problem, steps=task.steps, step_size=task.step_size * inputs.scale, measure_last=False)
    return [job.result(x) for job, x in zip(jobs, core.last(states).x.split(1), strict=True)]


def run_all(jobs: Sequence[tasks.Job], batch: int, what: str) -> Iterator[np.ndarray]:
    """Run jobs in batches, in order, telling how far on stderr."""
    for i in track(range(0, len(jobs), batch), what, console=STDERR):
        yield from run_together(jobs[i : i + batch])


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    """Peak signal-to-noise ratio of two uint8 pictures, in dB."""
    mse = float(np.mean((a.astype(np.float64) - b.astype(np.float64)) ** 2))
    return 10 * math.log10(255**2 / mse) if mse > 0 else math.inf


def mean_ci(values: Sequence[float]) -> dict[str, Any]:
    """Return the mean of ``values`` with its 95 % confidence interval (normal approximation)."""
    v = np.asarray(values, np.float64)
    half = 1.96 * v.std(ddof=1) / len(v) ** 0.5 if len(v) > 1 else math.nan
    return {"mean": round(v.mean(), 4), "ci95": [round(v.mean() - half, 4), round(v.mean() + half, 4)], "n": len(v)}


def share_ci(hits: Sequence[bool]) -> dict[str, Any]:
    """Return the share of hits in percent with its 95 % confidence interval (Wilson)."""
    n, p, z = len(hits), float(np.mean(hits)), 1.96
    centre, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (min(max((centre + s * half) / (1 + z * z / n), 0.0), 1.0) for s in (-1, 1))
    return {"percent": round(100 * p, 2), "ci95": [round(100 * low, 2), round(100 * high, 2)], "n": n}


def report(result: dict[str, Any]) -> None:
    """Print ``result`` as a table on stderr and as one JSON object on stdout."""
    for key, value in _flat(result):
        print(f"{key:58s} {value}", file=sys.stderr)
    print(json.dumps(result))


def _flat(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and "ci95" in value:
        centre, (low, high) = value.get("mean", value.get("percent")), value["ci95"]
        yield key, f"{centre:8.3f}   95 % CI {low:8.3f} to {high:8.3f}   n = {value['n']}"
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _flat(part, f"{key} · {name}" if key else name)
    else:
        yield key, str(value)

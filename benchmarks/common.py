"""What the benchmarks share: options, pictures, and numbers with their uncertainty."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from rich.console import Console

from napari_robust_synth import Classifier, load_classifier, tasks
from napari_robust_synth.evaluation import estimates
from napari_robust_synth.evaluation.pool import SIDE, square
from napari_robust_synth.models.checkpoints import device_of
from napari_robust_synth.training.config import read_config

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
    return square(Image.open(path).convert("RGB"), side)


def mean_ci(values: Sequence[float]) -> dict[str, Any]:
    """Return the mean of ``values`` with its 95 % confidence interval (normal approximation)."""
    return _plain("mean", estimates.normal(values), 4)


def share_ci(hits: Sequence[bool]) -> dict[str, Any]:
    """Return the share of hits in percent with its 95 % confidence interval (Wilson)."""
    return _plain("percent", estimates.share(hits), 2)


def _plain(name: str, found: estimates.Estimate, digits: int) -> dict[str, Any]:
    ends = [None if end is None else round(end, digits) for end in (found.low, found.high)]
    return {name: round(found.mean, digits), "ci95": ends, "n": found.n}


def report(result: dict[str, Any]) -> None:
    """Print ``result`` as a table on stderr and as one JSON object on stdout."""
    for key, value in _flat(result):
        print(f"{key:58s} {value}", file=sys.stderr)
    print(json.dumps(result))


def _flat(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and "ci95" in value:
        centre, ends = value.get("mean", value.get("percent")), value["ci95"]
        interval = "" if None in ends else "95 % CI {:8.3f} to {:8.3f}".format(*ends)
        yield key, f"{centre:8.3f}   {interval}   n = {value['n']}"
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _flat(part, f"{key} · {name}" if key else name)
    else:
        yield key, str(value)

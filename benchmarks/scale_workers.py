"""The part of `scale.py` that spreads a folder of pictures over processes."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from napari_robust_synth import load_classifier, samples, tasks
from napari_robust_synth.cli.cluster import local
from napari_robust_synth.pictures.folders import pictures_in
from napari_robust_synth.pictures.spreading import replay_on

COUNTS = (1, 2)


def prepare(folder: Path, files: int, steps: int) -> tuple[tasks.Recipes, list[Path]]:
    """Write pictures, each another part of a sample, and return a recipe for them."""
    photo = np.asarray(samples.load("translate")["image"])
    for i in range(files):
        Image.fromarray(np.roll(photo, 11 * i, 1)).save(folder / f"{i:03}.png")
    job = tasks.Job(tasks.Translate(steps=steps), load_classifier(), image=photo, label="beagle")
    recipe = replace(tasks.record(job, steps, {"path": "photo.png", "sha256": "", "of": "file"}), threads=1)
    return tasks.Recipes(((0, recipe),)), pictures_in(folder)


def workers(options: argparse.Namespace) -> dict[str, object]:
    """Seconds that `napari-robust-synth batch` takes for a folder by one process and by two of a thread each, in turns.

    They have started and loaded the classifier before a round begins; what that takes is told apart.
    """
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder, starts = Path(name, "in"), {}
        folder.mkdir()
        recipes, pictures = prepare(folder, options.files, options.steps)

        def seconds(count: int, chosen: list[Path], out: str) -> float:
            Path(name, out).mkdir()
            begin = time.perf_counter()
            done = list(replay_on(clients[count], recipes, chosen, Path(name, out)))
            assert all(one.result and not one.kept for _, one in done), done
            return time.perf_counter() - begin

        clients = {}
        for count in COUNTS:
            begin = time.perf_counter()
            clients[count] = stack.enter_context(local(count, 1))
            seconds(count, pictures[: 2 * count], f"warm{count}")
            starts[count] = round(time.perf_counter() - begin, 1)
        rounds = [[seconds(count, pictures, f"{i}-{count}") for count in COUNTS] for i in range(options.rounds)]
    one, two = (round(statistics.median(times), 2) for times in zip(*rounds, strict=True))
    return {
        "pictures": options.files,
        "seconds to start, with the first pictures": starts,
        "seconds by one worker": one,
        "seconds by two workers": two,
        "times as fast": round(statistics.median(a / b for a, b in rounds), 2),
    }

"""Show the main job: in a napari of its own, or as files where there is no display."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from napari_robust_synth.cli import report
from napari_robust_synth.pictures import decode, encode, files

SAMPLE = "paint"
MODEL = "bundled"


def demo(out: Path, *, as_json: bool, quiet: bool) -> int:
    """Open napari on a sample and start painting, or paint it into files; return the exit code."""
    reason = "no display"
    if has_display():
        code = subprocess.run([sys.executable, "-m", "napari_robust_synth._napari.demo"], check=False).returncode
        if code == 0:
            return 0
        reason = f"the window failed (exit code {code})"
    report.note(f"{reason}: painting into the folder {out}", quiet)
    paint_sample(out, as_json=as_json, quiet=quiet)
    return 0


def has_display() -> bool:
    """Return whether a window can open."""
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def paint_sample(out: Path, *, as_json: bool, quiet: bool) -> None:
    """Write a sample, its mask, and what paint makes of them."""
    files.check_folder(out, make=True)

    from napari_robust_synth import samples
    from napari_robust_synth.cli.work import Order, perform
    from napari_robust_synth.models import load_classifier
    from napari_robust_synth.tasks import TASKS, Job

    sample = samples.load(SAMPLE)
    before, mask = out / "before.png", out / "mask.png"
    data = encode.encode(before, sample["image"])
    extras = {before: data, mask: encode.encode(mask, sample["mask"].astype(np.uint8) * 255)}
    job = Job(
        TASKS[sample["task"]].preset("default"),
        load_classifier(MODEL, "auto"),
        image=sample["image"],
        mask=sample["mask"],
        label=sample["label"],
        features=sample["features"],
    )
    picture = decode.Picture(before, sample["image"], hashlib.sha256(data).hexdigest())
    order = Order(out=out / "after.png", model=MODEL, picture=picture, as_json=as_json, quiet=quiet, extras=extras)
    perform(job, order)

"""Enlarging 7 and 8 times against the kernels that Pillow has (paper, figure 6)."""

from __future__ import annotations

from typing import Any

from napari_robust_synth.evaluation.bench import Bench
from napari_robust_synth.evaluation.fidelity import Near, nearer, nearness, paired, row
from napari_robust_synth.evaluation.parts.common import SHOWN, described
from napari_robust_synth.evaluation.pool import SIDE, Pixels
from napari_robust_synth.evaluation.results import Check, Figure, Found, Row, Table
from napari_robust_synth.evaluation.rivals import KERNELS, area_means, enlarge
from napari_robust_synth.evaluation.running import run_all
from napari_robust_synth.evaluation.strips import strip
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Job, SuperResolve

ARMS: dict[str, tuple[str, dict[str, Any]]] = {
    "default preset": ("default", {}),
    "default preset, bicubic start": ("default", {"start": "bicubic"}),
    "paper preset": ("paper", {}),
}
DEFAULT, _, PAPER = ARMS
START = "the enlargement it starts from"
FACTORS = (8, 7)
LOSS = -0.3


def find(classifier: Classifier, bench: Bench) -> Found:
    """Enlarge area means of the true pictures; the class whose detail is drawn is predicted."""
    bench.meter.expect(len(bench.examples) * len(ARMS) * len(FACTORS))
    tables, figures, checks = [], [], []
    settings: dict[str, Any] = {}
    for factor in FACTORS:
        made = Made(classifier, bench, factor)
        tables.append(Table(f"{SIDE // factor} to {SIDE} pixels ({factor} times)", made.rows()))
        figures.append(made.figure())
        settings |= {f"{factor} times, {arm}": about for arm, about in made.settings.items()}
        if factor == FACTORS[0]:
            checks = made.checks()
    return Found("super-resolution", classifier.name, tuple(tables), tuple(figures), tuple(checks), (), settings)


class Made:
    """The true pictures, and what all methods make of their small ones."""

    def __init__(self, classifier: Classifier, bench: Bench, factor: int) -> None:
        self.name, self.seed = classifier.name, bench.settings.seed
        self.truth = [e.pixels for e in bench.examples]
        small = [area_means(picture, factor) for picture in self.truth]
        self.pictures: dict[str, list[Pixels]] = {k: [enlarge(s, SIDE, k) for s in small] for k in KERNELS}
        self.settings = {}
        for arm, (preset, other) in ARMS.items():
            task = bench.settings.task(SuperResolve, preset, factor=factor, **other)
            jobs = [Job(task, classifier, image=s, preset=preset) for s in small]
            self.settings[arm] = described(jobs[0])
            if arm == DEFAULT:
                self.pictures[START] = [job.result(job.start) for job in jobs]
            made = run_all(jobs, bench.settings.batch, bench.meter.add)
            self.pictures[arm] = [picture for _, picture in made]
        self.near: dict[str, Near] = {
            name: nearness(pictures, self.truth, bench) for name, pictures in self.pictures.items()
        }

    def rows(self) -> tuple[Row, ...]:
        """Return a line for each method."""
        ours = [row(arm, self.near[arm], self.seed) for arm in ARMS]
        begun = row(START, self.near[START], self.seed)
        return (*ours, begun, *(row(kernel, self.near[kernel], self.seed, rival=True) for kernel in KERNELS))

    def checks(self) -> list[Check]:
        """Claim that the default preset is nearer than bicubic, and than where it began, and loses little PSNR."""
        ours, theirs = self.near[DEFAULT], self.near["bicubic"]
        loss = paired(ours, theirs, "psnr", self.seed)
        claim = "PSNR above that of bicubic, or at most 0.3 dB below"
        rivals = {"bicubic": theirs, START: self.near[START]}
        nearest = [nearer(ours, near, name, self.seed) for name, near in rivals.items()]
        return [*nearest, Check(claim, loss, LOSS, "dB", digits=2)]

    def figure(self) -> Figure:
        """Show a few pictures made by each method."""
        columns = ("nearest", "bicubic", DEFAULT, PAPER)
        lines = [
            [*(self.pictures[name][i] for name in columns), self.truth[i]]
            for i in range(min(SHOWN // 2, len(self.truth)))
        ]
        return strip("Enlarged", f"by {self.name}, beside simple kernels", lines, (*columns, "true"), side=168)

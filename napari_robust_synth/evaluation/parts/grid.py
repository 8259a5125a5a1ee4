"""Pictures towards every class (paper, figure 2)."""

from __future__ import annotations

import numpy as np

from napari_robust_synth.evaluation.bench import Bench
from napari_robust_synth.evaluation.parts.common import asked_for, described, moved, without_judge
from napari_robust_synth.evaluation.results import Found, Row, Table
from napari_robust_synth.evaluation.running import run_all
from napari_robust_synth.evaluation.strips import strip
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Job, Translate

COLUMNS = 10
EACH = 25
"""A line of the grid for so many pictures that other parts are measured on."""
LINES = 4


def find(classifier: Classifier, bench: Bench) -> Found:
    """Translate a few pictures to each of up to ten classes."""
    settings, names = bench.settings, bench.classes
    places = np.linspace(0, len(names) - 1, min(COLUMNS, len(names))).round().astype(int)
    targets = [names[i] for i in places]
    shown = bench.examples[: min(max(settings.n // EACH, 1), LINES)]
    bench.meter.expect(len(shown) * len(targets))
    task = settings.task(Translate)
    jobs = [Job(task, classifier, image=e.pixels, label=label) for e in shown for label in targets]
    pictures = [picture for _, picture in run_all(jobs, settings.batch, bench.meter.add)]
    labels = targets * len(shown)
    values = asked_for(pictures, labels, classifier, bench, jobs[0].size) | {
        "distance": moved(jobs, pictures, settings.seed)
    }
    lines = [[e.pixels, *pictures[i * len(targets) : (i + 1) * len(targets)]] for i, e in enumerate(shown)]
    figure = strip("Towards every class", f"by {classifier.name}", lines, ("picture", *targets), side=88)
    rows = (Row(f"{len(shown)} {'picture' if len(shown) == 1 else 'pictures'} to {len(targets)} classes", values),)
    table = Table("What the grid's pictures are taken for", rows)
    return Found("grid", classifier.name, (table,), (figure,), (), without_judge(bench), described(jobs[0]))

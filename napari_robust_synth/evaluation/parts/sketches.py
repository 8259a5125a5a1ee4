"""The sample sketches towards every class, judged (paper, figure 7)."""

from __future__ import annotations

import numpy as np

from napari_robust_synth.evaluation.bench import Bench
from napari_robust_synth.evaluation.parts.common import asked_for, described, half, moved, without_judge
from napari_robust_synth.evaluation.results import Found, Row, Table
from napari_robust_synth.evaluation.running import run_all
from napari_robust_synth.evaluation.strips import strip
from napari_robust_synth.models import Classifier
from napari_robust_synth.samples import SAMPLES, load
from napari_robust_synth.tasks import Job, Sketch

COLUMNS = 7


def find(classifier: Classifier, bench: Bench) -> Found:
    """Turn every sample sketch into each class, at most ``n`` of them, spread evenly."""
    settings, names = bench.settings, bench.classes
    drawings = [load(name)["image"] for name, sample in SAMPLES.items() if sample.task == Sketch.name]
    places = np.linspace(0, len(names) - 1, min(settings.n, len(names))).round().astype(int)
    labels = [names[i] for i in places] * len(drawings)
    bench.meter.expect(len(labels))
    task = settings.task(Sketch)
    jobs = [Job(task, classifier, image=d, label=names[i]) for d in drawings for i in places]
    pictures = [picture for _, picture in run_all(jobs, settings.batch, bench.meter.add)]
    values = asked_for(pictures, labels, classifier, bench, jobs[0].size) | {
        "distance": moved(jobs, pictures, settings.seed)
    }
    rows = [
        Row(
            "the sketch itself", asked_for([d for d in drawings for _ in places], labels, classifier, bench), rival=True
        )
    ]
    everything = [drawings[0], *pictures]
    lines = [everything[i : i + COLUMNS] for i in range(0, min(len(everything), 3 * COLUMNS), COLUMNS)]
    caption = f"by {classifier.name}: the sketch, then {', '.join(labels[: 3 * COLUMNS - 1])}"
    figure = strip("From a sketch", caption, lines)
    table = Table("The class that was asked for", (Row("default preset", values), *rows))
    notes = without_judge(bench)
    if len(drawings) == 1:
        notes = (*notes, "There is one sample sketch, a dog: classes that are not dogs are hard to make of it.")
    return Found(
        "sketches", classifier.name, (table,), (figure,), half(values, "the class asked for"), notes, described(jobs[0])
    )

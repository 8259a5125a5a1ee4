"""Pictures from random seeds of each kind, judged and measured as a set (paper, figure 3 and table 1)."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import partial
from typing import Any

from napari_robust_synth.evaluation.bench import Bench
from napari_robust_synth.evaluation.estimates import Estimate, bootstrap, jackknife
from napari_robust_synth.evaluation.fid import fid, inception_score, spread
from napari_robust_synth.evaluation.judges import Seen
from napari_robust_synth.evaluation.parts.common import SHOWN, asked_for, described, half, without_judge
from napari_robust_synth.evaluation.pool import Pixels
from napari_robust_synth.evaluation.results import Found, Row, Table
from napari_robust_synth.evaluation.running import run_all
from napari_robust_synth.evaluation.shelf import Some
from napari_robust_synth.evaluation.strips import strip
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Generate, Job

KEPT = 100
KINDS = ("normal", "mixture", "univariate", "uniform")
WORDS = {
    "normal": "normal seeds (default)",
    "mixture": "mixtures of normal seeds",
    "univariate": "univariate normal seeds",
    "uniform": "uniform noise",
}
REAL = "real pictures (the floor of FID)"


def find(classifier: Classifier, bench: Bench) -> Found:
    """Draw ``n`` pictures from each kind of seeds, the classes in turn, and compare each set with real pictures."""
    n, names = len(bench.examples), bench.classes
    labels = [names[i % len(names)] for i in range(n)]
    sources = {kind: own for kind in KINDS if (own := seeded(classifier, kind, bench)) is not None}
    bench.meter.expect(n * len(sources))
    set_of_real = Set([e.pixels for e in bench.others], [e.label for e in bench.others], bench)
    others = Set([e.pixels for e in bench.examples], [e.label for e in bench.examples], bench)
    rows, lines, settings = [], [], {}
    for kind, own in sources.items():
        pictures, settings[kind] = draw(own, kind, labels, bench)
        made = Set(pictures, labels, bench)
        asked = asked_for(pictures, labels, own, bench, settings[kind]["size"])
        rows.append(Row(WORDS[kind], asked | made.against(set_of_real)))
        lines.append(pictures[:SHOWN])
    asked = asked_for(others.pictures, others.labels, classifier, bench)
    rows.append(Row(REAL, asked | others.against(set_of_real), rival=True))
    caption = f"by {classifier.name}: {', '.join(labels[:SHOWN])}; a line for each kind of seeds: {', '.join(sources)}"
    figure = strip("From random seeds", caption, lines)
    table = Table(f"{n} pictures a line, {len(names)} classes in turn", tuple(rows))
    checks = half(rows[0].values, "the class asked for") if "normal" in sources else ()
    notes = [*without_judge(bench), *measured_with(bench, len(bench.others))]
    if "mixture" not in sources:
        notes.append("Mixtures are fitted on training pictures: there is no line without enough of them (DATA/train).")
    return Found("generation", classifier.name, (table,), (figure,), checks, tuple(notes), settings)


def draw(own: Classifier, kind: str, labels: Sequence[str], bench: Bench) -> Some:
    """Draw a picture of each label; a hundred at a time are kept, since a thousand take half an hour on a CPU."""
    task = bench.settings.task(Generate, n=1, seeds="normal" if kind == "mixture" else kind)

    def some(first: int) -> Some:
        numbers = range(first, min(first + KEPT, len(labels)))
        jobs = (Job(task, own, label=labels[i], seed=bench.settings.seed + i) for i in numbers)
        pairs = list(run_all(jobs, bench.settings.batch, bench.meter.add))
        return [picture for _, picture in pairs], described(pairs[0][0])

    pictures, about = list[Pixels](), dict[str, Any]()
    for first in range(0, len(labels), KEPT):
        before = bench.meter.done
        more, settings = bench.shelf.made(f"{kind}-{first}", partial(some, first))
        bench.meter.add(len(more) - (bench.meter.done - before))  # those that were there
        pictures, about = [*pictures, *more], about or settings
    return pictures, about


def seeded(classifier: Classifier, kind: str, bench: Bench) -> Classifier | None:
    """Return the classifier with the statistics that seeds of a kind are drawn from; None when there are none."""
    if kind == "uniform":
        return classifier
    mixture = bench.mixture if tuple(classifier.class_names) == tuple(bench.classes) else None
    seeds = classifier.seeds if kind != "mixture" else mixture.fitted if mixture else None
    if seeds is None:
        return None
    other = copy.copy(classifier)
    other.seeds = seeds
    return other


class Set:
    """Pictures of classes, and what is seen in them."""

    def __init__(self, pictures: Sequence[Pixels], labels: Sequence[str], bench: Bench) -> None:
        self.pictures, self.labels, self.seed = pictures, labels, bench.settings.seed
        self.seen = self.judged = None
        if bench.features and pictures:
            self.seen = bench.features.see(pictures)
        if bench.judge and pictures:
            judge = bench.judge
            self.judged = self.seen if bench.features and bench.features.sha256 == judge.sha256 else judge.see(pictures)

    def against(self, real: Set) -> dict[str, Estimate]:
        """Measure FID against real pictures, Inception Score and variety."""
        values = {}
        if self.seen is not None and real.seen is not None and min(len(self.pictures), len(real.pictures)) > 1:
            ours, theirs = self.seen.features, real.seen.features
            values["fid"] = jackknife(len(ours), lambda chosen: fid(ours[chosen], theirs), self.seed)
        scored = next((s for s in (self.seen, self.judged) if s is not None and len(s.probabilities)), None)
        if scored is not None:
            p = scored.probabilities
            values["inception"] = jackknife(len(p), lambda chosen: inception_score(p[chosen]), self.seed)
        if isinstance(self.judged, Seen) and (distances := spread(self.judged.features, self.labels)):
            values["spread"] = bootstrap(distances, self.seed)
        return values


def measured_with(bench: Bench, real: int) -> list[str]:
    """Say which networks FID and Inception Score are of."""
    if bench.features is None:
        return ["Without a judge or Inception weights there is no FID and no Inception Score."]
    notes = [
        f"FID is against {real} real pictures, with the features of {bench.features.name}"
        + (", as in the literature." if bench.features.standard else ", not of Inception: it compares with no paper's.")
    ]
    if not len(bench.features.see([bench.examples[0].pixels]).probabilities) and bench.judge:
        notes.append(
            f"The Inception file has no last layer: Inception Score is of the probabilities of {bench.judge.name}, and "
            "compares with no paper's."
        )
    elif not bench.features.standard:
        notes.append(f"Inception Score is of the probabilities of {bench.features.name}, and compares with no paper's.")
    return notes

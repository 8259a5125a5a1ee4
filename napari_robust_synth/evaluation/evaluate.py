"""From classifiers and pictures to a report; what was found before is not measured again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from napari_robust_synth.evaluation import keeping, report
from napari_robust_synth.evaluation.bench import Bench, Meter, Settings
from napari_robust_synth.evaluation.fid import Features
from napari_robust_synth.evaluation.judges import Judge
from napari_robust_synth.evaluation.mixture import Mixture
from napari_robust_synth.evaluation.parts import PARTS, Part
from napari_robust_synth.evaluation.parts.translation import check_targets
from napari_robust_synth.evaluation.perceptual import Distance
from napari_robust_synth.evaluation.pool import Pool
from napari_robust_synth.evaluation.results import Found
from napari_robust_synth.evaluation.shelf import Shelf
from napari_robust_synth.models import Classifier

Show = Callable[[str, float, float], None]


@dataclass(frozen=True)
class Tools:
    """What pictures are judged and measured with; each with a hash of it.

    Parameters
    ----------
    judge : Judge, optional
        Says what is in a picture.
    distances : mapping of str to (callable, str)
        Perceptual distances by key of `METRICS`.
    features : Features, optional
        What FID is measured with.
    """

    judge: Judge | None = None
    distances: Mapping[str, tuple[Distance, str]] = field(default_factory=dict)
    features: Features | None = None


@dataclass(frozen=True)
class Plan:
    """What to measure.

    Parameters
    ----------
    classifiers : sequence of Classifier
        The one that the report is of, then the one it is compared with, if any.
    pool : Pool
        Pictures that none was trained on.
    training : Pool, optional
        Pictures to fit mixtures on.
    settings : Settings
        Numbers of pictures and steps, seed.
    tools : Tools
        Judge and metrics.
    parts : sequence of str
        Names in `PARTS`.
    command : str
        How to ask for the same again.
    """

    classifiers: Sequence[Classifier]
    pool: Pool
    training: Pool | None
    settings: Settings
    tools: Tools
    parts: Sequence[str]
    command: str = ""


def evaluate(plan: Plan, folder: Path, show: Show = lambda what, done, total: None) -> Path:
    """Measure what is missing in ``folder`` and write the report there; return its page.

    Parameters
    ----------
    plan : Plan
        What to measure.
    folder : Path
        The report's folder.
    show : callable
        Called with what is measured, and how many pictures of how many are done; may raise to end it.

    Raises
    ------
    ValueError
        When the pictures are of no class that all classifiers know, or of one where a part needs two.
    """
    classifiers = _with_seeds(plan.classifiers)
    bench = lay_bench(plan)
    parts = {
        name: [_found(PARTS[name], classifier, plan, bench, folder, show) for classifier in classifiers]
        for name in plan.parts
    }
    title, n = f"What the classifier {classifiers[0].name} is good for", len(bench.examples)
    return report.write(folder, title, n, bench.classes, _facts(plan, bench), parts)


def lay_bench(plan: Plan) -> Bench:
    """Draw the pictures."""
    first, *more = plan.classifiers
    known = [name for name in first.class_names if all(name in other.class_names for other in more)]
    pool = plan.pool.of(known)
    drawn = pool.draw(2 * plan.settings.n, plan.settings.seed)
    if not drawn:
        names = ", ".join(f"{c.name} ({', '.join(c.class_names[:2])}, …)" for c in plan.classifiers)
        raise ValueError(
            f"{plan.pool.root} has no picture of a class that {names} know: rename the folders, or name their classes "
            "in a --config"
        )
    pair, sources = plan.settings.pair, []
    if pair and not (sources := pool.of(pair[:1]).draw(plan.settings.n, plan.settings.seed)):
        raise ValueError(f"{plan.pool.root} has no picture of the class {pair[0]!r}: choose another pair")
    classes = tuple(name for name in known if name in set(pool.labels))
    if "translation" in plan.parts and not pair:
        check_targets(classes, plan.pool.root)
    whole = plan.training is not None and set(plan.training.labels) >= set(first.class_names) == set(classes)
    return Bench(
        examples=drawn[: plan.settings.n],
        others=drawn[plan.settings.n :],
        classes=classes,
        settings=plan.settings,
        judge=plan.tools.judge,
        distances={key: distance for key, (distance, _) in plan.tools.distances.items()},
        features=plan.tools.features,
        mixture=Mixture(plan.training, classes, first.size) if plan.training and whole else None,
        sources=sources,
    )


def _with_seeds(classifiers: Sequence[Classifier]) -> list[Classifier]:
    """Let a classifier without seed statistics start from those of the first, where the classes are the same."""
    first = classifiers[0]
    for other in classifiers[1:]:
        if other.seeds is None and other.class_names == first.class_names:
            other.seeds = first.seeds
    return list(classifiers)


def _found(part: Part, classifier: Classifier, plan: Plan, bench: Bench, folder: Path, show: Show) -> Found:
    path = keeping.place(folder, part.name, classifier.name, _depends(part, classifier, plan, bench))
    if (found := keeping.kept(path)) is None:
        what = f"{part.title}, {classifier.name}"
        show(what, 0, 0)
        meter = Meter(lambda done, total: show(what, done, total))
        shelf = Shelf(path)
        found = part.find(classifier, replace(bench, meter=meter, shelf=shelf))
        keeping.keep(path, found)
        shelf.clear()
    return found


def _depends(part: Part, classifier: Classifier, plan: Plan, bench: Bench) -> dict[str, Any]:
    """Return all that decides the figures of a part, as plain JSON types."""
    settings = asdict(plan.settings)
    if "pair" not in part.uses:
        del settings["pair"]
    own = {
        "judge": plan.tools.judge.sha256 if plan.tools.judge else None,
        "distances": {key: sha256 for key, (_, sha256) in plan.tools.distances.items()},
        "features": plan.tools.features.sha256 if plan.tools.features else None,
        "mixture": bench.mixture.key if bench.mixture else None,
        "torchattacks": keeping.installed("torchattacks"),
    }
    return {
        "part": part.name,
        "classifier": [classifier.sha256, classifier.name, classifier.size, *classifier.class_names],
        "seeds from": plan.classifiers[0].sha256 if "mixture" in part.uses else None,
        "pictures": plan.pool.fingerprint(),
        "classes": bench.classes,
        "settings": settings,
        "device": classifier.device.type,
        "precision": classifier.precision,
        **{key: value for key, value in own.items() if key in part.uses},
    }


def _facts(plan: Plan, bench: Bench) -> dict[str, Any]:
    tools, first, steps = plan.tools, plan.classifiers[0], plan.settings.steps
    return {
        "classifier": f"{first.name}, {first.size} px, {len(first.class_names)} classes, weights {first.sha256[:12]}",
        "beside it": [f"{other.name}, weights {other.sha256[:12]}" for other in plan.classifiers[1:]] or None,
        "pictures": f"{len(bench.examples)} of {len(plan.pool)} in {plan.pool.root.name}, a class after the other",
        "classes": len(bench.classes),
        "seed": plan.settings.seed,
        "judge": f"{tools.judge.name}, weights {tools.judge.sha256[:12]}" if tools.judge else None,
        "perceptual distances": list(tools.distances) or None,
        "FID with": f"{tools.features.name}, weights {tools.features.sha256[:12]}" if tools.features else None,
        "device": first.device.type,
        "precision": first.precision,
        "versions": keeping.versions(),
        **({"command": plan.command} if plan.command else {}),
        **({} if steps is None else {"steps": f"{steps} in every run, instead of the presets'"}),
    }

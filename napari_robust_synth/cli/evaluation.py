"""From what was asked for to a report, showing how far it is."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from napari_robust_synth.cli import report
from napari_robust_synth.evaluation.parts import PARTS
from napari_robust_synth.models.zoo import ZooEntry, find_model
from napari_robust_synth.pictures import files
from napari_robust_synth.tasks.inputs import class_index

if TYPE_CHECKING:
    import torch

    from napari_robust_synth.evaluation.evaluate import Tools
    from napari_robust_synth.evaluation.pool import Pool
    from napari_robust_synth.models import Classifier

NEEDED = ("cv2", "jinja2", "lpips", "matplotlib", "torch_fidelity")
AUTO = "auto"
EVENT_SECONDS = 0.25


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options of the command; see its help."""

    data: Path
    out: Path
    model: str
    only: str | None
    n: int
    against: str | None
    seed: int
    judge: str
    lpips: Path | None
    inception: Path | None
    pair: tuple[str, str] | None
    steps: int | None
    config: str | None
    device: str


def run(asked: Asked, *, events: Path | None, as_json: bool, quiet: bool) -> None:
    """Check everything, measure, write the report, and say where it is."""
    began = time.perf_counter()
    parts = chosen_parts(asked.only)
    entry = find_model(asked.model)
    peer = find_model(asked.against) if asked.against else None
    if not asked.data.is_dir():
        raise ValueError(f"{asked.data} is not a folder of pictures: expected {asked.data}/CLASS/picture.jpg")
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise ValueError(f"evaluate needs {', '.join(missing)}: pip install 'napari-robust-synth[evaluation]'")
    files.check_folder(asked.out, make=True)

    from napari_robust_synth.evaluation.bench import Settings
    from napari_robust_synth.evaluation.evaluate import Plan, evaluate

    classifiers = opened(asked, entry, peer)
    pool, training = pools(asked, entry)
    names = classifiers[0].class_names
    pair = None if asked.pair is None else tuple(names[class_index(names, name)] for name in asked.pair)
    settings = Settings(n=asked.n, seed=asked.seed, steps=asked.steps, pair=pair)  # type: ignore[arg-type]
    tools = open_tools(asked, classifiers[0].device, [entry, *([peer] if peer else [])])
    plan = Plan(classifiers, pool, training, settings, tools, parts, command(asked))
    with report.progress("evaluate", None, quiet) as advance:
        watch = Watch(events, lambda what, done, total: advance(done, lambda: what, total or None), quiet)
        page = evaluate(plan, asked.out, watch.show)
    values = {
        "task": "evaluate",
        "model": asked.model,
        "against": asked.against,
        "parts": parts,
        "n": asked.n,
        "seconds": round(time.perf_counter() - began, 3),
        "report": str(page),
    }
    report.show(values, f"wrote {page}", as_json=as_json, quiet=quiet)


def command(asked: Asked) -> str:
    """Return how to ask for the same report, of the same pictures, wherever they are."""
    words = ["--model", Path(asked.model).name, "--n", str(asked.n)]
    for option in ("against", "judge", "lpips", "inception", "seed", "only", "pair", "steps", "config"):
        value = getattr(asked, option)
        if value not in (None, 0, AUTO):
            words += [f"--{option}", *(value if isinstance(value, tuple) else (Path(str(value)).name,))]
    return f"napari-robust-synth evaluate --data DATA_DIR -o REPORT_DIR {shlex.join(words)}"


def chosen_parts(only: str | None) -> list[str]:
    """Return the parts to measure, in the report's order.

    Raises
    ------
    ValueError
        When there is no such part.
    """
    asked = list(PARTS) if only is None else [name.strip() for name in only.split(",")]
    for name in asked:
        if name not in PARTS:
            raise ValueError(f"no part {name!r} of a report: expected some of {', '.join(PARTS)}")
    return [name for name in PARTS if name in asked]


def opened(asked: Asked, entry: ZooEntry, peer: ZooEntry | None) -> list[Classifier]:
    """Open the classifiers."""
    from napari_robust_synth.models import load_classifier

    first = load_classifier(asked.model, asked.device)
    if peer is None or asked.against is None:
        return [first]
    other = load_classifier(asked.against, asked.device)
    if other.sha256 == first.sha256:
        raise ValueError(f"--against {asked.against} is the same classifier as {asked.model}: choose another one")
    if peer.name == entry.name:
        other.name = asked.against
    return [first, other]


def pools(asked: Asked, entry: ZooEntry) -> tuple[Pool, Pool | None]:
    """Find the pictures to measure on, and those to fit mixtures on where they are apart."""
    from napari_robust_synth.evaluation.pool import Pool
    from napari_robust_synth.models.zoo import BUNDLED
    from napari_robust_synth.training import layout
    from napari_robust_synth.training.config import TrainingConfig, read_config
    from napari_robust_synth.training.pictures import read_picture

    own = entry.folder / "config.toml"
    if asked.config or own.exists():
        config = read_config(asked.config or str(own))
    else:
        config = read_config("default") if entry.name == BUNDLED else TrainingConfig()
    data = asked.data
    alone = next((data / name for name in layout.VALIDATION if (data / name).is_dir()), None)
    if alone is not None and not (data / "train").is_dir():
        data, config = alone, replace(config, hold_out=0.0)  # none of these was trained on
    train, val = layout.find(data, config)
    found = [
        Pool(p.root, p.files, tuple(p.classes[i] for i in p.labels), read_picture)
        for p in (train, val)
        if p is not None
    ]
    return found[-1], found[0] if val else None


def open_tools(asked: Asked, device: torch.device, entries: Sequence[ZooEntry]) -> Tools:
    """Open the judge and the metrics, from the files given or from what is installed."""
    from napari_robust_synth.evaluation import judges, perceptual
    from napari_robust_synth.evaluation.evaluate import Tools
    from napari_robust_synth.evaluation.fid import Features
    from napari_robust_synth.evaluation.inception import find_inception, open_inception

    judge = judges.find_judge(device) if asked.judge == AUTO else judges.open_judge(asked.judge, device)
    if judge is not None:
        for entry in entries:
            judges.check_independent(judge, entry)
    trunk = asked.lpips or perceptual.find_trunk()
    distances = {"lpips": perceptual.open_lpips(trunk, device)} if trunk else {}
    if (tolerant := perceptual.open_st_lpips(device)) is not None:
        distances["st_lpips"] = tolerant
    inception = asked.inception or find_inception()
    if inception is not None:
        return Tools(judge, distances, open_inception(inception, device))
    return Tools(judge, distances, Features(judge.name, judge.sha256, judge.see) if judge else None)


class Watch:
    """Tells how far we are: a note for each part, the bar, and events for a window to follow."""

    def __init__(self, events: Path | None, advance: report.Advance, quiet: bool) -> None:
        self.events, self.advance, self.quiet = events, advance, quiet
        self.what, self.written = "", 0.0
        if events is not None:
            events.touch()

    def show(self, what: str, done: float, total: float) -> None:
        """Say what is measured, and how many pictures of how many are done."""
        if what != self.what:
            report.note(what, self.quiet)
            self.what = what
        self.advance(what, done, total)
        if self.events is not None and time.monotonic() - self.written > EVENT_SECONDS:
            self.written = time.monotonic()
            line = json.dumps({"what": what, "done": round(done, 2), "total": total})
            with self.events.open("a", encoding="utf-8") as file:
                file.write(line + "\n")

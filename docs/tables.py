"""Sphinx directives that write tables from the code itself, so that they cannot grow stale.

``task-parameters NAME`` lists a task's parameters, ``model-card NAME`` shows a model's card, ``sample-credits`` the
sample pictures, ``evaluation-parts`` and ``evaluation-metrics`` what a report has, and ``evaluation NAME`` what
``evaluation/NAME.json`` says, the ``metrics.json`` of a report.
"""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, get_args, get_origin

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from napari_robust_synth.evaluation.grids import tables
from napari_robust_synth.evaluation.metrics import METRICS
from napari_robust_synth.evaluation.page import WORDS, reason
from napari_robust_synth.evaluation.parts import PARTS
from napari_robust_synth.evaluation.results import Found
from napari_robust_synth.models import ZOO
from napari_robust_synth.models.cards import readable
from napari_robust_synth.models.validate import validated
from napari_robust_synth.samples import SAMPLES
from napari_robust_synth.tasks import TASKS
from napari_robust_synth.tasks.base import Param

HERE = Path(__file__).parent


def table(*rows: Iterable[object]) -> str:
    head, *body = [[str(cell).replace("|", "\\|") for cell in row] for row in rows]
    lines = [head, ["---"] * len(head), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def allowed(kind: Any, param: Param) -> str:
    if get_args(kind) and get_origin(kind) is not None:
        return ", ".join(f"`{choice}`" for choice in get_args(kind))
    return f"{param.low:g} to {param.high:g}" + (f" ({param.unit})" if param.unit else "")


def task_parameters(name: str) -> str:
    task = TASKS[name]
    presets = {preset: task.preset(preset) for preset in task.presets}
    rows = [
        (
            f"`{field}`",
            param.help,
            *(f"`{getattr(preset, field)}`" for preset in presets.values()),
            allowed(kind, param),
        )
        for field, (kind, param) in task.parameters().items()
    ]
    return table(("parameter", "what it is", *(f"preset `{preset}`" for preset in presets), "allowed"), *rows)


def model_card(name: str) -> str:
    card = ZOO[name].card
    lines = [
        ("network", f"{card.arch}, {card.size} px"),
        (f"classes ({len(card.class_names)})", ", ".join(card.class_names)),
        ("robust to", f"changes of L2 norm {card.eps:g} at 224 px"),
        *((title, text) for title, text in (("made by", card.origin), ("data", card.data)) if text),
        *((title, text) for title, text in (("terms", card.terms), ("limits", card.limits)) if text),
        *((metric, readable(value)) for metric, value in card.metrics.items()),
        *((title, text) for title, text in (("attack", card.attack), ("config", readable(card.config))) if text),
    ]
    return table(("", name), *lines)


def sample_credits() -> str:
    rows = [(s.title, s.task, s.label or "", s.credit, s.licence) for s in SAMPLES.values()]
    return table(("sample", "for", "with the class", "by", "licence"), *rows)


def evaluation_parts() -> str:
    rows = [(f"`{part.name}`", part.about, part.rule, part.reference) for part in PARTS.values()]
    return table(("part", "what is done", "verdict", "in the paper"), *rows)


def evaluation_metrics() -> str:
    rows = [(f"{m.title}{f', {m.unit}' if m.unit else ''}", m.better, m.cannot_tell) for m in METRICS.values()]
    return table(("figure", "better", "what it can't tell"), *rows)


def evaluation(name: str) -> str:
    report = json.loads((HERE / "evaluation" / f"{name}.json").read_text(encoding="utf-8"))
    about = table(("made with", ""), *((key, readable(value)) for key, value in report["about"].items() if value))
    blocks = [about]
    for part, of_classifiers in report["parts"].items():
        found = [
            validated(
                Found, {"part": part, "classifier": classifier, **{k: v for k, v in raw.items() if k != "verdict"}}
            )
            for classifier, raw in of_classifiers.items()
        ]
        verdicts = f": *{WORDS[found[0].verdict]}*" if found[0].checks else ""
        blocks.append(f"**{PARTS[part].title}{verdicts}**")
        blocks += [reason(check) for check in found[0].checks]
        for grid in tables(found):
            blocks += [f"{grid.title}:", table(grid.heads, *grid.lines)]
        blocks += dict.fromkeys(note for each in found for note in each.notes)
    return "\n\n".join(blocks)


class Table(SphinxDirective):
    """A table made by a function of this module."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes(DIRECTIVES[self.name](*self.arguments))


DIRECTIVES: dict[str, Callable[..., str]] = {
    "task-parameters": task_parameters,
    "model-card": model_card,
    "sample-credits": sample_credits,
    "evaluation-parts": evaluation_parts,
    "evaluation-metrics": evaluation_metrics,
    "evaluation": evaluation,
}


def setup(app: Sphinx) -> dict[str, bool]:
    for name in DIRECTIVES:
        app.add_directive(name, Table)
    return {"parallel_read_safe": True}

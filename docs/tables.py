"""Sphinx directives that write tables from the code itself, so that they cannot grow stale.

``task-parameters NAME`` lists a task's parameters, ``model-card NAME`` shows a model's card, and
``sample-credits`` the sample pictures.
"""

from collections.abc import Iterable
from typing import Any, get_args, get_origin

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from napari_robust_synth.models import ZOO
from napari_robust_synth.models.cards import readable
from napari_robust_synth.samples import SAMPLES
from napari_robust_synth.tasks import TASKS
from napari_robust_synth.tasks.base import Param


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


class Table(SphinxDirective):
    """A table made by a function of this module."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        make = {"task-parameters": task_parameters, "model-card": model_card, "sample-credits": sample_credits}
        return self.parse_text_to_nodes(make[self.name](*self.arguments))


def setup(app: Sphinx) -> dict[str, bool]:
    for name in ("task-parameters", "model-card", "sample-credits"):
        app.add_directive(name, Table)
    return {"parallel_read_safe": True}

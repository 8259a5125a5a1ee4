"""The report's files: a page for people, the same in Markdown, and all figures as JSON."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import jinja2

from napari_robust_synth.evaluation.page import Page, lay_out
from napari_robust_synth.evaluation.results import Found
from napari_robust_synth.models.store import write_whole

HTML, MARKDOWN, METRICS = "report.html", "report.md", "metrics.json"
FIGURES = "figures"


def write(
    folder: Path,
    title: str,
    n: int,
    classes: Sequence[str],
    facts: Mapping[str, Any],
    parts: Mapping[str, Sequence[Found]],
) -> Path:
    """Write ``report.html``, ``report.md`` with its figures, and ``metrics.json``; return the first.

    Parameters
    ----------
    folder : Path
        Where to.
    title : str
        What the report is of.
    n : int
        How many pictures it is made of.
    classes : sequence of str
        What is asked for in them.
    facts : mapping
        What it was made with, as plain JSON types.
    parts : mapping of str to sequence of Found
        What each part found: of the classifier, then of the one it is compared with.
    """
    page = lay_out(title, n, classes, {key: _readable(value) for key, value in facts.items()}, parts)
    figures = folder / FIGURES
    figures.mkdir(parents=True, exist_ok=True)
    for section in page.sections:
        for i, figure in enumerate(section.figures, start=1):
            data = base64.b64decode(figure.webp)
            write_whole(figures / f"{section.part.name}-{i}.webp", partial(_write_bytes, data))
    for name in (MARKDOWN, HTML):
        _write_text(folder / name, _rendered(name, page))
    _write_text(folder / METRICS, json.dumps(_metrics(facts, parts), indent=1, allow_nan=False) + "\n")
    return folder / HTML


def _rendered(name: str, page: Page) -> str:
    loader = jinja2.PackageLoader("napari_robust_synth.evaluation")
    environment = jinja2.Environment(
        loader=loader, autoescape=name == HTML, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template(f"{name}.jinja").render(page=page)


def _metrics(facts: Mapping[str, Any], parts: Mapping[str, Sequence[Found]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, of_classifiers in parts.items():
        for each in of_classifiers:
            plain = {key: value for key, value in asdict(each).items() if key not in ("part", "classifier", "figures")}
            found.setdefault(name, {})[each.classifier] = {"verdict": each.verdict, **plain}
    return {"about": dict(facts), "parts": found}


def _readable(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_readable(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_readable, value))
    return "none" if value is None else str(value)


def _write_bytes(data: bytes, path: Path) -> None:
    path.write_bytes(data)


def _write_text(path: Path, text: str) -> None:
    write_whole(path, lambda file: file.write_text(text, encoding="utf-8"))

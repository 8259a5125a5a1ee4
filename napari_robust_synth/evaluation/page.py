"""What a report says, in the order it says it: the verdicts, then part by part; for both formats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from napari_robust_synth.evaluation.grids import Grid, tables, written
from napari_robust_synth.evaluation.metrics import METRICS
from napari_robust_synth.evaluation.parts import PARTS, Part
from napari_robust_synth.evaluation.results import LEAST, Check, Figure, Found, Verdict, together
from napari_robust_synth.evaluation.strips import first_line

WORDS: dict[Verdict, str] = {"yes": "fit", "unclear": "unclear", "no": "not fit"}
MARKS: dict[Verdict, str] = {"yes": "✓", "no": "✗", "unclear": "?"}


@dataclass(frozen=True)
class Section:
    """One part: tables, pictures, claims."""

    part: Part
    grids: tuple[Grid, ...]
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """The verdict on one task: what it rests on, and a picture."""

    part: Part
    verdict: Verdict
    word: str
    reasons: tuple[str, ...]
    peer: str
    figure: Figure | None


@dataclass(frozen=True)
class Page:
    """A whole report.

    Parameters
    ----------
    title, n, classes :
        As for `lay_out`.
    peers : str
        What stands beside the classifier, if anything.
    facts : sequence of (str, str)
        What it was made with.
    lines, sections : sequence of Line, of Section
        A verdict for each task, then each part.
    limits : sequence of (str, str)
        What each metric can't tell.
    warning : str
        What to know first of all, if anything.
    """

    title: str
    n: int
    classes: tuple[str, ...]
    peers: str
    facts: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    sections: tuple[Section, ...]
    limits: tuple[tuple[str, str], ...]
    warning: str

    @property
    def summary(self) -> tuple[tuple[Verdict, str, str], ...]:
        """Say in a few words which tasks have which verdict."""
        of: dict[tuple[Verdict, str], list[str]] = {}
        tasks = (line for line in self.lines if line.part.task)
        for line in sorted(tasks, key=lambda line: (list(WORDS).index(line.verdict), line.word)):
            of.setdefault((line.verdict, line.word), []).append(line.part.title.lower())
        return tuple((verdict, word, ", ".join(names)) for (verdict, word), names in of.items())


def lay_out(
    title: str, n: int, classes: Sequence[str], facts: Mapping[str, str], parts: Mapping[str, Sequence[Found]]
) -> Page:
    """Lay out a report.

    Parameters
    ----------
    title : str
        What it is of.
    n : int
        How many pictures it is made of.
    classes : sequence of str
        What is asked for in them.
    facts : mapping of str to str
        What it was made with.
    parts : mapping of str to sequence of Found
        What each part found: of the classifier, then of the one it is compared with.
    """
    sections = tuple(_section(PARTS[name], found) for name, found in parts.items())
    lines = tuple(_line(PARTS[name], found) for name, found in parts.items() if found[0].checks)
    keys = {key for found in parts.values() for f in found for t in f.tables for row in t.rows for key in row.values}
    limits = tuple((metric.title, metric.cannot_tell) for key, metric in METRICS.items() if key in keys)
    warning = (
        f"Of {n} pictures this is a quick look: a verdict takes {LEAST} at least, and good figures hundreds."
        if n < LEAST
        else ""
    )
    peers = " and ".join(dict.fromkeys(f.classifier for found in parts.values() for f in found[1:]))
    return Page(title, n, tuple(classes), peers, tuple(facts.items()), lines, sections, limits, warning)


def reason(check: Check) -> str:
    """Write a claim, whether it holds, and its figure."""
    return f"{MARKS[check.verdict]} {check.claim}: {figure(check)}"


def figure(check: Check) -> str:
    """Write the figure of a claim, with its unit."""
    unit = f" {check.unit}" if check.unit not in ("", "%") else ""
    return written(check.estimate, digits=check.digits, unit=check.unit) + unit


def _line(part: Part, found: Sequence[Found]) -> Line:
    verdict = together([check.verdict for check in found[0].checks])
    peers = [f"{f.classifier}: {WORDS[f.verdict]}, {figure(f.deciding)}" for f in found[1:] if f.checks]
    alike = " and ".join(f.classifier for f in found[1:] if f.verdict == "yes") if verdict == "yes" else ""
    word = WORDS[verdict] + (f", but so is {alike}" if alike else "")
    shown = first_line(found[0].figures[0]) if found[0].figures else _curve(found)
    return Line(part, verdict, word, tuple(map(reason, found[0].checks)), "; ".join(peers), shown)


def _section(part: Part, found: Sequence[Found]) -> Section:
    grids = tables(found)
    claims = Grid(
        "What the verdict rests on",
        ("claim", *(f.classifier for f in found)),
        tuple(
            (
                check.claim,
                *(f"{MARKS[own.verdict]} {figure(own)}" for f in found for own in f.checks[i : i + 1]),
            )
            for i, check in enumerate(found[0].checks)
        ),
    )
    curve = _curve(found)
    figures = ((curve,) if curve else ()) + tuple(shown for pair in _pairs(found) for shown in pair)
    notes = tuple(dict.fromkeys(note for f in found for note in f.notes))
    return Section(part, (*grids, claims) if claims.lines and len(found) > 1 else grids, figures, notes)


def _pairs(found: Sequence[Found]) -> list[list[Figure]]:
    most = max(len(f.figures) for f in found)
    return [[f.figures[i] for f in found if i < len(f.figures)] for i in range(most)]


def _curve(found: Sequence[Found]) -> Figure | None:
    curved = [(f.classifier, table) for f in found for table in f.tables if table.curve]
    if not curved:
        return None
    from napari_robust_synth.evaluation.charts import chart  # matplotlib takes its time

    return chart(curved)

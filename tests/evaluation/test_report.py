"""The page for people."""

import base64
import json
import re
from pathlib import Path

import numpy as np
import pytest

from napari_robust_synth.evaluation import report
from napari_robust_synth.evaluation.estimates import Estimate
from napari_robust_synth.evaluation.grids import tables, written
from napari_robust_synth.evaluation.results import LEAST, Check, Figure, Found, Row, Table
from napari_robust_synth.evaluation.strips import first_line, strip

CLASSES = ("tench", "church")
PICTURE = np.full((40, 40, 3), 90, np.uint8)


def rate(mean: float) -> Estimate:
    return Estimate(mean, mean - 5, mean + 5, 200)


def translation(name: str, mean: float) -> Found:
    rows = (Row("default preset", {"judge": rate(mean)}), Row("real <pictures>", {"judge": rate(95)}, rival=True))
    figure = strip("Before and after", f"by {name}", [[PICTURE] * 2] * 2, ("before", "after"))
    check = Check("the judge sees it", rate(mean), 50.0, "%")
    return Found("translation", name, (Table("The class", rows),), (figure,), (check,), ("A note.",), {"eps": 60})


def robustness(name: str, top: float) -> Found:
    rows = tuple(Row(f"radius {x}", {"accuracy": rate(top - 10 * x)}, x=float(x)) for x in range(3))
    return Found("robustness", name, (Table("Right", rows, curve="radius"),), (), (), (), {"steps": 20})


@pytest.fixture
def parts() -> dict[str, list[Found]]:
    return {
        "robustness": [robustness("ours", 80), robustness("peer", 30)],
        "translation": [translation("ours", 79), translation("peer", 10)],
    }


def test_the_page_begins_with_what_the_classifier_is_fit_for(tmp_path: Path, parts: dict[str, list[Found]]) -> None:
    page = report.write(tmp_path, "What ours can do", 200, CLASSES, {"seed": 0, "judge": None}, parts).read_text(
        "utf-8"
    )
    assert re.search(r"Fit</span>: translation", page)
    assert "✓ the judge sees it: 79.0 % (74.0 to 84.0)" in page and "peer: not fit, 10.0 % (5.0 to 15.0)" in page
    assert page.index("Fit</span>") < page.index("<h2") and "quick look" not in page
    assert "real &lt;pictures&gt;" in page
    assert not re.search(r"""(?:src|href)=["'](?!data:|#)""", page), "it needs nothing beside itself"
    assert "What the figures can" in page and "A note." in page
    assert "these classes alone: tench, church." in page and "Beside it stands peer: " in page
    assert "robustness" not in page[: page.index("</span><br></p>")], "no task"


def test_robust_and_standard_stand_beside_each_other(tmp_path: Path, parts: dict[str, list[Found]]) -> None:
    report.write(tmp_path, "What ours can do", 200, CLASSES, {}, parts)
    text = (tmp_path / "report.md").read_text("utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| default preset")]
    assert ["| ours |" in lines[0], "| peer |" in lines[1]] == [True, True] and len(lines) == 2
    assert text.count("| real <pictures> ") == 1 and "**95.0 % (90.0 to 100.0)**" in text
    shown = re.findall(r"!\[[^]]*\]\(([^)]+)\)", text)
    assert len(shown) == 3 and all((tmp_path / path).is_file() for path in shown), "a curve of both, a strip of each"


def test_the_numbers_are_all_in_the_json(tmp_path: Path, parts: dict[str, list[Found]]) -> None:
    report.write(tmp_path, "What ours can do", 200, CLASSES, {"seed": 0}, parts)
    found = json.loads((tmp_path / "metrics.json").read_text())
    assert found["about"] == {"seed": 0}
    row = found["parts"]["translation"]["peer"]["tables"][0]["rows"][0]
    assert row["values"]["judge"] == {"mean": 10, "low": 5, "high": 15, "n": 200}
    assert found["parts"]["translation"]["ours"]["verdict"] == "yes"


def test_few_pictures_are_said_to_be_few(tmp_path: Path, parts: dict[str, list[Found]]) -> None:
    assert "Of 8 pictures this is a quick look" in report.write(tmp_path, "ours", 8, CLASSES, {}, parts).read_text(
        "utf-8"
    )


def test_figures_and_their_first_line() -> None:
    figure = strip("Pictures", "", [[PICTURE] * 3] * 2, ("one", "two", "a name far too long for its column"))
    alone = first_line(figure)
    assert size(figure)[0] == size(alone)[0] == 3 * 116 - 4
    assert (size(figure)[1], size(alone)[1]) == (18 + 2 * 116 - 4, 18 + 112)
    assert first_line(alone) == alone


def size(figure: Figure) -> tuple[int, int]:
    from io import BytesIO

    from PIL import Image

    return Image.open(BytesIO(base64.b64decode(figure.webp))).size


def test_a_figure_with_its_interval() -> None:
    assert written(Estimate(3.14159, 3.0, 3.5, 9), digits=2) == "3.14 (3.00 to 3.50)"
    assert written(Estimate(80, None, None, 1), digits=0, unit="%") == "80 %"
    assert written(None) == ""


def test_a_figure_of_fewer_pictures_says_so() -> None:
    some = Row("default preset", {"judge": Estimate(80, 60, 90, 25), "itself": rate(99)})
    (grid,) = tables([Found("translation", "ours", (Table("The class", (some, Row("real", {"judge": rate(95)}))),))])
    assert grid.lines[0] == ("default preset", "80.0 % (60.0 to 90.0), n 25", "99.0 % (94.0 to 104.0)", "200")
    assert grid.lines[1] == ("real", "95.0 % (90.0 to 100.0)", "", "200")


def test_what_a_standard_classifier_does_as_well_is_said(tmp_path: Path) -> None:
    good, bad = (Estimate(value, value - 1, value + 1, LEAST) for value in (9.0, -9.0))
    fit = Check("it holds", good, 0.0)
    fails = Check("it fails", bad, 0.0)
    parts = {
        "inpainting": [
            Found("inpainting", "ours", (), (), (fit,), (), {}),
            Found("inpainting", "twin", (), (), (fit, fails), (), {}),
        ],
        "translation": [
            Found("translation", "ours", (), (), (fit,), (), {}),
            Found("translation", "twin", (), (), (fit,), (), {}),
        ],
    }
    report.write(tmp_path, "What ours is good for", LEAST, CLASSES, {}, parts)
    text = (tmp_path / "report.md").read_text("utf-8")
    assert "**Fit**: inpainting\n" in text and "**Fit, but so is twin**: translation\n" in text
    assert "(twin: not fit, -9.0 (-10.0 to -8.0))" in text, "the claim that decides"

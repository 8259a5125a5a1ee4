"""`counterfactual`: the result, what was changed, and how far every class is."""

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from napari_robust_synth import load_classifier
from napari_robust_synth.cli import report
from napari_robust_synth.pictures import decode
from napari_robust_synth.tasks import Counterfactual, Job
from tests.alive import watched
from tests.cli.conftest import Cli

LINE = ["counterfactual", "photo.png", "--label", "tench", "--steps", 20, "--probability", "0.5", "--device", "cpu"]


@pytest.fixture
def labels_file(here: Path, mask: np.ndarray) -> Path:
    labels = mask.astype(np.uint8) * 7
    labels[50:66, 70:90] = 3
    Image.fromarray(labels).save("labels.png")
    return Path("labels.png")


def test_source_plus_difference_is_the_result(cli: Cli, here: Path, tiny_model_folder: Path) -> None:
    files = ["-o", "out/a.png", "--difference", "out/d.tif", "--table", "out/t.csv", "--top", 3]
    result = cli(*LINE, *files, "--model", tiny_model_folder, "--json")
    assert (result.code, result.err) == (0, "")
    source, edited, change = (decode.read(Path(p)).pixels for p in ("photo.png", "out/a.png", "out/d.tif"))
    assert change.dtype == np.int16
    assert change.min() < 0 < change.max()
    np.testing.assert_array_equal(source + change, edited)
    rows = list(csv.DictReader(Path("out/t.csv").read_text().splitlines()))
    assert rows[0]["label"] == "tench"
    assert {r["label"] for r in rows} == {"tench", "church", "golden retriever"}
    job = Job(Counterfactual(), load_classifier(tiny_model_folder), image=source, label="tench")
    assert float(rows[0]["after"]) == pytest.approx(job.probability(edited), abs=1e-6) == result.json["probability"][1]
    for row in rows:
        assert (row["reached"] == "True") == (float(row["after"]) >= 0.5)


def test_what_was_not_reached_is_said(cli: Cli, here: Path, tiny_model_folder: Path) -> None:
    result = cli(*LINE, "-o", "out/a.png", "--eps", "0.1", "--model", tiny_model_folder)
    assert result.code == 0
    assert "warning: tench got to " in result.err
    assert " only: try more --steps or a larger --eps" in result.err


def test_every_object_by_itself(
    cli: Cli, here: Path, labels_file: Path, mask: np.ndarray, tiny_model_folder: Path
) -> None:
    more = ["--labels", labels_file, "--difference", "out/d.tif", "--table", "out/t.csv", "--top", 2]
    result = cli(*LINE, "-o", "out/a.png", *more, "--model", tiny_model_folder, "--json", "--size", 32)
    assert result.code == 0, result.err
    source, edited, labels = (decode.read(Path(p)).pixels for p in ("photo.png", "out/a.png", "labels.png"))
    np.testing.assert_array_equal(source + decode.read(Path("out/d.tif")).pixels, edited)
    np.testing.assert_array_equal(source[labels == 0], edited[labels == 0])
    classifier, task = load_classifier(tiny_model_folder), Counterfactual(steps=20, probability=0.5)
    for found in result.json["objects"]:
        inside = labels == found["object"]
        job = Job(task, classifier, image=source, mask=inside, label="tench", size=32)
        alone = job.run()
        np.testing.assert_array_equal(alone[inside], edited[inside])
        assert found["after"] == pytest.approx(job.probability(alone), abs=1e-6)
        assert found["together"] == pytest.approx(job.probability(edited), abs=1e-6)
        assert (alone != source).any()
    assert [o["object"] for o in result.json["objects"]] == [3, 7]
    rows = list(csv.DictReader(Path("out/t.csv").read_text().splitlines()))
    assert sorted({r["object"] for r in rows}) == ["3", "7"]
    assert len(json.loads(Path("out/a.png.recipe.json").read_text())["objects"]) == 2
    again = cli("replay", "out/a.png.recipe.json", "-o", "out/b.png", "--json")
    assert (again.code, again.json["objects"]) == (0, result.json["objects"])
    np.testing.assert_array_equal(decode.read(Path("out/b.png")).pixels, edited)
    assert Path("out/b.png.recipe.json").read_text() == Path("out/a.png.recipe.json").read_text()


@pytest.fixture
def many_objects(here: Path) -> Path:
    labels = np.zeros((72, 96), np.uint8)
    for i in range(6):
        labels[12 * i : 12 * i + 8, 40:52] = i + 1
    Image.fromarray(labels).save("labels.png")
    return Path("labels.png")


def test_many_objects_are_in_memory_one_by_one(
    cli: Cli, many_objects: Path, tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs, results = watched(monkeypatch)
    more = ["--labels", many_objects, "--table", "out/t.csv", "--steps", 2, "--size", 32]
    assert cli(*LINE, "-o", "out/a.png", *more, "--model", tiny_model_folder).code == 0
    assert jobs.most <= 5 and results.most <= 3
    rows = list(csv.DictReader(Path("out/t.csv").read_text().splitlines()))
    others = [(str(n), name) for n in range(1, 7) for name in ("church", "golden retriever")]
    assert [(r["object"], r["label"]) for r in rows[:6]] == [(str(n), "tench") for n in range(1, 7)]
    assert sorted((r["object"], r["label"]) for r in rows[6:]) == others


def test_progress_is_that_of_all_objects(
    cli: Cli, many_objects: Path, tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bars: list[tuple[str, int, list[int]]] = []

    @contextmanager
    def progress(title: str, total: int, _: bool) -> Iterator[Callable[..., None]]:
        bars.append((title, total, []))
        yield lambda done, *_: bars[-1][2].append(done)

    monkeypatch.setattr(report, "progress", progress)
    more = ["--labels", many_objects, "--table", "out/t.csv", "--steps", 2, "--size", 32, "--top", 2]
    assert cli(*LINE, "-o", "out/a.png", *more, "--model", tiny_model_folder).code == 0
    rows = Path("out/t.csv").read_text().splitlines()
    (one, steps, done), (other, more_steps, more_done) = bars
    assert (one, steps, other, more_steps) == ("objects", 12, "every class", 2 * (len(rows) - 7))
    for bar, total in ((done, steps), (more_done, more_steps)):
        assert bar == sorted(bar) and set(bar) == set(range(total + 1))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--difference", "out/d.png"], "--difference is out/d.png, expected a file name that ends in .tif"),
        (["--table", "out/t.txt"], "--table is out/t.txt, expected a file name that ends in .csv"),
        (["--table", "nowhere/t.csv"], "the output folder nowhere does not exist"),
        (["--labels", "photo.png"], "the labels are uint8 (72, 96, 3), expected one plane of integers (H, W)"),
        (["--labels", "mask.png", "--mask", "mask.png"], "both --mask and --labels are given"),
        (["--labels", "empty.png"], "the labels mark no object"),
        (["--labels", "small.png"], "the mask is 50 x 60 px, but the image is 96 x 72 px"),
        (["--probability", "0.3"], "probability is 0.3, expected 0.5 to 0.99"),
    ],
)
def test_bad_input(cli: Cli, here: Path, tiny_model_folder: Path, more: list[str], message: str) -> None:
    Image.fromarray(np.zeros((72, 96), np.uint8)).save("empty.png")
    Image.fromarray(np.ones((60, 50), np.uint8)).save("small.png")
    result = cli(*LINE, "-o", "out/a.png", "--model", tiny_model_folder, *more)
    assert result.code == 2
    assert message in result.err
    assert len(result.err.splitlines()) == 1
    assert not list(Path("out").iterdir())

"""A damaged recipe ends with one line."""

import json
from pathlib import Path

import pytest

from napari_robust_synth import tasks
from napari_robust_synth.models import Classifier
from napari_robust_synth.pictures import decode
from tests.cli.conftest import Cli


@pytest.mark.parametrize(
    "damage",
    [
        {"task": "repaint"},
        {"parameters": {"depth": 1}},
        {"parameters": {"eps": "far"}},
        {"parameters": []},
        {"mask": {"shape": [72, 96], "data": "AAAA"}},
        {"mask": {"shape": [10**6, 10**6], "data": ""}},
        {"image": {"path": 3, "sha256": "", "of": "file"}},
        {"label": "castle"},
        {"features": [9999]},
        {"size": 0},
        {"threads": 0},
        {"device": "abacus"},
        {"value_range": [1]},
        {"changes": [[0, {"steps": 4}]]},
        {"changes": [[1, 2]]},
        *({"changes": [[0, {"label": None, "features": features}]]} for features in (["7"], 5, [7.5], "7", [None])),
        *({"changes": [[0, {"label": label, "features": []}]]} for label in (5.5, ["church"], {})),
        {"last_step": "soon"},
        {"last_step": -2},
        {"last_step": 2},
        {"seed": 2**70},
        {"format": 2},
        {"extra": 1},
    ],
    ids=str,
)
def test_a_damaged_recipe(
    cli: Cli, here: Path, tiny: Classifier, tiny_model_folder: Path, damage: dict[str, object]
) -> None:
    picture, mask = decode.read(Path("photo.png")), decode.read(Path("mask.png"))
    job = tasks.Job(tasks.Paint(steps=1), tiny, image=picture.pixels, mask=mask.pixels, label="church")
    whole = tasks.record(job, 1, {"path": "photo.png", "sha256": picture.sha256, "of": "file"}).to_dict()
    Path("a.recipe.json").write_text(json.dumps({**whole, **damage}))
    result = cli("replay", "a.recipe.json", "-o", "b.png", "--model", tiny_model_folder)
    assert result.code == 2
    assert len(result.err.splitlines()) == 1
    assert result.err.startswith("error: ")
    assert not Path("b.png").exists()

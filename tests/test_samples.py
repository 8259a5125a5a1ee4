"""The sample pictures open, fit their tasks, are small, and say where they come from."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from napari_robust_synth import samples
from napari_robust_synth.models import ZOO, Classifier
from napari_robust_synth.samples import FOLDER, SAMPLES
from napari_robust_synth.tasks import TASKS, Job, Target

PICTURES = [path for path in FOLDER.iterdir() if path.suffix in (".png", ".jpg")]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_what_its_task_needs(name: str, tiny: Classifier) -> None:
    sample, data = SAMPLES[name], samples.load(name)
    assert name == sample.name
    assert data["image"].dtype == np.uint8
    assert data["image"].ndim == 3
    assert ("mask" in TASKS[sample.task].needs) == (data["mask"] is not None)
    label = "church" if data["label"] else None
    palette = {k: Target(label="church") for k in data["palette"]} if sample.palette else None
    task = TASKS[sample.task](**({"seeds": "image"} if sample.task == "generate" else {}), steps=1)
    inputs = {"label": label, "features": [0] if data["features"] else [], "palette": palette}
    job = Job(task, tiny, image=data["image"], mask=data["mask"], **inputs)
    assert next(job.states()).step == 0


def test_features_are_components_of_the_bundled_model() -> None:
    assert {feature for sample in SAMPLES.values() for feature in sample.features} <= set(range(2048))


def test_labels_are_classes_of_the_bundled_model() -> None:
    named = {name for sample in SAMPLES.values() for name in (sample.label, *sample.palette)}
    assert named <= {None, *ZOO["bundled"].card.class_names}


@pytest.mark.parametrize("name", SAMPLES)
def test_layers_are_the_picture_and_its_mask(name: str) -> None:
    data = samples.load(name)
    (image, about, kind), *masks = samples.layers(name)
    assert kind == "image"
    assert np.array_equal(image, data["image"])
    assert about["metadata"]["napari-robust-synth"]["task"] == data["task"]
    assert [mask[2] for mask in masks] == ["labels"] * (data["mask"] is not None)
    for mask, _, _ in masks:
        assert np.array_equal(mask, data["mask"])
        assert 0.01 < (data["mask"] > 0).mean() < 0.6


@pytest.mark.parametrize("name", SAMPLES)
def test_the_menu_command_opens_the_sample(name: str) -> None:
    command = getattr(samples, f"{name.replace('-', '_')}_sample")
    assert command()[0][1]["name"] == SAMPLES[name].title


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    for function in (samples.load, samples.paths, samples.layers):
        with pytest.raises(ValueError, match="no sample 'pain': expected paint, paint-feature, inpaint"):
            function("pain")


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_pictures_are_small_and_credited(path: Path) -> None:
    assert path.stat().st_size <= 120_000
    with Image.open(path) as image:
        assert max(image.size) <= 512
        assert not image.getexif()
    assert f"`{path.name}`" in (FOLDER / "CREDITS.md").read_text(encoding="utf-8")


def test_all_pictures_together_are_small() -> None:
    assert sum(path.stat().st_size for path in PICTURES) <= 800_000


def test_credits_and_samples_agree() -> None:
    lines = (FOLDER / "CREDITS.md").read_text(encoding="utf-8").splitlines()
    for sample in SAMPLES.values():
        (line,) = (line for line in lines if f"`{sample.files[0]}`" in line)
        if sample.licence != "BSD-3-Clause":
            assert sample.licence in line
            assert sample.credit in line


def test_neither_torch_nor_napari_is_imported() -> None:
    code = (
        "import sys; from napari_robust_synth import samples; samples.layers('paint');"
        "print([name for name in ('torch', 'napari', 'qtpy') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"

"""The tasks' commands, from files to files."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pytest
import tifffile
import torch
from PIL import Image

from napari_robust_synth import core, load_classifier, tasks
from napari_robust_synth.pictures import decode
from napari_robust_synth.tasks.base import Param
from tests.cli.conftest import Cli

SMALL = ["--steps", 2]


def test_json_summary(cli: Cli, photo_file: Path, mask_file: Path, out: Path, tiny_model_folder: Path) -> None:
    result = cli(
        *("paint", photo_file, "--mask", mask_file, "--label", "Church", "-o", out / "a.png", "--steps", 3),
        *("--model", tiny_model_folder, "--device", "cpu", "--json"),
    )
    assert (result.code, result.err) == (0, "")
    summary = result.json
    assert summary["task"] == "paint"
    assert summary["model"] == str(tiny_model_folder)
    assert (summary["device"], summary["size"], summary["steps"], summary["label"]) == ("cpu", 64, 3, "church")
    assert summary["outputs"] == [str(out / "a.png")]
    assert summary["recipes"] == [str(out / "a.png.recipe.json")]
    assert summary["seconds"] > 0
    assert summary["loss"][1] < summary["loss"][0]
    assert summary["probability"][1] > summary["probability"][0]
    assert 0 < summary["l2"][0] <= 3 * 2 * 64 / 224
    assert sorted(p.name for p in out.iterdir()) == ["a.png", "a.png.recipe.json"]


def test_probability_is_of_the_written_file(
    cli: Cli, photo_file: Path, mask_file: Path, out: Path, tiny_model_folder: Path
) -> None:
    result = cli(
        *("inpaint", photo_file, "--mask", mask_file, "-o", out / "a.jpg", "--model", tiny_model_folder, *SMALL),
        *("--device", "cpu", "--json"),
    )
    assert result.code == 0
    assert result.err == ("warning: JPEG is lossy: pixels that the run left alone change too; PNG and TIFF keep them\n")
    classifier = load_classifier(tiny_model_folder)
    photo, mask = decode.read(photo_file).pixels, decode.read(mask_file).pixels
    job = tasks.Job(tasks.Inpaint(steps=2), classifier, image=photo, mask=mask)
    assert result.json["label"] == job.label
    assert result.json["probability"][1] == pytest.approx(job.probability(decode.read(out / "a.jpg").pixels), abs=1e-6)


def test_same_result_as_from_python(cli: Cli, photo_file: Path, out: Path, tiny_model_folder: Path) -> None:
    common = ["--model", tiny_model_folder, "--device", "cpu"]
    result = cli(
        *("translate", photo_file, "--label", 0, "--steps", 3, "--eps", 30, "--step-size", 2, "--size", 48, *common),
        *("-o", out / "a.tif", "--preset", "paper", "--quiet"),
    )
    assert (result.code, result.out, result.err) == (0, "", "")
    task = tasks.Translate(steps=3, eps=30, step_size=2)
    job = tasks.Job(task, load_classifier(tiny_model_folder), image=decode.read(photo_file).pixels, label=0, size=48)
    np.testing.assert_array_equal(decode.read(out / "a.tif").pixels, job.run())
    recipe = json.loads((out / "a.tif.recipe.json").read_text())
    assert recipe["preset"] == "paper"
    assert recipe["parameters"]["step_size"] == 2


@pytest.mark.parametrize("kind", ["grey", "RGB", "RGBA"])
@pytest.mark.parametrize(
    ("dtype", "suffix"), [("uint8", ".png"), ("uint8", ".tif"), ("uint16", ".tif"), ("float32", ".tif")]
)
def test_every_bit_outside_the_mask_stays(
    cli: Cli, tmp_path: Path, out: Path, tiny_model_folder: Path, dtype: str, suffix: str, kind: str
) -> None:
    channels = {"grey": (), "RGB": (3,), "RGBA": (4,)}[kind]
    noise = np.random.default_rng(0).random((37, 411, *channels))
    pixels = noise.astype(dtype) if dtype == "float32" else (noise * np.iinfo(dtype).max).astype(dtype)
    mask = np.zeros((37, 411), np.uint8)
    mask[9:25, 300:340] = 1
    image, target = tmp_path / f"in{suffix}", out / f"out{suffix}"
    if suffix == ".tif":
        tifffile.imwrite(image, pixels, photometric="rgb" if channels else "minisblack")
    else:
        Image.fromarray(pixels).save(image)
    Image.fromarray(mask).save(tmp_path / "mask.png")
    result = cli(
        *("paint", image, "--mask", tmp_path / "mask.png", "--feature", "3,7", "-o", target, *SMALL, "--quiet"),
        *("--model", tiny_model_folder),
    )
    assert (result.code, result.err) == (0, "")
    back = decode.read(target).pixels
    assert (back.dtype, back.shape) == (pixels.dtype, pixels.shape)
    np.testing.assert_array_equal(back[mask == 0], pixels[mask == 0])
    assert (back[mask == 1] != pixels[mask == 1]).any()
    if kind == "RGBA":
        np.testing.assert_array_equal(back[..., 3], pixels[..., 3])


def test_16_bit_grey_png(cli: Cli, tmp_path: Path, out: Path, tiny_model_folder: Path) -> None:
    pixels = (np.random.default_rng(0).random((37, 41)) * 4095).astype(np.uint16)
    Image.fromarray(pixels).save(tmp_path / "in.png")
    result = cli(
        *("sketch", tmp_path / "in.png", "--label", "tench", "-o", out / "a.png", "--range", "0,4095", *SMALL),
        *("--model", tiny_model_folder),
    )
    assert result.code == 0
    back = decode.read(out / "a.png").pixels
    assert back.dtype == np.uint16
    assert back.shape == pixels.shape
    assert json.loads((out / "a.png.recipe.json").read_text())["value_range"] == [0, 4095]


def test_super_resolve(cli: Cli, tmp_path: Path, out: Path, tiny_model_folder: Path) -> None:
    Image.fromarray(np.full((9, 11), 80, np.uint8)).save(tmp_path / "small.png")
    result = cli(
        *("super-resolve", tmp_path / "small.png", "--factor", 3, "--start", "bicubic", "-o", out / "a.png", *SMALL),
        *("--model", tiny_model_folder),
    )
    assert result.code == 0
    assert "super-resolve: " in result.out
    assert f"wrote {out / 'a.png'}, with recipe" in result.out
    assert decode.read(out / "a.png").pixels.shape == (27, 33)


def test_a_seventh_task_has_its_command(
    cli: Cli, photo_file: Path, mask_file: Path, out: Path, tiny_model_folder: Path
) -> None:
    @dataclass(frozen=True, kw_only=True)
    class Fade(tasks.Task):
        """Make the picture darker, a little.

        Not shown in the help.
        """

        depth_of_it: Annotated[float, Param("How deep", 0, 9)] = 1.5
        way: Annotated[Literal["up", "down"], Param("Which way")] = "up"

        name = "fade"
        needs = frozenset({"image"})
        takes = frozenset({"mask"})

        def problem(
            self, classifier: tasks.job.Classifier, inputs: tasks.base.Inputs, start: torch.Tensor
        ) -> core.Problem:
            dark = core.term("brightness", lambda x: self.depth_of_it * x.mean((1, 2, 3)))
            return core.Problem(start, dark, core.L2Ball(start, self.eps))

    try:
        text = cli("fade", "--help").out
        assert "Make the picture darker, a little." in text
        assert "Not shown" not in text
        assert "--depth-of-it NUMBER" in text
        assert "--way up|down" in text
        assert "default 1.5" in text
        result = cli(
            *("fade", photo_file, "--mask", mask_file, "-o", out / "a.png", "--depth-of-it", 2, "--way", "down"),
            *("--model", tiny_model_folder, *SMALL, "--json"),
        )
        assert result.code == 0
        assert json.loads((out / "a.png.recipe.json").read_text())["parameters"]["depth_of_it"] == 2
        assert cli("fade", photo_file, "-o", out / "a.png", "--way", "left").err.startswith("error: way is 'left'")
    finally:
        tasks.TASKS.pop("fade")
    assert "No such command 'fade'" in cli("fade", "--help").err


def test_jpeg_mask_is_remarked(cli: Cli, tmp_path: Path, photo_file: Path, out: Path, tiny_model_folder: Path) -> None:
    Image.fromarray(np.full((72, 96), 255, np.uint8)).save(tmp_path / "mask.jpg")
    arguments = ["paint", photo_file, "--mask", tmp_path / "mask.jpg", "--label", "tench", "-o", out / "a.png", *SMALL]
    assert "the mask is a JPEG" in cli(*arguments, "--model", tiny_model_folder).err
    assert cli(*arguments, "--model", tiny_model_folder, "--quiet").err == ""

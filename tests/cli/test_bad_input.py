"""Bad input ends with exit code 2, one line on stderr, and nothing written."""

from pathlib import Path

import numpy as np
import pytest

from tests.cli import spoil
from tests.cli.conftest import Cli
from tests.cli.spoil import Case, Files, card, card_text, recipe, spoilt, white

CASES: dict[str, tuple[Case, str]] = {
    "missing image": (lambda f: f.translate(image=f.folder / "none.png"), "none.png: no such file"),
    "folder as image": (lambda f: f.translate(image=f.folder), "is a folder"),
    "text as image": (spoil.not_a_picture, "expected PNG, TIFF, JPEG, WebP or BMP"),
    "truncated png": (spoil.broken_png, "broken.png can't be read"),
    "truncated tiff": (spoil.broken_tiff, "broken.tif can't be read"),
    "16-bit colour png": (spoil.deep_png, "convert it to TIFF"),
    "unknown class": (lambda f: f.translate("--label", "churhc"), "the nearest are 'church'"),
    "class number": (lambda f: f.translate("--label", "3"), "class 3 is out of range, expected 0 to 2"),
    "no class": (lambda f: ["translate", f.photo, "-o", f.out], "Missing option '--label'"),
    "feature out of range": (lambda f: f.paint("--feature", "3,512"), "feature 512 is out of range"),
    "feature of letters": (lambda f: f.paint("--feature", "a"), "feature is 'a'"),
    "class and feature": (lambda f: f.paint("--feature", 3, "--label", "church"), "not both"),
    "neither class nor feature": (lambda f: f.paint(), "either a class or features"),
    "mask of another size": (
        lambda f: f.paint("--label", "church", mask=f.write("m.png", white(72, 95))),
        "the mask is 95 x 72 px, but the image is 96 x 72 px",
    ),
    "empty mask": (lambda f: f.paint("--label", "church", mask=f.write("m.png", 0 * white(72, 96))), "empty"),
    "mask with alpha alone": (
        lambda f: f.paint("--label", "church", mask=f.write("m.png", white(72, 96, 4) * np.uint8([0, 0, 0, 1]))),
        "the mask is empty",
    ),
    "image below 8 px": (lambda f: f.translate(image=f.write("s.png", white(7, 30, 3))), "30 x 7 px"),
    "five channels": (
        lambda f: f.translate(image=f.write("5.tif", white(20, 24, 5)), out=f.out.with_suffix(".tif")),
        "(20, 24, 5)",
    ),
    "stack": (lambda f: f.translate(image=f.write("s.tif", white(9, 20, 24))), "(9, 20, 24)"),
    "NaN": (spoilt(np.nan), "NaN or infinite"),
    "infinite": (spoilt(np.inf), "NaN or infinite"),
    "float beyond 1": (spoilt(7.5), "--range LOW,HIGH"),
    "range that falls": (lambda f: f.translate("--range", "5,1"), "5 to 1"),
    "range of one": (lambda f: f.translate("--range", "5"), "LOW,HIGH"),
    "zero eps": (lambda f: f.translate("--eps", 0), "eps is 0"),
    "negative eps": (lambda f: f.translate("--eps", -1), "eps is -1"),
    "NaN eps": (lambda f: f.translate("--eps", "nan"), "eps is nan"),
    "zero steps": (lambda f: f.translate("--steps", 0), "steps is 0"),
    "negative steps": (lambda f: f.translate("--steps", -3), "steps is -3"),
    "fractional steps": (lambda f: f.translate("--steps", 1.5), "--steps"),
    "zero step size": (lambda f: f.translate("--step-size", 0), "step_size is 0"),
    "negative step size": (lambda f: f.translate("--step-size", -1), "step_size is -1"),
    "zero size": (lambda f: f.translate("--size", 0), "size is 0, expected 32 to 1024"),
    "size too large": (lambda f: f.translate("--size", 4096), "size is 4096, expected 32 to 1024"),
    "negative seed": (lambda f: f.translate("--seed", -1), "--seed"),
    "output folder missing": (lambda f: f.translate(out=f.folder / "no" / "a.png"), "does not exist: make it first"),
    "output folder below a file": (spoil.below_a_file, "photo.png is not a folder"),
    "output is a folder": (lambda f: f.translate(out=f.folder / "out"), "has the type ''"),
    "output of unknown type": (lambda f: f.translate(out=f.folder / "out" / "a.gif"), "'.gif'"),
    "output is the input": (lambda f: f.translate(out=f.photo), "is also an input"),
    "RGBA to JPEG": (
        lambda f: f.translate(image=f.write("a.png", white(20, 20, 4)), out=f.out.with_suffix(".jpg")),
        "JPEG can't hold a uint8 RGBA picture",
    ),
    "float to JPEG": (spoil.jpeg_of_float, "JPEG can't hold a float32 RGB picture as it is: write out.tif"),
    "16-bit colour to PNG": (
        lambda f: f.translate(image=f.write("d.tif", np.zeros((20, 20, 3), np.uint16))),
        "PNG can't hold a uint16 RGB picture",
    ),
    "no such model": (lambda f: f.translate("--model", f.folder / "none"), "or a model folder"),
    "folder without a card": (lambda f: f.translate("--model", f.folder), "no card.json"),
    "truncated model": (spoil.truncated_model, "model.safetensors"),
    "pickle for a model": (spoil.pickled_model, "model.safetensors"),
    "NaN in the weights": (spoil.damaged("model", "fc.bias", np.nan), "'fc.bias' has NaN or infinite values"),
    "variances below 0": (spoil.damaged("model", "bn1.running_var", -1), "'bn1.running_var' has variances below 0"),
    "seeds below 0": (spoil.damaged("seeds", "residual", -1), "'residual' has variances below 0"),
    "weights that overflow": (spoil.damaged("model", "fc.weight", 3e38), "is damaged"),
    "huge model header": (spoil.huge_header, "model.safetensors"),
    "card with another architecture": (card(arch="resnet50"), "does not fit"),
    "card of an unknown architecture": (card(arch="os.system"), "unknown architecture"),
    "card with a size of letters": (card(size="big"), "card.json"),
    "card with numbers for classes": (card(class_names=[1, 2, 3]), "card.json"),
    "card with a number for classes": (card(class_names=7), "card.json"),
    "card that is a list": (card_text("[1, 2]"), "card.json"),
    "card that is no JSON": (card_text("{"), "card.json"),
    "card nested too deep": (card_text("[" * 100_000), "card.json"),
    "unknown preset": (lambda f: f.translate("--preset", "best"), "no preset 'best'"),
    "unknown device": (lambda f: f.translate("--device", "tpu"), "device 'tpu'"),
    "unknown parameter": (lambda f: f.translate("--keep", 3), "No such option: --keep"),
    "unknown command": (lambda f: ["repaint", f.photo], "No such command 'repaint'"),
    "recipe missing": (lambda f: ["replay", f.folder / "none", "-o", f.out], "none can't be read"),
    "recipe that is no JSON": (recipe("{"), "bad.recipe.json is no recipe"),
    "recipe of other things": (recipe('{"format": 1}'), "not a recipe of format 1"),
    "generate into a picture": (
        lambda f: ["generate", "--label", "church", "--model", f.model, "-o", f.out],
        "generate writes a folder",
    ),
    "generate into no parent": (
        lambda f: ["generate", "--label", "church", "--model", f.model, "-o", f.folder / "a" / "b"],
        "does not exist: make it first",
    ),
    "seeds that are nothing": (
        lambda f: ["generate", "--label", "church", "--seeds", "normol", "-o", f.folder / "out"],
        "--seeds is 'normol', expected normal, univariate, uniform or a picture file",
    ),
    "train on nothing": (lambda f: ["train", f.folder / "none", "-o", f.folder / "out"], "not a folder of pictures"),
    "train over a model": (lambda f: ["train", f.folder, "-o", f.model], "already holds a model"),
    "train with no config": (
        lambda f: ["train", f.folder, "-o", f.folder / "out", "--config", "nope"],
        "no training config 'nope'",
    ),
    "info of nothing": (lambda f: ["models", "info", "nope"], "no model 'nope'"),
}


@pytest.mark.parametrize("name", CASES)
def test_one_line_and_nothing_written(
    name: str, cli: Cli, tmp_path: Path, out: Path, photo_file: Path, mask_file: Path, tiny_model_folder: Path
) -> None:
    case, expected = CASES[name]
    arguments = case(Files(tmp_path, photo_file, mask_file, tiny_model_folder))
    before = sorted(tmp_path.rglob("*"))
    result = cli(*arguments)
    assert result.code == 2
    assert result.out == ""
    assert len(result.err.splitlines()) == 1
    assert result.err.startswith("error: ")
    assert expected in result.err
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder that even root can't write to")
def test_folder_that_nobody_can_write_to(cli: Cli, photo_file: Path, tiny_model_folder: Path) -> None:
    result = cli("translate", photo_file, "--label", "church", "--model", tiny_model_folder, "-o", "/proc/a.png")
    assert result.code == 2
    assert result.err.startswith("error: the output folder /proc can't be written")
    assert len(result.err.splitlines()) == 1

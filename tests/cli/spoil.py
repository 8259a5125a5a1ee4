"""Ways to spoil the files and arguments of a good command."""

import json
import pickle
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image
from safetensors.numpy import load_file, save_file

Case = Callable[["Files"], list[object]]


class Files:
    """Good files, to be spoiled by a case."""

    def __init__(self, folder: Path, photo: Path, mask: Path, model: Path) -> None:
        self.folder, self.photo, self.mask, self.model = folder, photo, mask, model
        self.out = folder / "out" / "out.png"

    def write(self, name: str, pixels: np.ndarray) -> Path:
        path = self.folder / name
        if path.suffix == ".tif":
            rgb = pixels.ndim == 3 and pixels.shape[2] in (3, 4)
            tifffile.imwrite(path, pixels, photometric="rgb" if rgb else "minisblack")
        else:
            Image.fromarray(pixels).save(path)
        return path

    def copy_model(self) -> Path:
        return Path(shutil.copytree(self.model, self.folder / "model"))

    def translate(self, *more: object, image: Path | None = None, out: Path | None = None) -> list[object]:
        files = ["translate", image or self.photo, "-o", out or self.out]
        return [*files, "--label", "church", "--model", self.model, "--steps", 2, *more]

    def paint(self, *more: object, mask: Path | None = None) -> list[object]:
        files = ["paint", self.photo, "--mask", mask or self.mask, "-o", self.out]
        return [*files, "--model", self.model, "--steps", 2, *more]


def broken_png(files: Files) -> list[object]:
    path = files.folder / "broken.png"
    path.write_bytes(files.photo.read_bytes()[:200])
    return files.translate(image=path)


def not_a_picture(files: Files) -> list[object]:
    path = files.folder / "notes.png"
    path.write_text("hello")
    return files.translate(image=path)


def broken_tiff(files: Files) -> list[object]:
    path = files.write("broken.tif", np.zeros((20, 20, 3), np.uint8))
    path.write_bytes(path.read_bytes()[:40])
    return files.translate(image=path)


def deep_png(files: Files) -> list[object]:
    header = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBB", 13, b"IHDR", 20, 20, 16, 2)
    path = files.folder / "deep.png"
    path.write_bytes(header + bytes(100))
    return files.translate(image=path)


def spoilt(value: float) -> Case:
    def case(files: Files) -> list[object]:
        pixels = np.full((20, 20), 0.5, np.float32)
        pixels[3, 4] = value
        return files.translate(image=files.write("float.tif", pixels), out=files.out.with_suffix(".tif"))

    return case


def truncated_model(files: Files) -> list[object]:
    weights = files.copy_model() / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    return files.translate("--model", weights.parent)


class Bomb:
    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self.target,)


def pickled_model(files: Files) -> list[object]:
    model = files.copy_model()
    (model / "model.safetensors").write_bytes(pickle.dumps(Bomb(files.folder / "out" / "exploded")))
    return files.translate("--model", model)


def huge_header(files: Files) -> list[object]:
    model = files.copy_model()
    (model / "model.safetensors").write_bytes(struct.pack("<Q", 2**60) + b"{}")
    return files.translate("--model", model)


def damaged(file: str, name: str, value: float) -> Case:
    def case(files: Files) -> list[object]:
        path = files.copy_model() / f"{file}.safetensors"
        tensors = load_file(path)
        save_file({**tensors, name: np.full_like(tensors[name], value, np.float32)}, path)
        return files.translate("--model", path.parent)

    return case


def card(**changes: object) -> Case:
    def case(files: Files) -> list[object]:
        path = files.copy_model() / "card.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
        return files.translate("--model", path.parent)

    return case


def card_text(text: str) -> Case:
    def case(files: Files) -> list[object]:
        path = files.copy_model() / "card.json"
        path.write_text(text)
        return files.translate("--model", path.parent)

    return case


def recipe(text: str) -> Case:
    def case(files: Files) -> list[object]:
        path = files.folder / "bad.recipe.json"
        path.write_text(text)
        return ["replay", path, "-o", files.out]

    return case


def jpeg_of_float(files: Files) -> list[object]:
    image = files.write("float.tif", np.zeros((20, 20, 3), np.float32))
    return files.translate(image=image, out=files.out.with_suffix(".jpg"))


def below_a_file(files: Files) -> list[object]:
    return files.translate(out=files.photo / "out.png")


def white(height: int, width: int, *channels: int) -> np.ndarray:
    return np.full((height, width, *channels), 255, np.uint8)

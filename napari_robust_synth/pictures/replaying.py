"""Recipes made again from Python: one picture, or a folder of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from napari_robust_synth.pictures import decode, encode, files
from napari_robust_synth.pictures.embedded import read_recipes
from napari_robust_synth.pictures.origin import (
    DEFAULT_RANGES,
    anchored,
    other_picture,
    own_picture,
    seen_from,
)
from napari_robust_synth.tasks.recipes import Recipes

if TYPE_CHECKING:
    from napari_robust_synth.models import Classifier

Tick = Callable[[int, int], None]
LOSSLESS = (".png", ".tif", ".tiff")


@dataclass(frozen=True)
class Done:
    """A picture of a folder: where its result is, or why there is none, in one line."""

    path: Path
    result: Path | None
    reason: str = ""


def replay(
    recipe: str | Path, image: str | Path | None = None, *, model: str | None = None, device: str | None = None
) -> decode.Array:
    """Make a recipe's pixels again, or do the same to another picture.

    Parameters
    ----------
    recipe : path
        A ``.recipe.json`` file, or a PNG or TIFF that carries one.
    image : path, optional
        Another picture to do it to.
    model, device : str, optional
        By default the recipe's.

    Returns
    -------
    array
        As `Job.result` returns it.

    Raises
    ------
    ValueError
        When the recipe is damaged, or picture or model are not those it was made with.
    """
    from napari_robust_synth.models import load_classifier
    from napari_robust_synth.tasks import make_again

    path = Path(recipe)
    recipes = read_recipes(path).each(lambda r: anchored(r, path.parent))
    first = recipes.first
    picture = other_picture(first, Path(image)) if image else own_picture(first, path.parent)
    if image and picture:
        recipes = ranged(recipes, picture.pixels)
    classifier = load_classifier(model or first.model, device or first.device, precise=True)
    return make_again(recipes, classifier, picture.pixels if picture else None).result


def ranged(recipes: Recipes, pixels: decode.Array) -> Recipes:
    """Return recipes for another picture: a range that only was that of a type becomes that of the picture's."""
    from napari_robust_synth import core

    if recipes.first.value_range not in DEFAULT_RANGES:
        return recipes
    limits = core.dtype_range(core.check_image(pixels), None)
    return recipes.each(lambda r: replace(r, value_range=limits))


def pictures_in(folder: Path) -> list[Path]:
    """Return the picture files of a folder, by name.

    Raises
    ------
    ValueError
        When it has none.
    """
    found = sorted(p for p in folder.iterdir() if p.suffix.lower() in encode.FORMATS and p.is_file())
    if not found:
        raise ValueError(f"{folder} has no picture: expected PNG, TIFF, JPEG, WebP or BMP files in it")
    return found


def replay_each(
    recipes: Recipes, classifier: Classifier, pictures: Sequence[Path], out: Path, tick: Tick
) -> Iterator[Done]:
    """Do the same to many pictures, and say of each what came of it; one that fails does not stop the rest.

    Parameters
    ----------
    recipes : Recipes
        What to do.
    classifier : Classifier
        The one that the recipes were made with.
    pictures : sequence of Path
        What to do it to.
    out : Path
        The folder that the results go to, with the names of the pictures; a recipe lies beside each.
    tick : callable
        As for `tasks.make_again`.
    """
    for path in pictures:
        try:
            yield Done(path, _replay_one(recipes, classifier, path, out, tick))
        except (ValueError, OSError, MemoryError, RuntimeError) as error:
            yield Done(path, None, _one_line(error))


def target(path: Path, out: Path) -> Path:
    """Return where the result of a picture goes: a lossy format becomes PNG."""
    return out / (path.name if path.suffix.lower() in LOSSLESS else f"{path.stem}.png")


def _replay_one(recipes: Recipes, classifier: Classifier, path: Path, out: Path, tick: Tick) -> Path:
    from napari_robust_synth.tasks import make_again

    goal = target(path, out)
    if goal.exists() or files.recipe_path(goal).exists():
        raise ValueError(f"{goal} is already there: choose another folder")
    picture = other_picture(recipes.first, path)
    origin = {"path": str(path.resolve()), "sha256": picture.sha256, "of": "file"}
    made = make_again(ranged(recipes, picture.pixels), classifier, picture.pixels, origin, tick)
    if not np.isfinite(made.result).all():
        raise ValueError("the result has pixels that are no numbers: the model is damaged")
    again = made.recipes.each(lambda r: seen_from(replace(r, model=recipes.first.model), out))
    data = {goal: encode.encode(goal, made.result, picture.icc, again), files.recipe_path(goal): again.to_bytes()}
    files.write_all(data)
    return goal


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return "not enough memory" if isinstance(error, MemoryError) or "out of memory" in text.lower() else text

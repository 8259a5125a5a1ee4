"""Recipes made again from Python: one picture, or a folder of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_robust_synth.pictures import decode, encode, files
from napari_robust_synth.pictures.embedded import read_recipes
from napari_robust_synth.pictures.origin import (
    DEFAULT_RANGES,
    anchored,
    find_recipe_model,
    other_pixels,
    own_pixels,
    seen_from,
)
from napari_robust_synth.pictures.stacks import encode_stack
from napari_robust_synth.tasks.fitting import fitted
from napari_robust_synth.tasks.recipe import Recipe
from napari_robust_synth.tasks.recipes import RESULTS, SLICES, WHOLE, Recipes

if TYPE_CHECKING:
    from napari_robust_synth.models import Classifier
    from napari_robust_synth.tasks import Made

Tick = Callable[[int, int], None]
LOSSLESS = (".png", ".tif", ".tiff")


@dataclass(frozen=True)
class Done:
    """A picture of a folder: where its result is, or why there is none, in one line; ``note`` is to be told, too."""

    path: Path
    result: Path | None
    reason: str = ""
    note: str = ""


def replay(
    recipe: str | Path, image: str | Path | None = None, *, model: str | None = None, device: str | None = None
) -> decode.Array:
    """Make a recipe's pixels again, or do the same to another picture; a mask is scaled where that has another size.

    Parameters
    ----------
    recipe : path
        A ``.recipe.json`` file, or a PNG or TIFF that carries one.
    image : path, optional
        Another picture to do it to; for the recipes of slices a TIFF with a stack.
    model, device : str, optional
        By default the recipe's.

    Returns
    -------
    array
        As `tasks.make_again` returns it.

    Raises
    ------
    ValueError
        When the recipe is damaged, or picture or model are not those it was made with.
    """
    from napari_robust_synth.tasks import make_again

    path = Path(recipe)
    recipes = read_recipes(path).each(lambda r: anchored(r, path.parent))
    picture = other_pixels(recipes, Path(image)) if image else own_pixels(recipes, path.parent)
    if image and picture:
        recipes, _ = for_another(recipes, picture.pixels)

    load = loader(model, device, path.parent)
    return make_again(recipes, load, picture.pixels if picture else None).result


def loader(model: str | None, device: str | None, folder: Path) -> Callable[[Recipe], Classifier]:
    """Return what loads the classifier of a recipe from ``folder``, each once; ``model`` and ``device`` go first."""
    from napari_robust_synth.models import load_classifier

    @cache
    def load(name: str, where: str) -> Classifier:
        return load_classifier(name, where, precise=True)

    return lambda recipe: load(model or find_recipe_model(recipe.model, folder), device or recipe.device)


def for_another(recipes: Recipes, pixels: decode.Array) -> tuple[Recipes, str]:
    """Return recipes for another picture, or for slices, and what is to be told of it.

    A range that only was that of a type becomes that of the picture's; a mask is scaled.
    """
    from napari_robust_synth import core

    recipes, note = fitted(recipes, pixels.shape)
    if recipes.first.value_range not in DEFAULT_RANGES:
        return recipes, note
    limits = core.dtype_range(core.check_image(pixels[0] if recipes.kind == SLICES else pixels), None)
    return recipes.each(lambda r: replace(r, value_range=limits)), note


def encoded(path: Path, made: Made, icc: bytes | None, recipes: Recipes) -> bytes:
    """Return the bytes of the file ``path`` with what was made: of slices and several results a TIFF with a stack."""
    if recipes.kind in (SLICES, RESULTS):
        return encode_stack(path, made.result, made.result.ndim == 4, recipes)
    return encode.encode(path, made.result, icc, recipes)


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
    recipes: Recipes,
    classifier: Classifier | Callable[[Recipe], Classifier],
    pictures: Sequence[Path],
    out: Path,
    tick: Tick,
) -> Iterator[Done]:
    """Do the same to many pictures, and say of each what came of it; one that fails does not stop the rest.

    Parameters
    ----------
    recipes : Recipes
        What to do.
    classifier : Classifier or callable
        The one that the recipes were made with, or what returns that of each.
    pictures : sequence of Path
        What to do it to.
    out : Path
        The folder that the results go to, with the names of the pictures; a recipe lies beside each.
    tick : callable
        As for `tasks.make_again`.
    """
    for path in pictures:
        try:
            yield _replay_one(recipes, classifier, path, out, tick)
        except (ValueError, OSError, MemoryError, RuntimeError) as error:
            yield Done(path, None, _one_line(error))


def target(path: Path, out: Path, kind: str = WHOLE) -> Path:
    """Return where the result of a picture goes: a lossy format becomes PNG, and TIFF where it is a stack."""
    if kind in (SLICES, RESULTS):
        return out / f"{path.stem}.tif"
    return out / (path.name if path.suffix.lower() in LOSSLESS else f"{path.stem}.png")


def _replay_one(
    recipes: Recipes, classifier: Classifier | Callable[[Recipe], Classifier], path: Path, out: Path, tick: Tick
) -> Done:
    from napari_robust_synth.tasks import make_again

    goal = target(path, out, recipes.kind)
    if goal.exists() or files.recipe_path(goal).exists():
        raise ValueError(f"{goal} is already there: choose another folder")
    picture = other_pixels(recipes, path)
    fitting, note = for_another(recipes, picture.pixels)
    made = make_again(fitting, classifier, picture.pixels, origin_of(recipes, picture), tick)
    if not np.isfinite(made.result).all():
        raise ValueError("the result has pixels that are no numbers: the model is damaged")
    again = made.recipes.each(lambda r: seen_from(r, out))
    files.write_all({goal: encoded(goal, made, picture.icc, again), files.recipe_path(goal): again.to_bytes()})
    return Done(path, goal, note=note)


def origin_of(recipes: Recipes, picture: decode.Picture) -> dict[str, Any]:
    """Say for new recipes which other picture they are of."""
    path = str(picture.path.resolve())
    if recipes.kind == SLICES:
        return {"path": path, "index": (recipes.first.image or {})["index"]}
    return {"path": path, "sha256": picture.sha256, "of": "file"}


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return "not enough memory" if isinstance(error, MemoryError) or "out of memory" in text.lower() else text

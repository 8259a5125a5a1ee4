"""The same done to many pictures: of each its result, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from napari_robust_synth.pictures import encode, files
from napari_robust_synth.pictures.origin import other_pixels, seen_from
from napari_robust_synth.pictures.replaying import encoded, for_another, origin_of
from napari_robust_synth.pictures.resuming import made_before
from napari_robust_synth.tasks.memory import ran_out
from napari_robust_synth.tasks.recipe import Recipe
from napari_robust_synth.tasks.recipes import RESULTS, SLICES, WHOLE, Recipes

if TYPE_CHECKING:
    from napari_robust_synth.models import Classifier

Tick = Callable[[int, int], None]
LOSSLESS = (".png", ".tif", ".tiff")


@dataclass(frozen=True)
class Done:
    """A picture: where its result is, or why there is none, in one line.

    ``note`` is to be told, too; ``kept`` says that the result was there before.
    """

    path: Path
    result: Path | None
    reason: str = ""
    note: str = ""
    kept: bool = False


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
        yield replay_into(recipes, classifier, path, out, tick)


def replay_into(
    recipes: Recipes,
    classifier: Classifier | Callable[[Recipe], Classifier],
    path: Path,
    out: Path,
    tick: Tick = lambda step, steps: None,
    *,
    resume: bool = False,
) -> Done:
    """Do it to one picture; what goes wrong is told in the outcome, not raised.

    Parameters
    ----------
    recipes : Recipes
        What to do.
    classifier : Classifier or callable
        As for `tasks.make_again`.
    path : Path
        The picture.
    out : Path
        Folder of the result.
    tick : callable
        Called after each step with the number of steps done and that of all; may raise to end it.
    resume : bool
        Whether a result of the same recipes and picture is kept, not made again.
    """
    try:
        return _replay_into(recipes, classifier, path, out, tick, resume)
    except (ValueError, OSError, MemoryError, RuntimeError) as error:
        return Done(path, None, one_line(error))


def target(path: Path, out: Path, kind: str = WHOLE) -> Path:
    """Return where the result of a picture goes: a lossy format becomes PNG, and TIFF where it is a stack."""
    if kind in (SLICES, RESULTS):
        return out / f"{path.stem}.tif"
    return out / (path.name if path.suffix.lower() in LOSSLESS else f"{path.stem}.png")


def taken(goal: Path) -> bool:
    """Tell whether a result, or a recipe beside it, is there."""
    return goal.exists() or files.recipe_path(goal).exists()


def one_line(error: BaseException) -> str:
    """Say what went wrong in one line."""
    text = " ".join(str(error).split()) or type(error).__name__
    return "not enough memory" if ran_out(error) else text


def _replay_into(
    recipes: Recipes,
    classifier: Classifier | Callable[[Recipe], Classifier],
    path: Path,
    out: Path,
    tick: Tick,
    resume: bool,
) -> Done:
    from napari_robust_synth.tasks import make_again

    goal = target(path, out, recipes.kind)
    if taken(goal) and not resume:
        raise ValueError(f"{goal} is already there: choose another folder")
    picture = other_pixels(recipes, path)
    fitting, note = for_another(recipes, picture.pixels)
    if taken(goal) and made_before(fitting, picture, goal):
        return Done(path, goal, kept=True)
    made = make_again(fitting, classifier, picture.pixels, origin_of(recipes, picture), tick)
    if not np.isfinite(made.result).all():
        raise ValueError("the result has pixels that are no numbers: the model is damaged")
    again = made.recipes.each(lambda r: seen_from(r, out))
    # the recipe first: where the picture is, all is
    files.write_all({files.recipe_path(goal): again.to_bytes(), goal: encoded(goal, made, picture.icc, again)})
    return Done(path, goal, note=note)

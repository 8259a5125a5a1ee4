"""The same done to many pictures: of each its result, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_robust_synth.pictures import encode, files
from napari_robust_synth.pictures.decode import Array
from napari_robust_synth.pictures.origin import other_pixels, seen_from
from napari_robust_synth.pictures.replaying import encoded, for_another, origin_of
from napari_robust_synth.pictures.resuming import made_before
from napari_robust_synth.tasks.memory import FAILURES, ran_out
from napari_robust_synth.tasks.recipes import RESULTS, SLICES, WHOLE, Recipes

if TYPE_CHECKING:
    from napari_robust_synth.tasks import Made
    from napari_robust_synth.tasks.many import Load

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


@dataclass(frozen=True)
class PictureFile:
    """A picture to do it to; the result becomes the file ``goal``."""

    path: Path
    goal: Path
    recipes: Recipes
    image: Array
    origin: dict[str, Any]
    icc: bytes | None
    note: str


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
    classifier: Load,
    pictures: Sequence[Path],
    out: Path,
    tick: Tick = lambda step, steps: None,
    *,
    resume: bool = False,
) -> Iterator[Done]:
    """Do the same to many pictures, and say of each what came of it; one that fails does not stop the rest.

    Parameters
    ----------
    recipes : Recipes
        What to do.
    classifier : Classifier or callable
        As for `tasks.make_again`.
    pictures : sequence of Path
        What to do it to.
    out : Path
        The folder that the results go to, with the names of the pictures; a recipe lies beside each.
    tick : callable
        As for `tasks.many.make_each`.
    resume : bool
        Whether a result of the same recipes and picture is kept, not made again.
    """
    from napari_robust_synth.tasks.many import make_each

    settled: list[Done] = []
    ready = _ready(recipes, pictures, out, resume, settled)
    for case, made in make_each(recipes, ready, classifier, len(pictures), tick):
        yield from settled
        settled.clear()
        yield _written(case, made, out)
    yield from settled


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


def _ready(
    recipes: Recipes, pictures: Sequence[Path], out: Path, resume: bool, settled: list[Done]
) -> Iterator[PictureFile]:
    """Read pictures; what there is nothing to do about is settled."""
    for path in pictures:
        try:
            found = _read(recipes, path, out, resume)
        except FAILURES as error:
            found = Done(path, None, one_line(error))
        if isinstance(found, Done):
            settled.append(found)
        else:
            yield found


def _read(recipes: Recipes, path: Path, out: Path, resume: bool) -> PictureFile | Done:
    goal = target(path, out, recipes.kind)
    if taken(goal) and not resume:
        raise ValueError(f"{goal} is already there: choose another folder")
    picture = other_pixels(recipes, path)
    fitting, note = for_another(recipes, picture.pixels)
    if taken(goal) and made_before(fitting, picture, goal):
        return Done(path, goal, kept=True)
    return PictureFile(path, goal, fitting, picture.pixels, origin_of(recipes, picture), picture.icc, note)


def _written(case: PictureFile, made: Made | Exception, out: Path) -> Done:
    try:
        if isinstance(made, Exception):
            raise made
        if not np.isfinite(made.result).all():
            raise ValueError("the result has pixels that are no numbers: the model is damaged")
        again = made.recipes.each(lambda r: seen_from(r, out))
        # the recipe first: where the picture is, all is
        files.write_all(
            {files.recipe_path(case.goal): again.to_bytes(), case.goal: encoded(case.goal, made, case.icc, again)}
        )
    except FAILURES as error:
        return Done(case.path, None, one_line(error))
    return Done(case.path, case.goal, note=case.note)

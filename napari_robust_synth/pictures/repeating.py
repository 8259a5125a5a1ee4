"""The same done to many pictures, those that can run together at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_robust_synth.pictures import files
from napari_robust_synth.pictures.decode import Array
from napari_robust_synth.pictures.folders import Done, Goals, one_line, taken
from napari_robust_synth.pictures.origin import other_pixels, seen_from
from napari_robust_synth.pictures.replaying import encoded, for_another, origin_of
from napari_robust_synth.pictures.resuming import made_before
from napari_robust_synth.tasks.memory import FAILURES
from napari_robust_synth.tasks.recipes import Recipes

if TYPE_CHECKING:
    from napari_robust_synth.core import Range
    from napari_robust_synth.tasks import Job, Made
    from napari_robust_synth.tasks.many import Load, Tick


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


def replay_each(
    recipes: Recipes,
    classifier: Load,
    pictures: Sequence[Path],
    out: Path,
    tick: Tick = lambda step, steps: None,
    *,
    resume: bool = False,
    value_range: Range | None = None,
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
        Called after each step, and before what takes a while, with the number of steps done, of all that run together,
        and that of one picture; may raise to end it.
    resume : bool
        Whether a result of the same recipes and picture is kept, not made again.
    value_range : (float, float), optional
        Values of black and white in all of them; by default see `replaying.for_another`.
    """
    import torch

    from napari_robust_synth.tasks.many import joinable, make_each
    from napari_robust_synth.tasks.together import grouped

    goals = Goals(out, recipes.kind)
    read = _read_each(pictures, tick, lambda path: _read(recipes, path, goals.of(path), resume, value_range))
    if not joinable(recipes):
        for case in read:
            yield case if isinstance(case, Done) else _written(case, _alone(case, classifier, tick), out)
            del case  # pictures may be large
        return
    threads = torch.get_num_threads()
    try:
        for group in grouped(_jobs(read, classifier), len(pictures)):
            yield from (done for done, _ in group if isinstance(done, Done))
            together = [(case, job) for case, job in group if isinstance(case, PictureFile) and job is not None]
            group.clear()
            for case, made in make_each(together, tick) if together else ():
                yield _written(case, made, out)
            together.clear()
    finally:
        torch.set_num_threads(threads)


def _read_each(
    pictures: Sequence[Path], tick: Tick, read: Callable[[Path], PictureFile | Done]
) -> Iterator[PictureFile | Done]:
    for path in pictures:
        tick(0, 1)
        try:
            yield read(path)
        except FAILURES as error:
            yield Done(path, None, one_line(error))


def _read(recipes: Recipes, path: Path, goal: Path, resume: bool, chosen: Range | None) -> PictureFile | Done:
    if taken(goal) and not resume:
        raise ValueError(f"{goal} is already there: choose another folder")
    picture = other_pixels(recipes, path)
    fitting, note = for_another(recipes, picture.pixels, chosen)
    if taken(goal) and made_before(fitting, picture, goal):
        return Done(path, goal, kept=True)
    return PictureFile(path, goal, fitting, picture.pixels, origin_of(recipes, picture), picture.icc, note)


def _jobs(read: Iterator[PictureFile | Done], classifier: Load) -> Iterator[tuple[PictureFile | Done, Job | None]]:
    from napari_robust_synth.models import Classifier
    from napari_robust_synth.tasks import Job, restore

    for case in read:
        if isinstance(case, Done):
            yield case, None
            continue
        recipe = case.recipes.first
        try:
            job = restore(recipe, classifier if isinstance(classifier, Classifier) else classifier(recipe), case.image)
        except FAILURES as error:
            yield Done(case.path, None, one_line(error)), None
        else:
            assert isinstance(job, Job)
            yield case, job


def _alone(case: PictureFile, classifier: Load, tick: Tick) -> Made | Exception:
    from napari_robust_synth.tasks import make_again

    try:
        return make_again(case.recipes, classifier, case.image, case.origin, tick)
    except FAILURES as error:
        return error


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

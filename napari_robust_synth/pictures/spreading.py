"""The same done to many pictures by the workers of a dask scheduler."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from napari_robust_synth.models import find_model, models_here
from napari_robust_synth.models.cards import model_hash
from napari_robust_synth.pictures.folders import Done, one_line
from napari_robust_synth.pictures.repeating import replay_each
from napari_robust_synth.pictures.replaying import loader
from napari_robust_synth.tasks.recipe import Recipe
from napari_robust_synth.tasks.recipes import Recipes

if TYPE_CHECKING:
    from distributed import Client, Future

    from napari_robust_synth.core import Range
    from napari_robust_synth.models import Classifier

_one_at_a_time = Lock()
"""The number of threads belongs to the process, so a worker that has several runs one picture after the other."""
TOGETHER = 8
"""How many pictures a worker gets at once, at most; which of them run in one batch changes nothing."""
TURNS = 4
"""A worker gets at least so many turns, so that none waits long for the others."""


def replay_on(
    client: Client, recipes: Recipes, pictures: Sequence[Path], out: Path, value_range: Range | None = None
) -> Iterator[tuple[int, Done]]:
    """Do the same to many pictures on a cluster; yield the place of each, and what came of it, once it is done.

    A result of these recipes and that picture which is there already is kept: it may be that of a worker which died
    before it could tell.

    Parameters
    ----------
    client : distributed.Client
        Of a scheduler whose workers see the same paths.
    recipes : Recipes
        What to do; paths in them are absolute.
    pictures : sequence of Path
        What to do it to.
    out, value_range : Path, (float, float)
        As for `repeating.replay_each`.

    Raises
    ------
    ConnectionError
        When the scheduler went away.
    """
    every = range(len(pictures))
    size = max(min(TOGETHER, len(every) // (TURNS * max(len(client.nthreads()), 1))), 1)
    lost: list[int] = []
    groups = [every[first : first + size] for first in every[::size]]
    for places, done in _spread(client, recipes, pictures, groups, out, value_range):
        if done is None:
            lost += places
        else:
            yield from zip(places, done, strict=True)
    for one in lost:  # alone, since a picture that its worker dies of takes along those that wait for it there
        for (place,), done in _spread(client, recipes, pictures, [(one,)], out, value_range):
            died = Done(pictures[place], None, "its workers died, one after the other: not enough memory?")
            yield place, done[0] if done else died


def _spread(
    client: Client,
    recipes: Recipes,
    pictures: Sequence[Path],
    groups: Sequence[Sequence[int]],
    out: Path,
    chosen: Range | None,
) -> Iterator[tuple[Sequence[int], list[Done] | None]]:
    from distributed import as_completed

    paths = [[str(pictures[place].absolute()) for place in places] for places in groups]
    # bytes, for dask sends those once and not with every picture
    futures = client.map(_replay, paths, data=recipes.to_bytes(), out=str(out.absolute()), chosen=chosen, pure=False)
    found = {future.key: places for future, places in zip(futures, groups, strict=True)}
    finished = as_completed(futures, loop=client.loop)
    del futures
    for future in finished:
        places = found[future.key]
        yield places, _outcome(future, [pictures[place] for place in places])


def _outcome(future: Future[list[Done]], paths: Sequence[Path]) -> list[Done] | None:
    from distributed import CancelledError, KilledWorker

    try:
        found = future.result()
    except KilledWorker:
        return None
    except (CancelledError, OSError):  # no OSError of a picture: those are told
        raise ConnectionError("the scheduler went away") from None
    except Exception as error:  # a worker without this package, or with another version of it, fails anyhow
        return [Done(path, None, one_line(error)) for path in paths] if len(paths) == 1 else None
    done = {one.path: one for one in found}
    own = [done[path.absolute()] for path in paths]
    return [
        replace(one, path=path, reason=one.reason.replace(str(path.absolute()), str(path)))
        for one, path in zip(own, paths, strict=True)
    ]


def _replay(paths: Sequence[str], data: bytes, out: str, chosen: Range | None = None) -> list[Done]:
    recipes = Recipes.from_dict(json.loads(data))
    with _one_at_a_time:
        load = _loader(tuple(recipe.model_sha256 for _, recipe in recipes.numbered))
        files = [Path(path) for path in paths]
        return list(replay_each(recipes, load, files, Path(out), resume=True, value_range=chosen))


@lru_cache(maxsize=1)
def _loader(_: tuple[str, ...]) -> Callable[[Recipe], Classifier]:
    """Return what loads classifiers, each once for all pictures that this process gets."""
    load = loader(None, None, Path())
    return lambda recipe: load(replace(recipe, model=_model_here(recipe.model, recipe.model_sha256)))


@cache
def _model_here(name: str, sha256: str) -> str:
    """Return the model's name, or another one that has its weights: a worker may keep it elsewhere."""
    try:
        find_model(name)
    except ValueError:
        for other, entry in models_here().items():
            if model_hash(entry.folder) == sha256:
                return other
        raise
    return name

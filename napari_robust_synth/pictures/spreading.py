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
from napari_robust_synth.pictures.folders import Done, one_line, replay_into
from napari_robust_synth.pictures.replaying import loader
from napari_robust_synth.tasks.recipe import Recipe
from napari_robust_synth.tasks.recipes import Recipes

if TYPE_CHECKING:
    from distributed import Client, Future

    from napari_robust_synth.models import Classifier

_one_at_a_time = Lock()
"""The number of threads belongs to the process, so a worker that has several runs one picture after the other."""


def replay_on(client: Client, recipes: Recipes, pictures: Sequence[Path], out: Path) -> Iterator[tuple[int, Done]]:
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
    out : Path
        As for `folders.replay_each`.

    Raises
    ------
    ConnectionError
        When the scheduler went away.
    """
    died: list[int] = []
    for place, done in _spread(client, recipes, pictures, range(len(pictures)), out):
        if done is None:
            died.append(place)
        else:
            yield place, done
    for one in died:  # alone, since a picture that its worker dies of takes along those that wait for it there
        for place, done in _spread(client, recipes, pictures, [one], out):
            yield (
                place,
                done or Done(pictures[place], None, "its workers died, one after the other: not enough memory?"),
            )


def _spread(
    client: Client, recipes: Recipes, pictures: Sequence[Path], places: Sequence[int], out: Path
) -> Iterator[tuple[int, Done | None]]:
    from distributed import as_completed

    paths = [str(pictures[place].absolute()) for place in places]
    # bytes, for dask sends those once and not with every picture
    futures = client.map(_replay, paths, data=recipes.to_bytes(), out=str(out.absolute()), pure=False)
    found = {future.key: place for future, place in zip(futures, places, strict=True)}
    finished = as_completed(futures, loop=client.loop)
    del futures
    for future in finished:
        place = found[future.key]
        yield place, _outcome(future, pictures[place])


def _outcome(future: Future[Done], path: Path) -> Done | None:
    from distributed import CancelledError, KilledWorker

    try:
        done: Done = future.result()
    except KilledWorker:
        return None
    except (CancelledError, OSError):  # no OSError of a picture: those are told
        raise ConnectionError("the scheduler went away") from None
    except Exception as error:  # a worker without this package, or with another version of it, fails anyhow
        return Done(path, None, one_line(error))
    return replace(done, path=path, reason=done.reason.replace(str(path.absolute()), str(path)))


def _replay(path: str, data: bytes, out: str) -> Done:
    recipes = Recipes.from_dict(json.loads(data))
    with _one_at_a_time:
        load = _loader(tuple(recipe.model_sha256 for _, recipe in recipes.numbered))
        return replay_into(recipes, load, Path(path), Path(out), resume=True)


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

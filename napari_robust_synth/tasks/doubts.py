"""Why a recipe made again may give other pixels here."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from napari_robust_synth.tasks.recipe import Recipe

if TYPE_CHECKING:
    from napari_robust_synth.models import Classifier


def doubts(recipe: Recipe, classifier: Classifier) -> Iterator[str]:
    """Say what is not as it was, each in a line; a GPU never does the same twice to the bit.

    Parameters
    ----------
    recipe : Recipe
        What is made again.
    classifier : Classifier
        On the device where that is done.
    """
    for name, then in recipe.versions.items():
        if (now := _version(name)) != then:
            yield f"the recipe was made with {name} {then}, here is {now}: pixels may differ"
    here = classifier.on(recipe.precision).precision
    if here != recipe.precision:
        yield f"the recipe was made in {recipe.precision}, here in {here}: pixels may differ"
    device = classifier.device.type
    if device != recipe.device:
        yield f"the recipe was made on {recipe.device}, here on {device}: pixels may differ"
    elif device != "cpu":
        yield f"on {device} pixels may differ by rounding from one run to the next"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"

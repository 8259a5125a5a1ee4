"""The channels that a recipe saw as a colour picture: looked for among the layers that are open, or added again."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from napari.layers import Image

from napari_robust_synth._napari.layers.arrays import Array, finest
from napari_robust_synth._napari.layers.colours import ColourPlane, of_axis, of_layers
from napari_robust_synth._napari.layers.planes import Plane, read_plane
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth.tasks.recipe import Recipe


@dataclass(frozen=True)
class Told:
    """A channel as a recipe has it: the layer's name, which plane of it, what is black and full there, and its type."""

    name: str
    index: tuple[int, ...]
    limits: tuple[float, float]
    dtype: str = "float32"


def told(image: Mapping[str, Any] | None) -> list[Told]:
    """Return the channels that a recipe saw its picture in, three or, where it did not or they are damaged, none."""
    channels = (image or {}).get("channels")
    if not isinstance(channels, list | tuple) or len(channels) != 3:
        return []
    try:
        found = [Told(str(one["name"]), tuple(one["index"]), _limits(*one["limits"]), _dtype(one)) for one in channels]
    except (KeyError, TypeError, ValueError):
        return []
    whole = all(isinstance(i, int) for one in found for i in one.index)
    return found if whole and len({len(one.index) for one in found}) == 1 else []


def seen_alike(layer: Image, recipe: Recipe, world: World) -> Plane:
    """Describe the plane of a layer that is shown, in the channels that a recipe saw its picture in if it has these.

    Raises
    ------
    ValueError
        When there is none.
    """
    channels = told(recipe.image)
    axis = _axis(channels)
    if axis is not None and not layer.rgb and layer.ndim == len(channels[0].index) + 2:
        chosen = [one.index[axis] for one in channels]
        if all(0 <= i < finest(layer).shape[axis] for i in chosen):
            return of_axis(layer, axis, chosen, world)
    return read_plane(layer, world)


def colour_planes(layers: Sequence[Any], channels: Sequence[Told], world: World) -> Iterator[ColourPlane]:
    """Yield what of the layers may be a recipe's channels, seen as the recipe has them."""
    first = channels[0].index
    grey = [x for x in layers if isinstance(x, Image) and not x.rgb and x.ndim == len(first) + 2]
    axis, together = _axis(channels), len({one.index for one in channels}) == 1
    named = [next((x for x in grey if x.name == one.name), None) for one in channels]
    if axis is not None:
        chosen = [one.index[axis] for one in channels]
        for layer in grey:
            with suppress(ValueError):  # it has no such plane
                yield _seen(of_axis(layer, axis, chosen, world.at(layer, (*first, 0, 0))), channels)
    if together and None not in named:
        with suppress(ValueError):  # they lie apart
            yield _seen(of_layers(named, world.at(named[0], (*first, 0, 0))), channels)


def own_values(pixels: Array, channels: Sequence[Told]) -> list[tuple[Told, Array]]:
    """Return the channels of pixels (..., H, W, 3), in their own values where these are seen the same to the bit."""
    if pixels.shape[2:][-1:] != (3,) or not channels:
        return []
    seen = [np.ascontiguousarray(pixels[..., number]) for number in range(3)]
    own = [_unscaled(values, one) for values, one in zip(seen, channels, strict=True)]
    exact = [(one, values) for one, values in zip(channels, own, strict=True) if values is not None]
    if len(exact) == 3:
        return exact
    return [(replace(one, limits=(0.0, 1.0)), values) for one, values in zip(channels, seen, strict=True)]


def add_channels(viewer: Any, channels: Sequence[tuple[Told, Array]]) -> ColourPlane:
    """Add three channels, as one layer where they are alike; a colour picture has no values beyond 0 to 1."""
    (first, _), values = channels[0], [values for _, values in channels]
    if len({(one.name, one.dtype, one.limits) for one, _ in channels}) == 1:
        layer = viewer.add_image(np.stack(values, -3), name=first.name, contrast_limits=first.limits)
        return of_axis(layer, layer.ndim - 3, range(3), World().at(layer, [0] * layer.ndim))
    layers = [viewer.add_image(values, name=one.name, contrast_limits=one.limits) for one, values in channels]
    return of_layers(layers, World().at(layers[0], [0] * layers[0].ndim))


def _unscaled(seen: Array, channel: Told) -> Array | None:
    (low, high), dtype = channel.limits, np.dtype(channel.dtype)
    with np.errstate(all="ignore"):
        values = seen.astype(np.float64) * (high - low) + low
        own: Array = (np.rint(values) if dtype.kind in "iu" else values).astype(dtype)
        again = ((own.astype(np.float64) - low) / (high - low)).astype(np.float32)
    return own if np.array_equal(again, seen) else None


def _dtype(channel: Mapping[str, Any]) -> str:
    dtype = np.dtype(channel.get("dtype", "float32"))
    if dtype.kind not in "iuf":
        raise ValueError(f"the type is {dtype}, expected one of numbers")
    return str(dtype.name)


def _axis(channels: Sequence[Told]) -> int | None:
    """Return the axis that channels lie along, if it is one."""
    axes = range(len(channels[0].index)) if channels else ()
    moved = [axis for axis in axes if len({one.index[axis] for one in channels}) > 1]
    return moved[0] if len(moved) == 1 else None


def _seen(plane: ColourPlane, channels: Sequence[Told]) -> ColourPlane:
    pairs = list(zip(plane.channels, channels, strict=True))
    if not all(0 <= i < size for one, told in pairs for i, size in zip(told.index, one.data.shape, strict=False)):
        raise ValueError(f"layer {plane.name!r} has no such channels")
    return replace(plane, channels=tuple(replace(one, limits=told.limits) for one, told in pairs))


def _limits(low: float, high: float) -> tuple[float, float]:
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"limits are {low} and {high}, expected black below white")
    return float(low), float(high)

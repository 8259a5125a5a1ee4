"""What of an image a run can be about: its slices and channels, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from napari.layers import Image

from napari_robust_synth._napari.layers.arrays import finest
from napari_robust_synth._napari.layers.colours import ColourPlane, fitting
from napari_robust_synth._napari.layers.frames import covering
from napari_robust_synth._napari.layers.recipes import SERIES
from napari_robust_synth._napari.layers.world import World

if TYPE_CHECKING:
    from napari.components import LayerList

    from napari_robust_synth._napari.layers.planes import Plane

SHOWN, ALL, CHANNELS, LAYERS = "shown", "all", "channels", "layers"


@dataclass(frozen=True)
class Choice:
    """What to work on; ``axis`` is that of the slices or channels, ``every`` that of all slices of these channels."""

    kind: str
    axis: int = -1
    every: int | None = None

    @property
    def slices(self) -> int | None:
        """The axis of which all slices are worked on, if so."""
        return self.axis if self.kind == ALL else self.every


def offers(image: Image, layers: LayerList) -> list[tuple[Choice, str]]:
    """Return what an image offers, with words for each; what is shown comes first."""
    sizes = finest(image).shape[: image.ndim - 2]
    axes = [(axis, size, axis_name(image, axis)) for axis, size in enumerate(sizes) if size > 1]
    found = [(Choice(SHOWN), "the slice shown" if axes else "this layer alone")]
    slices = [(axis, f"all {size} of {name}") for axis, size, name in axes]
    found += [(Choice(ALL, axis), words) for axis, words in slices]
    if image.rgb:
        return found
    colours = [(Choice(CHANNELS, axis), f"{name} as RGB") for axis, size, name in axes if size > 2]
    if len(_alike(image, layers)) > 2:
        colours.append((Choice(LAYERS), "3 layers as RGB"))
    for choice, words in colours:
        found.append((choice, words))
        found += [(replace(choice, every=axis), f"{words}, {of}") for axis, of in slices if axis != choice.axis]
    return found


def channels_of(image: Image, choice: Choice, layers: LayerList) -> list[tuple[Any, str]]:
    """Return the channels that a choice leaves, numbers or layers, with words for each."""
    if choice.kind == LAYERS:
        return [(layer, layer.name) for layer in _alike(image, layers)]
    if choice.kind == CHANNELS:
        return [(i, str(i)) for i in range(finest(image).shape[choice.axis])]
    return []


def seen_as(plane: Plane, slices: int | None = None) -> tuple[Choice, list[Any]]:
    """Return what was chosen for a plane, or for all ``slices`` along an axis, and its channels."""
    if not isinstance(plane, ColourPlane):
        return Choice(SHOWN) if slices is None else Choice(ALL, slices), []
    if plane.axis is None:
        return Choice(LAYERS, every=slices), [channel.layer for channel in plane.channels]
    return Choice(CHANNELS, plane.axis, slices), [channel.index[plane.axis] for channel in plane.channels]


def usual(channels: Sequence[tuple[Any, str]], number: int) -> int:
    """Return which channel is red (0), green (1) or blue (2) at first: the layer drawn so, or that at this place."""
    colour = ("red", "green", "blue")[number]
    drawn = [i for i, (one, _) in enumerate(channels) if isinstance(one, Image) and one.colormap.name == colour]
    return drawn[0] if drawn else min(number, len(channels) - 1)


def axis_name(image: Image, axis: int) -> str:
    """Return what napari calls an axis, as beside its slider."""
    label = str(image.axis_labels[axis])
    return label if label.startswith("axis ") else f"axis {label}"


def _alike(image: Image, layers: LayerList) -> list[Image]:
    world = World(units=layers.extent.units)
    pictures = [x for x in layers if isinstance(x, Image) and SERIES not in x.metadata and not covering(x)]
    return [x for x in pictures if fitting(image, x, world)]

"""Layers in different units: what is shown of each is what napari shows."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.layers.colours import of_layers
from napari_robust_synth._napari.layers.offers import ALL, LAYERS, Choice
from napari_robust_synth._napari.layers.planes import read_plane
from napari_robust_synth._napari.layers.recipes import RECIPE, SLICES
from napari_robust_synth._napari.layers.world import World

from .conftest import errors
from .scopes import choose, noise, offered

Press = Callable[..., None]
UM = {"scale": (4, 2, 3), "translate": (1, 5, 7), "units": "um"}
NM = {"scale": (4000, 2000, 3000), "translate": (1000, 5000, 7000), "units": "nm"}
SIDES = [(UM, NM), (NM, UM)]


@pytest.mark.parametrize(("of_one", "of_other"), SIDES)
def test_the_slice_that_napari_shows(viewer: Viewer, of_one: dict, of_other: dict) -> None:
    layers = [viewer.add_image(noise(), **place) for place in (of_one, of_other)]
    for number in range(4):
        viewer.dims.set_current_step(0, number)
        for layer in layers:
            np.testing.assert_array_equal(layer._data_view, layer.data[number])
            assert read_plane(layer, World.of(viewer.dims)).index == (number,)
    world = World.of(viewer.dims)
    np.testing.assert_allclose(world.position(layers[0]), world.position(layers[1]), atol=1e-6)
    np.testing.assert_allclose(world.at(layers[0], (2, 9, 9)).point, world.at(layers[1], (2, 9, 9)).point)
    np.testing.assert_allclose(read_plane(layers[0], world).to_world, world.matrix(layers[1], (3,)))


def test_units_that_do_not_go_together_are_numbers(viewer: Viewer) -> None:
    image, other = viewer.add_image(noise(), **UM), viewer.add_labels(np.zeros((4, 72, 96), np.uint8), **UM)
    other.units = "s"
    world = World.of(viewer.dims)
    assert world.units is None and world.index(image) == world.index(other)
    np.testing.assert_allclose(world.matrix(image), world.matrix(other))


@pytest.mark.parametrize(("of_image", "of_mask"), SIDES)
def test_a_run_on_one_slice_and_on_all(
    painting: SynthesisDock, viewer: Viewer, press: Press, of_image: dict, of_mask: dict
) -> None:
    data, marks = noise(), np.zeros((4, 72, 96), np.uint8)
    for number in (1, 3):
        marks[number, 5 * number : 40, 20:50] = 1
    viewer.layers.clear()
    image = viewer.add_image(data.copy(), name="stack", contrast_limits=(0, 255), **of_image)
    painting.inputs.image_layer.value = image
    painting.inputs.mask_layer.value = viewer.add_labels(marks, **of_mask)
    painting.parameters.widgets["steps"].value = 1
    viewer.dims.set_current_step(0, 3)
    press(painting)
    assert errors() == []
    result = viewer.layers[-1]
    assert result.metadata[RECIPE]["image"]["index"] == [3] and result.units == image.units
    top, left = result.metadata[RECIPE]["image"]["part"][:2]
    np.testing.assert_allclose(result.data_to_world((0, 0, 0)), image.data_to_world((3, top, left)))
    painting.inputs.image_layer.value = image
    choose(painting, Choice(ALL, 0))
    press(painting)
    assert errors() == []
    assert [one["slice"] for one in viewer.layers[-1].metadata[SLICES]["slices"]] == [1, 3]


def test_layers_in_one_place_are_channels(painting: SynthesisDock, viewer: Viewer) -> None:
    viewer.layers.clear()
    layers = [viewer.add_image(noise(), name=name, **place) for name, place in (("a", UM), ("b", NM), ("c", UM))]
    painting.inputs.image_layer.value = layers[0]
    assert Choice(LAYERS) in [choice for choice, _ in offered(painting)]
    viewer.dims.set_current_step(0, 2)
    plane = of_layers(layers, World.of(viewer.dims))
    assert [one.index for one in plane.channels] == [(2,)] * 3
    layers[1].units = "um"
    with pytest.raises(ValueError, match="layer 'b' is not where 'a' is"):
        of_layers(layers, World.of(viewer.dims))


def test_a_new_mask_lies_on_the_slice_that_is_shown(painting: SynthesisDock, viewer: Viewer) -> None:
    viewer.layers.clear()
    image = viewer.add_image(noise(), **UM)
    viewer.add_image(noise(), **NM)
    painting.inputs.image_layer.value = image
    viewer.dims.set_current_step(0, 2)
    painting.inputs.new_mask.click()
    mask = painting.inputs.mask_layer.value
    assert mask.units == image.units and World.of(viewer.dims).index(mask) == (0,)
    np.testing.assert_allclose(mask.data_to_world((0, 3, 4)), image.data_to_world((2, 3, 4)))

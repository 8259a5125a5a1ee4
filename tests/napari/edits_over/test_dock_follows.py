"""What the dock makes of results over a picture: which it goes on with, what is undone, compared and written down."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import tifffile
from napari import Viewer
from napari.layers import Labels

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.keeper import Keeper
from napari_robust_synth._napari.layers.offers import ALL, CHANNELS, SHOWN, Choice
from napari_robust_synth._napari.layers.recipes import RECIPE
from tests.napari.conftest import errors
from tests.napari.scopes import SHAPE, choose, noise

from .conftest import FIRST, SECOND, THIRD, Edit

Settle = Callable[[], None]


def test_of_another_size_it_is_chosen(painting: SynthesisDock, viewer: Viewer, marks: Labels, edit: Edit) -> None:
    once = edit((1, *FIRST)).picture[0]
    painting.task.value = "super-resolve"
    painting.parameters.widgets["steps"].value = 1
    larger = edit((1, *SECOND))
    assert larger.picture.shape[1] > once.shape[0] and painting.inputs.image_layer.value is larger.layer
    before = larger.picture
    painting.task.value = "paint"
    painting.parameters.widgets["steps"].value = 1
    after = edit((1, *THIRD))
    assert after.layer is larger.layer and after.picture.shape == before.shape
    assert (after.picture != before).any() and errors() == []


def test_a_counterfactual_does_not_but_what_is_painted_after_it_does(
    painting: SynthesisDock, viewer: Viewer, edit: Edit
) -> None:
    region = painting.inputs.mask_layer.value
    painting.task.value = "counterfactual"
    painting.parameters.widgets["steps"].value = 2
    edit(FIRST)
    assert painting.inputs.image_layer.value is viewer.layers["photo"]
    painting.task.value = "paint"
    painting.inputs.mask_layer.value = region
    painting.parameters.widgets["steps"].value = 1
    once = edit(SECOND)
    assert painting.inputs.image_layer.value is once.layer
    before = once.picture
    twice = edit(THIRD)
    assert twice is once and twice.history.entries[twice.history.undo].task == "paint"
    np.testing.assert_array_equal(twice.picture[SECOND], before[SECOND])
    assert errors() == []


def test_a_source_that_is_chosen_again_stays_chosen(painting: SynthesisDock, viewer: Viewer, edit: Edit) -> None:
    once = edit(FIRST)
    photo = viewer.layers["photo"]
    assert painting.inputs.image_layer.value is once.layer
    painting.inputs.image_layer.value = photo
    for _ in range(2):
        assert edit(SECOND) is once and painting.inputs.image_layer.value is photo
        np.testing.assert_array_equal(once.picture[FIRST], photo.data[FIRST])
    assert len(once.history.children(once.history.root)) == 3 and errors() == []


def test_undo_follows_slices_of_channels(painting: SynthesisDock, viewer: Viewer, keeper: Keeper, edit: Edit) -> None:
    viewer.layers.clear()
    painting.inputs.image_layer.value = layer = viewer.add_image(noise("u1", (3, *SHAPE)), contrast_limits=(0, 255))
    painting.inputs.mask_layer.value = viewer.add_labels(np.zeros(SHAPE, np.uint8), name="marks")
    choose(painting, Choice(CHANNELS, 0))
    viewer.dims.set_current_step(0, 1)
    made = []
    for number in (1, 3):
        viewer.dims.set_current_step(1, number)
        made.append(edit((number, *FIRST)))
    viewer.dims.set_current_step(1, 1)
    assert keeper.active is made[0]
    keeper.activate(None)
    keeper.activate(layer)
    assert keeper.active is made[0]


def test_what_starts_from_the_file_says_so(
    painting: SynthesisDock, viewer: Viewer, keeper: Keeper, edit: Edit, settle: Settle, tmp_path: Path
) -> None:
    viewer.layers.clear()
    tifffile.imwrite(tmp_path / "stack.tif", noise(), photometric="minisblack")
    (source,) = viewer.open(str(tmp_path / "stack.tif"), plugin="napari")
    source.contrast_limits = (0, 255)
    painting.inputs.mask_layer.value = viewer.add_labels(np.zeros(SHAPE, np.uint8), name="marks")
    painting.inputs.image_layer.value = source
    viewer.dims.set_current_step(0, 1)

    def path() -> str | None:
        return edit((1, *FIRST)).layer.metadata[RECIPE]["image"]["path"]

    assert path() == str(tmp_path / "stack.tif") and path() is None
    for _ in range(2):
        keeper.undo()
        settle()
    assert path() == str(tmp_path / "stack.tif") and errors() == []


def test_the_original_is_shown_without_them(
    painting: SynthesisDock, viewer: Viewer, marks: Labels, keeper: Keeper, edit: Edit, settle: Settle
) -> None:
    choose(painting, Choice(ALL, 0))
    stacked = edit((slice(None), *FIRST))
    original = viewer.layers["stack"].data
    choose(painting, Choice(SHOWN))
    over = edit((1, *SECOND))
    for timeline in (stacked, over):
        viewer.layers.selection.active = timeline.layer
        keeper.compare(True)
        settle()
        assert not over.layer.visible and (stacked.layer.data is stacked.picture) == (timeline is over)
        keeper.compare(False)
        assert over.layer.visible and stacked.layer.data is stacked.picture
    assert (stacked.picture != original).any() and errors() == []

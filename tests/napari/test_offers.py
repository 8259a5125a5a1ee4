"""What an image offers: its slices and channels."""

import numpy as np
from napari import Viewer

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.layers.offers import ALL, CHANNELS, LAYERS, SHOWN, Choice

from .scopes import choose, offered


def test_what_an_image_offers(painting: SynthesisDock, viewer: Viewer) -> None:
    scope = painting.inputs.scope
    assert scope.isHidden(), "a colour picture has one plane"
    stack = viewer.add_image(np.zeros((2, 5, 20, 30)), axis_labels=("t", "c", "y", "x"), name="stack")
    painting.inputs.image_layer.value = stack
    assert not scope.isHidden() and scope.row.isHidden()
    assert [words for _, words in offered(painting)] == [
        "the slice shown",
        "all 2 of axis t",
        "all 5 of axis c",
        "axis c as RGB",
        "axis c as RGB, all 2 of axis t",
    ]
    choose(painting, Choice(CHANNELS, 1), 4, 1, 0)
    assert not scope.row.isHidden()
    viewer.layers["photo"].name = "other"
    viewer.add_labels(np.zeros((5, 5), np.uint8))
    assert scope.choice == Choice(CHANNELS, 1), "it stays"
    assert [combo.currentData() for combo in scope.colours] == [4, 1, 0]
    for name, colour in (("dna", "blue"), ("actin", "red"), ("tubulin", "green")):
        viewer.add_image(np.zeros((20, 30)), name=name, colormap=colour)
    viewer.add_image(np.zeros((20, 30)), name="moved", translate=(1, 0))
    painting.inputs.image_layer.value = viewer.layers["dna"]
    assert [words for _, words in offered(painting)] == ["this layer alone", "3 layers as RGB"]
    choose(painting, Choice(LAYERS))
    assert [combo.currentText() for combo in scope.colours] == ["actin", "tubulin", "dna"]
    assert [scope.colours[0].itemText(i) for i in range(scope.colours[0].count())] == ["dna", "actin", "tubulin"]
    viewer.layers.remove("actin")
    assert [c for c, _ in offered(painting)] == [Choice(SHOWN)] and scope.isHidden()


def test_all_is_offered_for_stacks_of_colour(painting: SynthesisDock, viewer: Viewer) -> None:
    painting.inputs.image_layer.value = viewer.add_image(np.zeros((3, 72, 96, 3), np.uint8), rgb=True)
    assert [choice for choice, _ in offered(painting)] == [Choice(SHOWN), Choice(ALL, 0)]

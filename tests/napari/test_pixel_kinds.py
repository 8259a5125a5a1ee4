"""Pixels that napari has no kind of layer for, or a type whose range says nothing."""

import numpy as np
import pytest
from napari.layers import Image

from napari_robust_synth._napari.layers.planes import read_plane
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth._napari.recipes.request import Replay
from napari_robust_synth._napari.recipes.result import laid_out
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Job, Made, Recipes, Translate, record


@pytest.mark.parametrize("dtype", ["int32", "uint32", "int64"])
def test_wide_integers_lie_between_the_contrast_limits(dtype: str, photo: np.ndarray, tiny: Classifier) -> None:
    plane = read_plane(Image(photo[..., 0].astype(dtype)), World((0, 0)))
    assert plane.limits == (0, photo[..., 0].max())
    job = Job(Translate(steps=2), tiny, image=plane.pixels(), label="church", value_range=plane.limits)
    result = job.run()
    assert result.dtype == dtype and (result != plane.pixels()).any()
    assert np.abs(result - photo[..., 0].astype(np.int64)).max() < 255


def test_wide_integers_in_colour_are_refused(photo: np.ndarray, tiny: Classifier) -> None:
    plane = read_plane(Image(photo.astype(np.int32), rgb=True), World((0, 0)))
    with pytest.raises(ValueError, match=r"int32 image has values from 0 to 252.*convert it to uint8"):
        Job(Translate(steps=2), tiny, image=plane.pixels(), label="church", value_range=plane.limits)


def test_grey_with_alpha_from_a_file_is_shown_in_colours(photo: np.ndarray, tiny: Classifier) -> None:
    pixels = photo[..., :2]
    job = Job(Translate(steps=1), tiny, image=pixels, label="church")
    recipes = Recipes(((0, record(job, 1, {"path": None, "sha256": "", "of": "file"})),))
    replayed = laid_out(Replay.of(recipes, None, pixels), Made(pixels, recipes), pixels, "")
    assert replayed.look["rgb"]
    for shown in (replayed.data, replayed.before):
        np.testing.assert_array_equal(shown, photo[..., [0, 0, 0, 1]])

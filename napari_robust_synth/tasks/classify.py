"""Which classes a classifier sees in a picture."""

from __future__ import annotations

from napari_robust_synth import core
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks.inputs import check_size


def classify(
    classifier: Classifier,
    image: core.Array,
    value_range: core.Range | None = None,
    *,
    size: int | None = None,
    top: int = 5,
) -> list[tuple[str, float]]:
    """Return the likeliest classes of a whole picture and their probabilities, best first.

    Parameters
    ----------
    classifier : Classifier
        What looks at the picture.
    image : array
        (H, W), (H, W, 3) or (H, W, 4), any integer or float dtype.
    value_range : (float, float), optional
        Values of black and white; the dtype's range by default (float: 0 to 1).
    size : int, optional
        Working size in pixels; the classifier's own by default.
    top : int
        How many classes at most.

    Raises
    ------
    ValueError
        When it is not a picture we can work on.
    """
    pixels = core.check_image(image)
    shape = core.working_shape(pixels.shape[:2], check_size(size or classifier.size))
    x = core.resample(core.to_tensor(pixels, core.dtype_range(pixels, value_range)), shape)
    best = classifier.probabilities(x.to(classifier.device))[0].topk(min(top, len(classifier.class_names)))
    names = [classifier.class_names[i] for i in best.indices.tolist()]
    return list(zip(names, best.values.tolist(), strict=True))

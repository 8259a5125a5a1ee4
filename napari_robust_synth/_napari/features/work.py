"""What the feature browser does in workers: open a model's features, draw them, pick from a region."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import astuple, dataclass
from threading import Event
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from napari_robust_synth._napari.layers.masks import Region
from napari_robust_synth._napari.layers.parts import choose_part
from napari_robust_synth._napari.layers.planes import Plane
from napari_robust_synth._napari.running.loading import classifier
from napari_robust_synth._napari.window.preferences import preferred_device
from napari_robust_synth._napari.window.worker_errors import explained
from napari_robust_synth.features.names import Names

if TYPE_CHECKING:
    from napari_robust_synth.features import Atlas, Raised
    from napari_robust_synth.features.making import Progress


@dataclass(frozen=True)
class Features:
    """All that is shown of a model's features.

    Parameters
    ----------
    model, sha256 : str
        Its name or folder, and its hash.
    class_names : tuple of str
        One for each row of ``weights``.
    weights : array
        (classes, C), of the last layer.
    atlas : Atlas or None
        What the features look like, when that is known.
    names : mapping
        The names given to some, and to groups.
    trouble : str
        What is wrong with the file of names, or nothing.
    """

    model: str
    sha256: str
    class_names: tuple[str, ...]
    weights: NDArray[np.float32]
    atlas: Atlas | None
    names: Names
    trouble: str = ""

    @property
    def n(self) -> int:
        """How many features there are."""
        return int(self.weights.shape[1])

    def about(self, component: int, n: int = 3) -> str:
        """Say for which classes a feature speaks most."""
        own = self.weights[:, component]
        best = [i for i in np.argsort(-own)[:n] if own[i] > 0]
        return "Speaks for " + ", ".join(self.class_names[i] for i in best) if best else "Speaks for no class"


def open_features(model: str) -> Features:
    """Load a classifier, and read what is kept of its features."""
    loaded = classifier(model, preferred_device())
    from napari_robust_synth.features import find_atlas, read_names
    from napari_robust_synth.models import find_model

    names: Names = {}
    trouble = ""
    try:
        names = read_names(loaded.sha256)
    except ValueError as error:
        trouble = str(error)
    weights = loaded.weights.detach().float().cpu().numpy()
    atlas = find_atlas(find_model(model), loaded.sha256)
    return Features(model, loaded.sha256, loaded.class_names, weights, atlas, names, trouble)


def draw_features(model: str) -> Generator[Progress | None, None, Atlas]:
    """Draw a model's atlas.

    Raises
    ------
    RunError
        For what the worker would swallow, out of memory included.
    """
    with explained():
        loaded = classifier(model, preferred_device())
        from napari_robust_synth.features import make_atlas
        from napari_robust_synth.features.atlas import atlas_path
        from napari_robust_synth.models import find_model

        return (yield from make_atlas(loaded, atlas_path(find_model(model), loaded.sha256)))


def pick_features(model: str, plane: Plane, region: Region, stop: Event) -> list[Raised] | None:
    """Return the features that a region raises most; None when it was stopped on the way."""
    loaded = classifier(model, preferred_device())
    if stop.is_set():
        return None
    from napari_robust_synth.features import eyedropper
    from napari_robust_synth.features.eyedropper import looking_size

    part = choose_part(plane, region, looking_size(loaded))
    if stop.is_set():
        return None
    pixels, marked = plane.pixels(part.slices), region.on(astuple(part))
    return None if stop.is_set() else eyedropper(loaded, pixels, marked, plane.limits)

"""The parts of a report; each is one file with a function `find` (no torch until one is asked for)."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from napari_robust_synth.evaluation.bench import Bench
    from napari_robust_synth.evaluation.results import Found
    from napari_robust_synth.models import Classifier


@dataclass(frozen=True)
class Part:
    """A part of the report.

    Parameters
    ----------
    name, title : str
        What it is called on the command line, and on the page.
    about : str
        What is done, for somebody who has not read the paper.
    rule : str
        When the classifier counts as fit, in words; empty where there is no verdict.
    reference : str
        Where the paper shows the same, and its numbers.
    uses : frozenset of str
        What of the bench its figures depend on, beside classifier, pictures and settings.
    task : bool
        Whether it is of something that people do with the classifier.
    """

    name: str
    title: str
    about: str
    rule: str
    reference: str
    uses: frozenset[str]
    task: bool = True

    def find(self, classifier: Classifier, bench: Bench) -> Found:
        """Measure a classifier."""
        module = import_module(f"{__name__}.{self.name.replace('-', '_')}")
        found: Found = module.find(classifier, bench)
        return found


JUDGED = frozenset({"judge"})
HALF = "Fit when the independent judge sees the class that was asked for in at least half of the pictures"
_ALL = (
    Part(
        "grid",
        "Every picture towards every class",
        "Each picture on the left is changed towards the class above each column.",
        "",
        "Figure 2.",
        JUDGED,
    ),
    Part(
        "generation",
        "Generation",
        "New pictures of each class, each from a seed: a random start with the colours and coarse shapes of the class.",
        f"{HALF}, starting from the model's own seeds. Recognised is not lifelike: how far they are from real "
        "pictures, FID says.",
        "Figure 3 and table 1: Inception Score 7.5 +- 0.1 (CIFAR-10) and 259.0 +- 4 (ImageNet), FID 36.0 (ImageNet), "
        "with the Inception network.",
        JUDGED | {"features", "mixture"},
    ),
    Part(
        "inpainting",
        "Inpainting",
        "A square of 60 in 224 pixels is taken out of each picture and filled; what is measured is inside the square.",
        "Fit when the filling is nearer to the true picture (LPIPS) than that of every simple method, and than the "
        "one that a run starts from.",
        "Figure 4.",
        frozenset({"distances"}),
    ),
    Part(
        "translation",
        "Translation",
        "Each picture is turned into another class.",
        f"{HALF}.",
        "Figure 5.",
        JUDGED | {"pair"},
    ),
    Part(
        "super-resolution",
        "Super-resolution",
        "Pictures of 28 and 32 pixels (means of 8 x 8 and 7 x 7 pixels of the true ones) are enlarged to 224.",
        "Fit when 8 times larger pictures are nearer to the true ones (LPIPS) than bicubic ones and than what a "
        "run starts from, at a PSNR at most 0.3 dB below that of bicubic ones.",
        "Figure 6: 21.53 dB [21.49, 21.58] against 21.30 of bicubic on ImageNet at 8 times.",
        frozenset({"distances"}),
    ),
    Part(
        "sketches",
        "Sketches",
        "The sample sketches are turned into every class.",
        f"{HALF}.",
        "Figure 7.",
        JUDGED,
    ),
    Part(
        "painting",
        "Painting features",
        "A feature (something that the classifier looks for, such as fur) is raised inside a square of 72 in 224 "
        "pixels, and nothing outside may change. Then a class is painted there; the judge is shown the square alone.",
        "Fit, for features, when the feature's activation inside is at least twice the usual one, the share "
        "of its gain that is inside at least twice the square's share of the area, and no pixel outside changes. That "
        "is the classifier's own measure; the pictures show what people see.",
        "Figure 8.",
        JUDGED,
    ),
    Part(
        "robustness",
        "Robustness",
        "What all of the above rests on: how often the classifier names a picture right, as it is and after somebody "
        "who knows the network has changed it as cunningly as possible, by at most a radius (the root of the summed "
        "squares of all changes, of 224 px and values from 0 to 1). A standard classifier falls to about 0 %.",
        "Fit when, at radius 3, at least a quarter of the pictures are still named right: from about there on, its "
        "gradients draw things that people see.",
        "Section 2.",
        frozenset({"torchattacks"}),
        task=False,
    ),
)
PARTS = {part.name: part for part in _ALL}

"""What is measured, in which unit, which way is better, and what it can't tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Better = Literal["higher", "lower", ""]


@dataclass(frozen=True)
class Metric:
    """A column of the report's tables."""

    title: str
    unit: str
    better: Better
    cannot_tell: str
    digits: int = 1


FOOLED = (
    "A judge may be fooled by changes that carry over from one classifier to another, which people do not see: read it "
    "beside the same number of a standard classifier, and look at the pictures."
)
METRICS: dict[str, Metric] = {
    "accuracy": Metric(
        "right",
        "%",
        "higher",
        "PGD finds most, not all, of the changes that deceive a classifier, so that the true accuracy under attack is "
        "at most this; and one may be right for reasons that no person shares.",
    ),
    "autoattack": Metric(
        "right under AutoAttack",
        "%",
        "higher",
        "It holds for this norm and radius only; other changes of a picture (turning it, fog) are not tried.",
    ),
    "judge": Metric("judge sees it", "%", "higher", FOOLED),
    "itself": Metric(
        "the classifier itself sees it",
        "%",
        "higher",
        "It only says that the run reached its aim: a standard classifier reaches 100 % with noise.",
    ),
    "distance": Metric(
        "distance",
        "L2 at 224 px",
        "",
        "A long way may be one good new object or noise everywhere: look at the pictures.",
    ),
    "lpips": Metric(
        "LPIPS",
        "",
        "lower",
        "It is the distance to the one true picture; another picture that is just as plausible counts as wrong.",
        3,
    ),
    "st_lpips": Metric(
        "ST-LPIPS",
        "",
        "lower",
        "Like LPIPS but blind to shifts by a pixel or two; it too knows only the one true picture.",
        3,
    ),
    "psnr": Metric(
        "PSNR",
        "dB",
        "higher",
        "It likes blur: whoever invents detail that could be true but is not loses against whoever invents none.",
        2,
    ),
    "fid": Metric(
        "FID",
        "",
        "lower",
        "It is too high for few pictures: compare only rows of the same n, and with the row of real pictures, the "
        "lowest to expect; a set of copies of real pictures would score best. Its interval takes the "
        "real pictures as given.",
        2,
    ),
    "inception": Metric(
        "Inception Score",
        "",
        "higher",
        "It never looks at real pictures: a single sharp picture of each class, over and over, scores best. It is "
        "taken in one split of all pictures; published ones are mostly means of ten, with their standard deviation.",
        2,
    ),
    "spread": Metric(
        "variety",
        "",
        "",
        "It is the mean distance between two pictures of a class (features of the judge): noise makes it large as "
        "well, so it should be near that of real pictures.",
        2,
    ),
    "gain": Metric(
        "activation inside",
        "times the usual",
        "higher",
        "It is measured with the classifier that painted; whether people see the thing, only the pictures show.",
    ),
    "kept": Metric(
        "gain that is inside",
        "%",
        "higher",
        "The feature map is coarse, and each of its cells sees wide surroundings: some of the gain outside is seen "
        "there, not made there.",
    ),
    "outside": Metric(
        "largest change outside", "0 to 255", "lower", "It says nothing of the seam: look at the pictures' edges.", 0
    ),
}

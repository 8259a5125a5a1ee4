"""Make the standard twin: the same features before adversarial training, with a linear head for our classes.

It starts where our classifier started and differs by the training alone, so it shows what robustness does for pictures.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from common import CLASSES, STDERR, report, share_ci
from rich.progress import track
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Subset
from torchvision.datasets import ImageFolder

from napari_robust_synth import Classifier
from napari_robust_synth.core import SeedStatistics
from napari_robust_synth.models.checkpoints import build, device_of, fill, read_tensors
from napari_robust_synth.training.config import read_config
from napari_robust_synth.training.data import centre_transform

SIZE = 112
PENALTY = 1e-3


def network(classes: int) -> nn.Module:
    """Build the ResNet-50 that the fetched features were trained as: version 1, strides on the first convolution."""
    module = build("resnet50", classes)
    for layer in ("layer2.0", "layer3.0", "layer4.0"):
        block = module.get_submodule(layer)
        block.conv1.stride, block.conv2.stride = (2, 2), (1, 1)
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.eps = 1.001e-5
    return module


def wrap(module: nn.Module, seeds: SeedStatistics | None, size: int = SIZE) -> Classifier:
    """Make it a classifier with our normalisation, names and order of classes."""
    config = read_config("default")
    names = [CLASSES[wnid] for wnid in sorted(CLASSES)]
    return Classifier(
        module, mean=config.mean, std=config.std, class_names=names, size=size, seeds=seeds, name="standard twin"
    )


def load_twin(path: Path, seeds: SeedStatistics | None, device: torch.device) -> Classifier:
    """Open a twin; it generates from the seeds of the classifier it is compared with."""
    module = network(len(CLASSES))
    module.load_state_dict(read_tensors(path))
    return wrap(module, seeds).to(device)


@torch.no_grad()
def represent(classifier: Classifier, data: Path, part: str, per_class: int) -> tuple[Tensor, Tensor]:
    """Return the features (N, 2048) and labels (N,) of the pictures of ``part``, at most ``per_class`` of each."""
    pictures = ImageFolder(data / part, centre_transform(SIZE))
    labels = np.asarray(pictures.targets)
    order = np.random.default_rng(0).permutation(len(labels))
    chosen = [i for c in range(len(CLASSES)) for i in order[labels[order] == c][:per_class].tolist()]
    features, targets = [], []
    batches = DataLoader(Subset(pictures, chosen), batch_size=32)
    for x, y in track(batches, f"features of {part}", console=STDERR):
        features.append(classifier.features(x.to(classifier.device)).cpu())
        targets.append(y)
    return torch.cat(features), torch.cat(targets)


def fit_head(x: Tensor, y: Tensor, classes: int) -> tuple[Tensor, Tensor]:
    """Fit a logistic regression by L-BFGS: weight (classes, features) and bias (classes,)."""
    scale = x.std()
    weight = torch.zeros(classes, x.shape[1], requires_grad=True)
    bias = torch.zeros(classes, requires_grad=True)
    solver = torch.optim.LBFGS([weight, bias], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        solver.zero_grad()
        value = F.cross_entropy(F.linear(x / scale, weight, bias), y) + PENALTY * weight.square().sum()
        value.backward()
        return value

    solver.step(loss)
    return weight.detach() / scale, bias.detach()


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("data", type=Path, help="folder with train/CLASS/picture and val/CLASS/picture")
    p.add_argument("features", type=Path, help="safetensors file of ImageNet ResNet-50 features")
    p.add_argument("-o", "--output", type=Path, required=True, help="file to write")
    p.add_argument("--per-class", type=int, default=100, help="training pictures of each class")
    p.add_argument("--device", default="auto")
    args = p.parse_args()
    module = network(len(CLASSES))
    fill(module, read_tensors(args.features), str(args.features), without="fc.")
    twin = wrap(module, None).to(device_of(args.device))
    weight, bias = fit_head(*represent(twin, args.data, "train", args.per_class), len(CLASSES))
    x, y = represent(twin, args.data, "val", args.per_class // 4)
    right = (F.linear(x, weight, bias).argmax(1) == y).tolist()
    module.fc.load_state_dict({"weight": weight, "bias": bias})
    state = {k: v.cpu().contiguous() for k, v in module.state_dict().items()}
    temporary = args.output.with_suffix(".part")
    save_file(state, temporary)
    temporary.replace(args.output)
    report({"benchmark": "standard twin", "clean accuracy": share_ci(right)})


if __name__ == "__main__":
    main()

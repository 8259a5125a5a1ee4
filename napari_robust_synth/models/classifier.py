"""What the tasks see of a network: logits, and the representation before the last linear layer."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor, nn

from napari_robust_synth.core.samples import per_sample
from napari_robust_synth.core.seeds import SeedStatistics
from napari_robust_synth.models.anatomy import Operation, dissect
from napari_robust_synth.models.paths import Packed, on_path, paths_here
from napari_robust_synth.models.precisions import PLAIN


class _StraightThrough(torch.autograd.Function):
    """A rectifier whose gradient is the identity: a dead unit could otherwise never be painted."""

    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, x: Tensor, rectify: Operation) -> Tensor:
        return rectify(x)

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, *grads: Tensor) -> tuple[Tensor, None]:
        return grads[0], None


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

    Logits and features have a straight-through gradient at the final rectifier. They are computed plainly in float32,
    or, after `quick`, on a quicker path; `probabilities` and `network` always are in float32.

    Parameters
    ----------
    module : nn.Module
        Maps images to class scores by a last linear layer; set to eval mode, and its parameters are frozen.
    mean, std : sequence of 3 floats
        Normalisation of pixels in [0, 1].
    class_names : sequence of str
        One readable name per logit.
    size : int
        Side of the square pictures it works on best, in pixels.
    representation : str or callable, optional
        Where the representation R(x) is: the graph node of the last feature map *before* its ReLU, as
        `torchvision.models.feature_extraction.get_graph_node_names` lists them, or a function of normalised
        images that gives it. By default it is found in the network's graph.
    head : str, optional
        Name of the last linear layer; by default the one that gives the scores.
    seeds : SeedStatistics, optional
        Class-conditional seed distributions, for ``generate``.
    sha256 : str
        Hash of weights and seed statistics, recorded in recipes.

    Raises
    ------
    ValueError
        When the number of class names is not the number of logits, or the representation can't be found.
    """

    def __init__(
        self,
        module: nn.Module,
        *,
        mean: Sequence[float],
        std: Sequence[float],
        class_names: Sequence[str],
        size: int,
        representation: str | Operation | None = None,
        head: str | None = None,
        seeds: SeedStatistics | None = None,
        name: str = "custom",
        sha256: str = "",
    ) -> None:
        module.eval().requires_grad_(False)
        parts = dissect(module, representation, head)
        if parts.head.out_features != len(class_names):
            raise ValueError(f"{len(class_names)} class names for a network with {parts.head.out_features} classes")
        self._normalised = partial(Normalised, mean=mean, std=std)
        self._trunk = self._normalised(parts.trunk).eval().to(memory_format=torch.channels_last)
        self._rectify, self._head = parts.rectify, parts.head
        self._paths: dict[str, Normalised | None] = {PLAIN: self._trunk}
        self.precision = PLAIN
        self.class_names = tuple(class_names)
        self.size = size
        self.seeds = seeds
        self.name = name
        self.sha256 = sha256

    def feature_map(self, x: Tensor) -> Tensor:
        """Map images (N, 3, H, W) in [0, 1] to the last feature map, (N, C, h, w), after its rectifier.

        Where the network has a hidden layer behind its maps (VGG), that layer is the representation, and h = w = 1.
        """
        rectified: Tensor = _StraightThrough.apply(self._map(x, self.precision), self._rectify)
        return rectified

    def features(self, x: Tensor) -> Tensor:
        """Map images to the representation R(x), (N, C): the feature map averaged over the picture."""
        return self._pool(self.feature_map(x))

    def logits(self, x: Tensor) -> Tensor:
        """Map images (N, 3, H, W) in [0, 1] to class scores, (N, classes)."""
        return self.scores(self.features(x))

    def scores(self, features: Tensor) -> Tensor:
        """Map representations (N, C) to class scores, (N, classes)."""
        return per_sample(self._head, features)

    def network(self, x: Tensor) -> Tensor:
        """Return the same scores with the true gradient, which is what an attack must descend."""
        return self.scores(self._pool(self._rectify(self._map(x, PLAIN))))

    def _map(self, x: Tensor, path: str) -> Tensor:
        trunk = self._paths[path]
        assert trunk is not None
        out: Tensor = trunk(x.contiguous(memory_format=torch.channels_last))
        return out if out.ndim == 4 else out[:, :, None, None]

    def _pool(self, maps: Tensor) -> Tensor:
        flat = maps.flatten(1)
        return flat if flat.shape[1] == self.n_features else per_sample(lambda x: x.mean((2, 3)), maps)

    def probabilities(self, x: Tensor) -> Tensor:
        """Map images to class probabilities, (N, classes), without a graph."""
        with torch.inference_mode():
            return self.network(x).softmax(1)

    @property
    def n_features(self) -> int:
        """Number of components of the representation."""
        return self._head.in_features

    @property
    def weights(self) -> Tensor:
        """Weights of the last linear layer, (classes, C): what a component counts for a class."""
        return self._head.weight

    @property
    def device(self) -> torch.device:
        """Where the network is."""
        return self._head.weight.device

    def to(self, device: str | torch.device) -> Classifier:
        """Move the network to a device, in place, and to the plain path."""
        self._trunk.to(device)
        self._head.to(device)
        self._paths, self.precision = {PLAIN: self._trunk}, PLAIN
        return self

    def quick(self) -> Classifier:
        """Return the same classifier on the quickest path that this machine has for it."""
        return next((c for c in map(self.on, paths_here(self.device)) if c.precision != PLAIN), self)

    def prepare(self, shape: Sequence[int]) -> None:
        """Make steps on pictures of one shape (N, 3, H, W) leave a window free to draw meanwhile.

        It takes up to a second, where the classifier is on a packed path, and changes no bit. It is done for the number
        of threads that PyTorch has now.
        """
        trunk = self._paths[self.precision]
        if trunk is not None and isinstance(trunk.module, Packed):
            trunk.module.prepare(torch.Size(shape))

    def on(self, precision: str) -> Classifier:
        """Return the same classifier on a path; in plain ``float32`` where this machine has no such path for it."""
        if precision not in self._paths:
            here = precision in paths_here(self.device)
            trunk = on_path(self._trunk.module, precision, self.size) if here else None
            self._paths[precision] = None if trunk is None else self._normalised(trunk)
        other = copy.copy(self)
        other.precision = precision if self._paths[precision] is not None else PLAIN
        return other

"""The ways to compute a network's feature map: the quickest that this machine is good at, or plainly in float32."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.fx import GraphModule

from napari_robust_synth.models.precisions import PACKED

if TYPE_CHECKING:
    from napari_robust_synth.models.straight import Straight

ALIKE = 0.98  # cosine between the feature maps of two paths: bfloat16 gives above 0.999
SIZES = 3  # of pictures that weights are laid out for at a time; each takes as much memory as the network in float32


class Packed(nn.Module):
    """A network whose weights are laid out for each size of picture that comes: float32 goes in and comes out.

    Weights laid out for one size take oneDNN to its slowest code at another.
    """

    def __init__(self, trunk: GraphModule, dtype: torch.dtype) -> None:
        super().__init__()
        self.trunk, self.dtype = trunk, dtype
        self.straight: dict[torch.Size, Straight | None] = {}
        self._laid_out: dict[torch.Size, GraphModule] = {}

    def forward(self, x: Tensor) -> Tensor:
        """Cast, compute, and cast back."""
        network: nn.Module | Straight = self._for(x.shape[2:])
        if torch.is_grad_enabled() and x.requires_grad:
            network = self.straight.get(x.shape) or network
        out: Tensor = network(x.to(self.dtype)).float()
        return out

    def prepare(self, shape: torch.Size) -> None:
        """Compile the network for inputs of one shape; see `straight`."""
        from napari_robust_synth.models.straight import straighten

        network = self._for(shape[2:])
        if shape not in self.straight:
            x = torch.rand(shape).to(self.dtype, memory_format=torch.channels_last)
            self.straight[shape] = straighten(network, x)

    def _for(self, size: torch.Size) -> GraphModule:
        """Return the network for pictures (h, w); of more than a few sizes the oldest goes."""
        from napari_robust_synth.models.packing import pack

        network = self._laid_out.get(size)
        if network is None:
            network = pack(self.trunk, (1, 3, *size), self.dtype)
            for old in list(self._laid_out)[: 1 - SIZES]:
                del self._laid_out[old]
                self.straight = {shape: kept for shape, kept in self.straight.items() if shape[2:] != old}
            self._laid_out[size] = network
        return network


def paths_here(device: torch.device) -> list[str]:
    """Return the paths that are quicker than the plain one on this machine, the quickest first.

    bfloat16 is, where the processor has instructions for it.
    """
    onednn = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    if device.type != "cpu" or not onednn or not _has_packed_convolutions():
        return []
    bfloat16 = any(_capable(name) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
    return [path for path in PACKED if bfloat16 or _dtype(path) == torch.float32]


def _dtype(path: str) -> torch.dtype:
    return torch.bfloat16 if path.startswith("bfloat16") else torch.float32


def _capable(check: str) -> bool:
    return bool(getattr(torch.cpu, check, lambda: False)())


def _has_packed_convolutions() -> bool:
    names = ("_convolution_pointwise", "_convolution_transpose_pointwise", "_reorder_convolution_weight")
    return all(hasattr(torch.ops.mkldnn, name) for name in names)


def on_path(trunk: nn.Module, path: str, size: int) -> Packed | None:
    """Return a network on one of the packed paths, or None where that does not give what the network gives.

    Parameters
    ----------
    trunk : nn.Module
        In eval mode, in float32, on the CPU.
    path : str
        A name in `PACKED`.
    size : int
        The side of the pictures to prepare it for, in pixels; others work, too.
    """
    if not isinstance(trunk, GraphModule):
        return None
    probe = torch.rand((1, 3, size, size), generator=torch.Generator().manual_seed(0))
    probe = probe.contiguous(memory_format=torch.channels_last)
    try:
        packed = Packed(trunk, _dtype(path))
        with torch.no_grad():
            one, other = trunk(probe).flatten(), packed(probe).flatten()
    except (RuntimeError, TypeError, ValueError, AttributeError):  # a layer that the path does not know
        return None
    return packed if torch.cosine_similarity(one, other, dim=0) > ALIKE else None

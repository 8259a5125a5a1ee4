"""The ways to compute a network's feature map: the quickest that this machine is good at, or plainly in float32."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.fx import GraphModule

from napari_robust_synth.models.precisions import PACKED

if TYPE_CHECKING:
    from napari_robust_synth.models.straight import Straight

ALIKE = 0.98  # cosine between the feature maps of two paths: bfloat16 gives above 0.999
LAYOUTS = 3  # of weights that are kept at a time; each takes as much memory as the network, twice


@dataclass(frozen=True)
class Layout:
    """A network with its weights laid out, and its compiled steps, by the shape of what goes in; see `straight`."""

    network: GraphModule
    straight: dict[torch.Size, Straight | None] = field(default_factory=dict)


class Packed(nn.Module):
    """A network whose weights are laid out for what comes: float32 goes in and comes out.

    Weights laid out for one size of picture take oneDNN to its slowest code at another; in float32 those for one number
    of pictures, or of threads, do so, too.
    """

    def __init__(self, trunk: GraphModule, dtype: torch.dtype) -> None:
        super().__init__()
        self.dtype = dtype
        self.laid_out = lru_cache(LAYOUTS)(partial(_lay_out, trunk, dtype))

    def forward(self, x: Tensor) -> Tensor:
        """Cast, compute, and cast back."""
        layout = self._layout(x.shape)
        network: nn.Module | Straight = layout.network
        if torch.is_grad_enabled() and x.requires_grad:
            network = layout.straight.get(x.shape) or network
        out: Tensor = network(x.to(self.dtype)).float()
        return out

    def prepare(self, shape: torch.Size) -> None:
        """Compile the network for inputs of one shape; without the memory for it, steps go on as they are."""
        from napari_robust_synth.models.straight import straighten

        with suppress(MemoryError, RuntimeError):
            layout = self._layout(shape)
            if shape not in layout.straight:
                x = torch.rand(shape).to(self.dtype, memory_format=torch.channels_last)
                layout.straight[shape] = straighten(layout.network, x)

    def _layout(self, shape: torch.Size) -> Layout:
        if self.dtype == torch.float32:
            return self.laid_out(shape, torch.get_num_threads())
        return self.laid_out(torch.Size((1, *shape[1:])), 0)


def _lay_out(trunk: GraphModule, dtype: torch.dtype, shape: torch.Size, threads: int) -> Layout:
    """Pack a network for inputs of one shape; oneDNN itself looks how many ``threads`` there are."""
    from napari_robust_synth.models.packing import pack

    return Layout(pack(trunk, shape, dtype))


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

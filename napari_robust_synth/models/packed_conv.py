"""A convolution whose weights are laid out once, for both directions.

A step at batch 1 is short: laying out 25 million weights anew in every convolution, as `torch.nn.Conv2d` does, takes
longer than the arithmetic. The operators are those that `torch.compile` itself puts in place of frozen convolutions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable


class PackedConv(nn.Module):
    """A frozen convolution, with what directly follows it: another branch is added, the sum is rectified.

    Parameters
    ----------
    conv : nn.Conv2d
        With the batch norm folded in.
    inputs, outputs : sequence of 4 ints
        Shapes to lay the weights out for; others work, too.
    dtype : torch.dtype
        Of weights and activations.
    rectified : bool
        Whether a ReLU follows.
    """

    def __init__(
        self, conv: nn.Conv2d, inputs: Sequence[int], outputs: Sequence[int], dtype: torch.dtype, *, rectified: bool
    ) -> None:
        super().__init__()
        weight = conv.weight.detach().to(dtype)
        self.bias = None if conv.bias is None else conv.bias.detach().to(dtype)
        self.padding, self.stride = [int(p) for p in conv.padding], list(conv.stride)
        self.dilation, self.kernel, self.groups = list(conv.dilation), list(conv.kernel_size), conv.groups
        self.rectified, self.shape, last = rectified, tuple(weight.shape), (self.stride, self.dilation, self.groups)
        ops = torch.ops.mkldnn
        self.weight = ops._reorder_convolution_weight(weight, self.padding, *last, list(inputs))
        missing = self._missing(inputs, outputs)
        self.back = ops._reorder_convolution_transpose_weight(weight, self.padding, missing, *last, list(outputs))

    def forward(self, x: Tensor, other: Tensor | None = None) -> Tensor:
        """Convolve, add ``other``, rectify."""
        out: Tensor = _Convolve.apply(x, other, self)
        return out

    def convolve(self, x: Tensor, other: Tensor | None) -> Tensor:
        """Do so without a graph."""
        geometry = (self.weight, self.bias, self.padding, self.stride, self.dilation, self.groups)
        convolve = torch.ops.mkldnn._convolution_pointwise
        out: Tensor
        if other is None:
            out = convolve(x, *geometry, "relu" if self.rectified else "none", [], "")
        else:
            out = convolve.binary(x, other, *geometry, "add", 1.0, "relu" if self.rectified else None, [], None)
        return out

    def gradient(self, grad: Tensor, inputs: Sequence[int]) -> Tensor:
        """Return the gradient of the convolution's input, which is a transposed convolution."""
        missing = self._missing(inputs, grad.shape)
        geometry = (self.back, None, self.padding, missing, self.stride, self.dilation, self.groups)
        out: Tensor = torch.ops.mkldnn._convolution_transpose_pointwise(grad, *geometry, "none", [], "")
        return out

    def _missing(self, inputs: Sequence[int], outputs: Sequence[int]) -> list[int]:
        """Return how many rows and columns of the input no window reached."""
        reach = [d * (k - 1) + 1 for d, k in zip(self.dilation, self.kernel, strict=True)]
        sides = zip(inputs[2:], outputs[2:], self.stride, self.padding, reach, strict=True)
        return [side - ((out - 1) * stride - 2 * pad + window) for side, out, stride, pad, window in sides]


class _Convolve(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, other: Tensor | None, conv: PackedConv) -> Tensor:
        out = conv.convolve(x, other)
        ctx.conv, ctx.inputs, ctx.added = conv, x.shape, other is not None
        ctx.save_for_backward(out if conv.rectified else None)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor | None, None]:
        (out,) = ctx.saved_tensors
        if out is not None:
            grad = torch.ops.aten.threshold_backward(grad, out, 0)
        return ctx.conv.gradient(grad, ctx.inputs), grad if ctx.added else None, None

"""A network's step as two calls, forth and back, that Python has no part in.

Computed operator by operator, a step waits for Python's lock after each of them, and a window that draws holds it for
many milliseconds at a time. The pixels are the same to the last bit.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.fx import Graph, GraphModule, Node

from napari_robust_synth.models.tracing import trace

Call = Callable[..., tuple[Tensor, ...]]
# it is deprecated, but nothing else runs without a compiler or Python
SAID_BY_SCRIPT = (r"`torch\.jit\.script` is (deprecated|not supported)", "The TorchScript type system doesn't support")


@dataclass(frozen=True)
class Straight:
    """``forth(x) -> (out, *kept)`` and ``back(*kept, grad) -> (gradient of x,)``, for one shape of ``x``."""

    forth: Call
    back: Call

    def __call__(self, x: Tensor) -> Tensor:
        """Compute what the network gives, with a gradient."""
        out: Tensor = _Forth.apply(x, self)
        return out


class _Forth(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, straight: Straight) -> Tensor:
        out, *kept = straight.forth(x)
        ctx.straight = straight
        ctx.save_for_backward(*kept)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        (gradient,) = ctx.straight.back(*ctx.saved_tensors, grad)
        return gradient, None


def straighten(module: nn.Module, x: Tensor) -> Straight | None:
    """Compile a frozen network for the shape and type of ``x`` (N, 3, H, W); None where that can't be done.

    It takes about a third of a second.
    """
    expected = _step(module, x)
    try:
        straight = _compile(module, 1 - x, expected[0])  # on other pixels: a graph that has kept these is found out
        ours = [_step(straight, x) for _ in range(2)][1]  # the second run is the one that it will stay with
    except (MemoryError, RuntimeError, TypeError, ValueError, AttributeError, LookupError):
        return None
    return straight if all(torch.equal(a, b) for a, b in zip(ours, expected, strict=True)) else None


def _step(network: Callable[[Tensor], Tensor], x: Tensor) -> tuple[Tensor, Tensor]:
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        out = network(x)
        (gradient,) = torch.autograd.grad(out.square().sum(), x)
    return out.detach(), gradient


def _compile(module: nn.Module, x: Tensor, out: Tensor) -> Straight:
    def both(x: Tensor, grad: Tensor) -> tuple[Tensor, Tensor]:
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            y = module(x)
            y.register_hook(lambda _: grad)  # handed to `grad`, PyTorch would import a computer algebra system
            return y.detach(), torch.autograd.grad(y.sum(), x)[0]

    whole = trace(both, x, torch.ones_like(out))
    *nodes, output = whole.graph.nodes
    start, grad = (node for node in nodes if node.op == "placeholder")
    result, gradient = output.all_input_nodes
    late = {grad}
    for node in nodes:
        if late.intersection(node.all_input_nodes):
            late.add(node)
    kept = [n for n in nodes if n not in late and n.op != "get_attr" and late.intersection(n.users)]
    for said in SAID_BY_SCRIPT:
        warnings.filterwarnings("ignore", said)  # for good: `catch_warnings` of another thread would undo its own here
    forth = torch.jit.script(_part(whole, [start], [result, *kept]))
    back = torch.jit.script(_part(whole, [*kept, grad], [gradient]))
    return Straight(forth, back)


def _part(whole: GraphModule, inputs: Sequence[Node], outputs: Sequence[Node]) -> GraphModule:
    """Return what leads from some nodes of a graph to others."""
    graph = Graph()
    copies = {node: graph.placeholder(node.name) for node in inputs}
    for node in whole.graph.nodes:
        known = node not in copies and node.op not in ("placeholder", "output")
        if known and all(n in copies for n in node.all_input_nodes):
            copies[node] = copy = graph.node_copy(node, copies.__getitem__)
            if isinstance(copy.target, torch._ops.OpOverload):
                copy.target = copy.target.overloadpacket  # what scripts know
    graph.output(tuple(copies[node] for node in outputs))
    graph.eliminate_dead_code()
    return GraphModule(whole, graph)

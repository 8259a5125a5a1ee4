"""The quick path on a CPU: batch norms folded into convolutions, and those packed; see `packed_conv`."""

from __future__ import annotations

import copy
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.fx import GraphModule, Interpreter, Node
from torch.nn.utils.fusion import fuse_conv_bn_eval

from napari_robust_synth.models.packed_conv import PackedConv

ADDITIONS = (operator.add, operator.iadd, torch.add)
RECTIFIERS = (nn.functional.relu, torch.relu)


@dataclass
class _Chain:
    """A convolution's node and those after it that it takes over."""

    conv: nn.Conv2d
    nodes: list[Node]
    other: Node | None = None
    rectified: bool = False


class _Shapes(Interpreter):
    """Notes the shape of what each node gives; `ShapeProp` would import a computer algebra system to do so."""

    def run_node(self, n: Node) -> Any:
        out = super().run_node(n)
        if isinstance(out, Tensor):
            n.meta["shape"] = out.shape
        return out


@torch.inference_mode(False)
@torch.no_grad()
def pack(trunk: GraphModule, shape: Sequence[int], dtype: torch.dtype) -> GraphModule:
    """Return a copy of a network in eval mode with packed convolutions; what else is in it is shared, or cast.

    Parameters
    ----------
    trunk : GraphModule
        Maps (N, 3, H, W) to a tensor.
    shape : 4 ints
        The input to lay the weights out for; others work, too.
    dtype : torch.dtype
        What the copy takes, computes in and returns.
    """
    _Shapes(trunk).run(torch.zeros(tuple(shape)))
    packed = GraphModule(trunk, copy.deepcopy(trunk.graph))
    modules = dict(packed.named_modules())
    for node in list(packed.graph.nodes):
        module = modules.get(node.target) if node.op == "call_module" else None
        if isinstance(module, nn.Conv2d) and module.padding_mode == "zeros" and not isinstance(module.padding, str):
            _replace(packed, _chain(node, module, modules), dtype)
        elif module is not None and dtype != torch.float32 and not isinstance(module, nn.modules.batchnorm._BatchNorm):
            packed.set_submodule(node.target, copy.deepcopy(module).to(dtype))
    packed.graph.eliminate_dead_code()
    packed.delete_all_unused_submodules()
    packed.recompile()
    return packed


def _chain(node: Node, conv: nn.Conv2d, modules: dict[str, nn.Module]) -> _Chain:
    chain = _Chain(conv, [node])

    def follows(fits: Callable[[Node], bool]) -> bool:
        users = list(chain.nodes[-1].users)
        found = len(users) == 1 and fits(users[0])
        chain.nodes.extend(users if found else [])
        return found

    def calls(kind: type[nn.Module]) -> Callable[[Node], bool]:
        return lambda n: n.op == "call_module" and isinstance(modules[str(n.target)], kind)

    if follows(calls(nn.BatchNorm2d)):
        norm = modules[str(chain.nodes[-1].target)]
        assert isinstance(norm, nn.BatchNorm2d)
        chain.conv = fuse_conv_bn_eval(conv, norm)
    if follows(_adds_a_branch):
        chain.other = next(n for n in chain.nodes[-1].all_input_nodes if n is not chain.nodes[-2])
    relu, call = calls(nn.ReLU), RECTIFIERS
    chain.rectified = follows(lambda n: relu(n) or (n.op == "call_function" and n.target in call))
    return chain


def _adds_a_branch(node: Node) -> bool:
    """Return whether a node adds two branches of one shape, and nothing else."""
    if node.op != "call_function" or node.target not in ADDITIONS or node.kwargs or len(node.all_input_nodes) != 2:
        return False
    one, two = (n.meta["shape"] for n in node.all_input_nodes)
    return bool(one == two)


def _replace(packed: GraphModule, chain: _Chain, dtype: torch.dtype) -> None:
    first, end = chain.nodes[0], chain.nodes[-1]
    inputs, outputs = (n.meta["shape"] for n in (first.all_input_nodes[0], first))
    packed.set_submodule(str(first.target), PackedConv(chain.conv, inputs, outputs, dtype, rectified=chain.rectified))
    branches = (first.args[0],) if chain.other is None else (first.args[0], chain.other)
    with packed.graph.inserting_before(end):
        new = packed.graph.call_module(str(first.target), branches)
    new.meta = end.meta
    end.replace_all_uses_with(new)

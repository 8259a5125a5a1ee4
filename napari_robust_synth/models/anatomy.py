"""Where a network's representation is: its graph, cut before the final rectifier that feeds the last linear layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock, get_ident
from typing import Any

from torch import Tensor, nn
from torch.fx import GraphModule, Node
from torch.nn import functional

from napari_robust_synth.models.vision import NodePathTracer

Operation = Callable[[Tensor], Tensor]
Modules = Mapping[str, nn.Module]
RECTIFIERS: dict[type[nn.Module] | str, Operation] = {
    nn.ReLU: functional.relu,
    nn.ReLU6: functional.relu6,
    nn.Hardswish: functional.hardswish,
    "relu": functional.relu,
    "relu6": functional.relu6,
    "hardswish": functional.hardswish,
}
# What may lie between the representation's feature map and the last linear layer.
POOLING = (nn.AdaptiveAvgPool2d, nn.AvgPool2d, nn.Flatten, nn.Dropout, nn.Identity)
_TRACING = Lock()
"""Two at once would leave modules patched for good."""
POOLING_CALLS = {"adaptive_avg_pool2d", "avg_pool2d", "mean", "flatten", "view", "reshape", "dropout"}


@dataclass(frozen=True)
class Anatomy:
    """A network in two parts: ``head(pool(rectify(trunk(x))))``."""

    trunk: nn.Module
    rectify: Operation
    head: nn.Linear


def _nothing(x: Tensor) -> Tensor:
    return x


class _Called(nn.Module):
    def __init__(self, network: nn.Module, call: Operation) -> None:
        super().__init__()
        self.network, self.call = network, call

    def forward(self, x: Tensor) -> Tensor:
        return self.call(x)


def dissect(module: nn.Module, representation: str | Operation | None = None, head: str | None = None) -> Anatomy:
    """Cut a network in eval mode; the parts share its parameters.

    Parameters
    ----------
    module : nn.Module
        Maps images (N, 3, H, W) to scores (N, classes).
    representation : str or callable, optional
        The graph node of the last feature map, before the final rectifier, as
        `torchvision.models.feature_extraction.get_graph_node_names` names it; or, for networks that can't be traced,
        a function of (N, 3, H, W) that gives the representation. Found from the graph by default.
    head : str, optional
        Name of the last linear layer; the one that gives the scores by default.

    Raises
    ------
    ValueError
        When a part is not there or can't be found: which of the two to give.
    """
    kind, modules = type(module).__name__, dict(module.named_modules())
    if head is not None and not isinstance(modules.get(head), nn.Linear):
        raise ValueError(f"head {head!r} of {kind} is no linear layer: name the last linear layer")
    if representation is not None and not isinstance(representation, str):
        linears = [m for name, m in modules.items() if isinstance(m, nn.Linear) and head in (None, name)]
        if not linears:
            raise ValueError(f"{kind} has no linear layer, expected one that gives the scores")
        return Anatomy(_Called(module, representation), _nothing, linears[-1])
    tracer = _Tracer()
    try:
        with _TRACING:
            graph = tracer.trace(module)
    except Exception as error:  # whatever the network's own code raises when it is given a proxy
        reason = " ".join(str(error).split())[:200]
        raise ValueError(f"{kind} can't be traced ({reason}): give its representation as a function") from None
    *_, output = graph.nodes
    last = _unpooled(output.all_input_nodes[0], modules)
    found = next((n for n in graph.nodes if n.op == "call_module" and n.target == head), last)
    linear = modules.get(str(found.target))
    if not isinstance(linear, nn.Linear):
        raise ValueError(f"the scores of {kind} do not come from a linear layer: name the last linear layer as head")
    if representation is None:
        node, rectify = _before(found.all_input_nodes[0], modules)
    else:
        node, rectify = _named(tracer.node_to_qualname, representation, modules)
    output.args = (node,)
    trunk = GraphModule(module, graph)
    trunk.graph.eliminate_dead_code()
    trunk.delete_all_unused_submodules()
    trunk.recompile()
    return Anatomy(trunk, rectify, linear)


class _Tracer(NodePathTracer):  # type: ignore[misc]
    """Follows its own thread alone: while it traces, PyTorch hands it what all threads call, such as a run's."""

    def __init__(self) -> None:
        super().__init__()
        self._thread = get_ident()

    def call_module(self, m: nn.Module, forward: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Call a module of another thread as if nothing were traced."""
        own = get_ident() == self._thread
        return super().call_module(m, forward, args, kwargs) if own else forward(*args, **kwargs)


def _unpooled(node: Node, modules: Modules) -> Node:
    while _pools(node, modules):
        node = node.all_input_nodes[0]
    return node


def _before(node: Node, modules: Modules) -> tuple[Node, Operation]:
    node = _unpooled(node, modules)
    rectify = _rectifier(node, modules)
    return (node.all_input_nodes[0], rectify) if rectify else (node, _nothing)


def _named(names: Mapping[Node, str], name: str, modules: Modules) -> tuple[Node, Operation]:
    for node in names:
        if names[node] == name:
            rectifiers = (_rectifier(user, modules) for user in node.users)
            return node, next(filter(None, rectifiers), _nothing)
    raise ValueError(f"there is no graph node {name!r}: see torchvision's get_graph_node_names")


def _pools(node: Node, modules: Modules) -> bool:
    if node.op == "call_module":
        return isinstance(modules[str(node.target)], POOLING)
    return _called(node) in POOLING_CALLS


def _rectifier(node: Node, modules: Modules) -> Operation | None:
    return RECTIFIERS.get(type(modules[str(node.target)]) if node.op == "call_module" else _called(node))


def _called(node: Node) -> str:
    return {"call_function": getattr(node.target, "__name__", ""), "call_method": str(node.target)}.get(node.op, "")

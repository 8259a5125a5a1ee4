"""A computation as the graph of the operators it calls, gradients among them.

PyTorch's own tracer, `make_fx`, imports its compiler: one or two seconds, 140 MB, and triton, which crashes in a
process where Mesa's OpenGL has loaded another LLVM.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor, nn
from torch.fx import Graph, GraphModule, Node
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map_only


def trace(call: Callable[..., Sequence[Tensor]], *inputs: Tensor) -> GraphModule:
    """Call with tensors, and return the graph of what that did; other tensors that it took are constants of it."""
    recorder = _Recorder(inputs)
    with recorder:
        outputs = call(*inputs)
    recorder.graph.output(tuple(map(recorder.node, outputs)))
    return GraphModule(recorder.root, recorder.graph)


class _Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    def __init__(self, inputs: Sequence[Tensor]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.graph, self.root = Graph(), nn.Module()
        self._nodes: dict[int, Node] = {}
        self._tensors: list[Tensor] = []  # a tensor that is gone would lend its id to another
        for number, tensor in enumerate(inputs):
            self._note(tensor, self.graph.placeholder(f"input_{number}"))

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Keep PyTorch from telling its compiler, which it would import, to stay away."""
        return False

    def _note(self, tensor: Tensor, node: Node) -> None:
        self._tensors.append(tensor)
        self._nodes[id(tensor)] = node

    def node(self, tensor: Tensor) -> Node:
        """Return what a tensor is in the graph."""
        if id(tensor) not in self._nodes:
            name = f"constant_{len(self._tensors)}"
            setattr(self.root, name, tensor)
            self._note(tensor, self.graph.get_attr(name))
        return self._nodes[id(tensor)]

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        node = self.graph.call_function(func, *tree_map_only(Tensor, self.node, (args, kwargs)))
        out = func(*args, **kwargs)
        if isinstance(out, Tensor):
            self._note(out, node)
        else:
            for number, part in enumerate(out):
                if isinstance(part, Tensor):
                    self._note(part, self.graph.call_function(operator.getitem, (node, number)))
        return out

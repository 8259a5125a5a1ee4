import pytest
import torch
from torch import Tensor, nn

from napari_robust_synth.models.straight import straighten
from napari_robust_synth.models.tracing import trace

CALLS = {
    "several outputs": lambda x, y: nn.functional.max_pool2d(x, 2, return_indices=True),
    "one of several": lambda x, y: (x.topk(2).values, torch.var_mean(x, 1)[1]),
    "in place": lambda x, y: (x.clone().add_(y).relu_(),),
    "a constant": lambda x, y: (x * torch.arange(4.0), torch.ones(2)),
    "a gradient": lambda x, y: torch.autograd.grad((x.requires_grad_().sigmoid() * y).sum(), x),
}


def pictures() -> tuple[Tensor, Tensor]:
    return torch.rand(1, 3, 4, 4), torch.rand(1, 3, 4, 4)


@pytest.mark.parametrize("name", CALLS)
def test_a_graph_gives_for_other_inputs_what_the_computation_gives(name: str) -> None:
    graph, (x, y) = trace(CALLS[name], *pictures()), pictures()
    assert all(map(torch.equal, graph(x, y), CALLS[name](x, y)))


class Forgetful(nn.Module):
    """A network that goes a way past the operators; ``of`` is what it takes on it."""

    def __init__(self, of: str) -> None:
        super().__init__()
        self.of = of

    def forward(self, x: Tensor) -> Tensor:
        if self.of == "pixels":
            return x * torch.from_numpy(x.detach().numpy().copy())
        out = x.sin()
        out.register_hook(lambda grad: torch.from_numpy(grad.numpy().copy()))
        return out * 1


@pytest.mark.parametrize("of", ["pixels", "gradient"])
def test_what_a_graph_would_keep_is_found_out(of: str) -> None:
    assert straighten(Forgetful(of), pictures()[0]) is None

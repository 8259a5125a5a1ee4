"""A sample's sums are the same to the bit in any batch."""

import pytest
import torch

from napari_robust_synth.core.samples import per_sample
from napari_robust_synth.core.sets import L2Ball, l2_norm, l2_unit


@pytest.mark.parametrize("function", [l2_norm, l2_unit, lambda x: L2Ball(x.clamp(0, 1), 0.1).project(x)])
@pytest.mark.parametrize("side", [5, 160])  # above 104 px a sum over one picture is shared out among threads
def test_in_a_batch_and_alone(function: object, side: int) -> None:
    x = torch.randn((6, 3, side, side), generator=torch.Generator().manual_seed(0))
    assert torch.equal(function(x), torch.cat([function(one) for one in torch.split(x, 1)]))


def test_one_call_on_a_device_without_order() -> None:
    calls = []
    x = torch.zeros((4, 2), device="meta")
    assert per_sample(lambda x: calls.append(len(x)) or x, x) is x
    assert calls == [4]


def test_a_radius_for_each() -> None:
    center, eps = torch.full((2, 3, 4, 4), 0.5), torch.tensor([0.1, 0.3]).view(2, 1, 1, 1)
    moved = L2Ball(center, eps).project(center + 0.3)
    assert torch.allclose(l2_norm(moved - center), eps)
    with pytest.raises(ValueError, match="a ball needs a radius above 0"):
        L2Ball(center, eps - 0.1)

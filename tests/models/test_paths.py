"""The quick path: the same network, its convolutions packed."""

import warnings
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from napari_robust_synth.models import Classifier
from napari_robust_synth.models.architectures import build
from napari_robust_synth.models.packed_conv import PackedConv
from napari_robust_synth.models.paths import Packed, paths_here
from napari_robust_synth.models.precisions import PACKED, PLAIN

CPU = torch.device("cpu")
PACKABLE = ["resnet18", "resnet50", "densenet121", "mobilenet_v2", "mobilenet_v3_small", "shufflenet_v2_x0_5"]
SHAPES = [(1, 3, 64, 64), (3, 3, 64, 64), (2, 3, 75, 98)]

pytestmark = pytest.mark.skipif(not paths_here(CPU), reason="oneDNN is not in this PyTorch")


def classifier(arch: str) -> Classifier:
    torch.manual_seed(0)
    module = build(arch, 3)
    for norm in module.modules():
        if isinstance(norm, nn.BatchNorm2d):
            nn.init.uniform_(norm.running_mean, -0.1, 0.1)
            nn.init.uniform_(norm.weight, 0.5, 1.5)
    return Classifier(module, mean=(0.5,) * 3, std=(0.25,) * 3, class_names=("a", "b", "c"), size=64)


def packed_in(quick: Classifier) -> Packed:
    return quick._paths[quick.precision].module


def gradient(of: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    x = x.clone().requires_grad_()
    (grad,) = torch.autograd.grad(of(x).square().mean(), x)
    return grad


def along(one: Tensor, other: Tensor) -> float:
    one, other = (x.detach().flatten().double() for x in (one, other))
    return float(one @ other / (one.norm() * other.norm()))


@pytest.mark.parametrize("arch", PACKABLE)
def test_packed_float32_is_the_network(arch: str) -> None:
    plain = classifier(arch)
    packed = plain.on("float32 packed")
    assert packed.precision == "float32 packed" and plain.precision == PLAIN
    assert any(isinstance(m, PackedConv) for m in packed_in(packed)._layout(torch.Size(SHAPES[0])).network.modules())
    for shape in SHAPES:
        x = torch.rand(shape, generator=torch.Generator().manual_seed(1))
        expected, scale = plain.feature_map(x), plain.feature_map(x).abs().max().item()
        torch.testing.assert_close(packed.feature_map(x), expected, rtol=1e-4, atol=1e-5 * scale)
        assert along(gradient(packed.feature_map, x), gradient(plain.feature_map, x)) > 1 - 1e-4


def test_bfloat16_is_near() -> None:
    plain = classifier("resnet18")
    quick = plain.on("bfloat16 packed")
    if "bfloat16 packed" not in paths_here(CPU):
        assert quick.precision == PLAIN
        return
    x = torch.rand(SHAPES[2])
    assert quick.feature_map(x).dtype == torch.float32
    assert along(quick.feature_map(x), plain.feature_map(x)) > 0.999
    assert along(gradient(quick.logits, x), gradient(plain.logits, x)) > 0.9


def test_the_quickest_is_taken_and_readings_stay_plain() -> None:
    plain = classifier("resnet18")
    quick = plain.quick()
    assert quick.precision == paths_here(CPU)[0]
    x = torch.rand(SHAPES[0])
    assert torch.equal(quick.probabilities(x), plain.probabilities(x))
    assert torch.equal(quick.network(x), plain.network(x))
    assert quick.on(PLAIN).precision == PLAIN and torch.equal(quick.on(PLAIN).logits(x), plain.logits(x))


def test_packing_is_done_once_for_all_copies() -> None:
    plain = classifier("resnet18")
    one, other = plain.on("float32 packed"), plain.on(PLAIN).on("float32 packed")
    assert one._paths is other._paths and set(one._paths) == {PLAIN, "float32 packed"}


def test_without_the_instructions_it_is_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    for check in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        monkeypatch.setattr(torch.cpu, check, lambda: False)
    assert paths_here(CPU) == ["float32 packed"]
    plain = classifier("resnet18")
    assert plain.quick().precision == "float32 packed"
    assert plain.on("bfloat16 packed").precision == PLAIN


def test_without_onednn_it_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    assert paths_here(CPU) == []
    plain = classifier("resnet18")
    assert plain.quick() is plain


class Odd(nn.Module):
    """A network with what a packed path does not do: an operator that breaks in another type."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.fc = nn.Conv2d(3, 4, 3), nn.Linear(4, 3)
        self.shift = nn.Parameter(torch.ones(4, 4))

    def forward(self, x: Tensor) -> Tensor:
        maps = torch.einsum("nchw,cd->ndhw", self.conv(x), self.shift)
        return self.fc(nn.functional.relu(maps).mean((2, 3)))


def test_what_breaks_in_bfloat16_is_packed_in_float32_or_stays_plain() -> None:
    odd = Classifier(Odd(), mean=(0,) * 3, std=(1,) * 3, class_names=("a", "b", "c"), size=32)
    assert odd.on("bfloat16 packed").precision == PLAIN
    assert odd.quick().precision == "float32 packed"


def test_a_network_that_is_not_traced_stays_plain() -> None:
    module = build("resnet18", 3)
    body = nn.Sequential(*list(module.children())[:-2])
    given = Classifier(
        module, mean=(0,) * 3, std=(1,) * 3, class_names=("a", "b", "c"), size=64, representation=body, head="fc"
    )
    assert given.quick() is given


def test_moving_it_makes_it_plain() -> None:
    quick = classifier("resnet18").quick()
    assert quick.to("cpu").precision == PLAIN and set(quick._paths) == {PLAIN}


def test_every_path_has_a_type() -> None:
    assert {path.split()[0] for path in PACKED} == {"bfloat16", "float32"}


@pytest.mark.parametrize("arch", ["resnet18", "mobilenet_v2"])
def test_a_prepared_shape_gives_the_same_bits(arch: str) -> None:
    quick = classifier(arch).quick()
    x, other = torch.rand(SHAPES[0]), torch.rand(SHAPES[2])
    expected = [(quick.logits(y), gradient(quick.logits, y)) for y in (x, other)]
    quick.prepare(x.shape)
    assert packed_in(quick)._layout(x.shape).straight[x.shape] is not None
    for y, (logits, grad) in zip((x, other), expected, strict=True):
        assert torch.equal(quick.logits(y.clone().requires_grad_()), logits)
        assert torch.equal(gradient(quick.logits, y), grad)


def test_no_thread_hears_what_compiling_warns_of() -> None:
    quick = classifier("resnet18").quick()
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        quick.prepare(SHAPES[0])
        torch.jit.script(nn.Identity())  # nor later, when filters that are put back would be gone
    assert not heard


def test_a_network_that_can_not_be_compiled_goes_on_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("not here")

    monkeypatch.setattr(torch.jit, "script", refuse)
    quick = classifier("resnet18").quick()
    quick.prepare(SHAPES[0])
    assert packed_in(quick)._layout(torch.Size(SHAPES[0])).straight == {torch.Size(SHAPES[0]): None}
    assert gradient(quick.logits, torch.rand(SHAPES[0])).abs().sum() > 0

"""Weights laid out for what comes, and kept as long as it comes again."""

import pytest
import torch

from napari_robust_synth.models import packing
from napari_robust_synth.models.packing import pack
from napari_robust_synth.models.paths import LAYOUTS, Packed, paths_here
from tests.models.test_paths import CPU, SHAPES, classifier, gradient, packed_in

pytestmark = pytest.mark.skipif(not paths_here(CPU), reason="oneDNN is not in this PyTorch")


@pytest.fixture
def laid_out(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """The shapes that weights are laid out for."""
    shapes: list[tuple[int, ...]] = []
    monkeypatch.setattr(packing, "pack", lambda *given: shapes.append(tuple(given[1])) or pack(*given))
    return shapes


def test_float32_is_laid_out_for_every_shape_and_what_was_not_used_for_long_goes(
    laid_out: list[tuple[int, ...]],
) -> None:
    quick = classifier("resnet18").on("float32 packed")
    shapes = [(1, 3, 64, 64), (2, 3, 64, 64), (1, 3, 96, 64), (1, 3, 64, 64), (1, 3, 32, 32), (1, 3, 64, 64)]
    for shape in shapes:
        quick.features(torch.rand(shape))
    assert laid_out == [shapes[0], shapes[1], shapes[2], shapes[4]]
    quick.features(torch.rand(shapes[1]))
    assert laid_out[4:] == [shapes[1]], "it had gone"
    assert packed_in(quick).laid_out.cache_info().currsize == LAYOUTS


def test_float32_is_laid_out_for_every_number_of_threads(laid_out: list[tuple[int, ...]]) -> None:
    torch.set_num_threads(2)
    quick, x = classifier("resnet18").on("float32 packed"), torch.rand(SHAPES[0])
    quick.prepare(x.shape)
    for threads in (1, 2, 1, 2):
        torch.set_num_threads(threads)
        quick.features(x)
        assert (x.shape in packed_in(quick)._layout(x.shape).straight) == (threads == 2)
    assert laid_out == [SHAPES[0]] * 2


def test_bfloat16_is_laid_out_for_every_size(laid_out: list[tuple[int, ...]]) -> None:
    packed = Packed(classifier("resnet18")._trunk.module, torch.bfloat16)
    for threads, n in ((2, 1), (1, 3)):
        torch.set_num_threads(threads)
        packed._layout(torch.Size((n, 3, 64, 64)))
    assert laid_out == [(1, 3, 64, 64)]


def test_weights_laid_out_for_a_reading_serve_a_step() -> None:
    quick, x = classifier("resnet18").on("float32 packed"), torch.rand(SHAPES[1])
    with torch.inference_mode():
        quick.features(x)
    assert gradient(quick.features, x).abs().sum() > 0


def test_without_the_memory_to_compile_steps_go_on_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    quick, x = classifier("resnet18").quick(), torch.rand(SHAPES[1])
    expected = gradient(quick.logits, x)
    with monkeypatch.context() as patched:
        patched.setattr(torch.jit, "script", full)
        quick.prepare(x.shape)
        patched.setattr(packing, "pack", full)
        quick.prepare((1, 3, 40, 40))
    assert torch.equal(gradient(quick.logits, x), expected)

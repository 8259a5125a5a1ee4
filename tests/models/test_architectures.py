"""Networks that we build ourselves."""

import pytest

from napari_robust_synth.models.architectures import build, infer


def test_the_first_version_of_resnet50_strides_early() -> None:
    module = build("resnet50_v1", 20)
    strides = [module.get_submodule(f"layer{i}.0.conv{j}").stride[0] for i in (2, 3, 4) for j in (1, 2)]
    assert strides == [2, 1] * 3
    assert module.bn1.eps == pytest.approx(1.001e-5)
    shapes = {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
    assert infer(shapes) == ("resnet50", 20), "of weights alone the usual version is assumed"

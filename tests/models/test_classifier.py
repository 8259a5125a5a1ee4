"""The classifier: normalisation inside, a frozen network, and a gradient through dead units."""

import pytest
import torch
from torch import nn
from torchvision.models import resnet18

from napari_robust_synth.models import Classifier
from napari_robust_synth.models.architectures import build
from napari_robust_synth.models.classifier import Normalised

MAPS = {  # of pictures of 64 px
    "shufflenet_v2_x0_5": (1024, 2, 2),
    "mobilenet_v2": (1280, 2, 2),
    "mnasnet0_5": (1280, 2, 2),
    "densenet121": (1024, 2, 2),
    "mobilenet_v3_small": (1024, 1, 1),
    "efficientnet_b0": (1280, 2, 2),
    "cifar_resnet18": (512, 8, 8),
}
MEAN, STD = (0.5, 0.4, 0.3), (0.2, 0.25, 0.3)
X = torch.rand((2, 3, 64, 64), generator=torch.Generator().manual_seed(0))


def network(classes: int = 3) -> nn.Module:
    torch.manual_seed(0)
    return resnet18(num_classes=classes)


def classifier(module: nn.Module | None = None, **options) -> Classifier:
    settings = {"mean": MEAN, "std": STD, "class_names": ("a", "b", "c"), "size": 64, **options}
    return Classifier(module or network(), **settings)


def test_logits_are_those_of_the_network_on_normalised_pixels() -> None:
    module = network().eval()
    expected = module((X - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(STD).view(3, 1, 1)).detach()
    torch.testing.assert_close(Normalised(module, MEAN, STD)(X).detach(), expected)
    ours = classifier(module)
    torch.testing.assert_close(ours.logits(X), expected, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(ours.probabilities(X), expected.softmax(1), rtol=1e-4, atol=1e-4)


def test_features_are_the_pooled_feature_map() -> None:
    ours = classifier()
    assert ours.feature_map(X).shape == (2, 512, 2, 2) and ours.n_features == 512
    assert ours.feature_map(X).min() >= 0
    torch.testing.assert_close(ours.features(X), ours.feature_map(X).mean((2, 3)))


def test_any_working_size() -> None:
    assert classifier().logits(torch.rand(1, 3, 34, 373)).shape == (1, 3)


def test_synthesis_gives_gradients_to_pixels_alone() -> None:
    module = network()
    ours = classifier(module)
    x = X.clone().requires_grad_()
    ours.logits(x).sum().backward()
    assert x.grad is not None and x.grad.abs().sum() > 0
    assert all(p.grad is None and not p.requires_grad for p in module.parameters())


def test_a_dead_final_relu_still_has_a_gradient() -> None:
    module = network()
    last = module.layer4[1]
    nn.init.constant_(last.bn2.bias, -1e3)
    ours = classifier(module)
    x = X.clone().requires_grad_()
    features = ours.features(x)
    assert features.eq(0).all()
    (grad,) = torch.autograd.grad(features.sum(), x)
    assert grad.isfinite().all() and grad.abs().sum() > 0


def test_batch_norm_is_in_eval_mode() -> None:
    module = network().train()
    ours = classifier(module)
    before = {k: v.clone() for k, v in module.state_dict().items()}
    together, alone = ours.logits(X), torch.cat([ours.logits(x[None]) for x in X])
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-4)
    assert all(torch.equal(v, before[k]) for k, v in module.state_dict().items())


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"class_names": ("a", "b")}, "2 class names for a network with 3 classes"),
        ({"head": "avgpool"}, "'avgpool' of ResNet is no linear layer"),
        ({"head": "missing"}, "'missing' of ResNet is no linear layer"),
    ],
)
def test_refuses(options, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        classifier(**options)


class Small(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.fc = nn.Conv2d(3, 5, 3), nn.Linear(5, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc(self.conv(x).relu().mean((2, 3)))


class Untraceable(Small):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x if x.sum() > 0 else -x)


class TwoScores(Small):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x) * 2


def hidden_layer() -> nn.Module:
    maps = nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(2), nn.Flatten()
    return nn.Sequential(*maps, nn.Linear(16, 6), nn.ReLU(inplace=True), nn.Dropout(), nn.Linear(6, 3))


def no_pooling() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 2, 8, stride=8), nn.ReLU(), nn.Flatten(), nn.Linear(128, 3))


@pytest.mark.parametrize(
    ("make", "maps"),
    [
        (Small, (5, 62, 62)),
        (hidden_layer, (6, 1, 1)),
        (no_pooling, (2, 8, 8)),
        *((lambda arch=arch: build(arch, 3), maps) for arch, maps in MAPS.items()),
    ],
    ids=["own", "hidden layer", "no pooling", *MAPS],
)
def test_the_representation_of_any_network_is_found(make, maps: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    module = make().eval()
    ours = classifier(module)
    with torch.no_grad():
        torch.testing.assert_close(ours.logits(X), Normalised(module, MEAN, STD)(X), rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(ours.network(X), ours.logits(X))
        assert ours.feature_map(X).shape == (2, *maps) and ours.features(X).shape == (2, ours.n_features)


@pytest.mark.parametrize("arch", ["mobilenet_v2", "shufflenet_v2_x0_5", "cifar_resnet18"])
def test_a_dead_rectifier_of_any_network_has_a_gradient(arch: str) -> None:
    module = build(arch, 3)
    last = [m for m in module.modules() if isinstance(m, nn.BatchNorm2d)][-1]
    nn.init.constant_(last.bias, -1e3)
    ours, x = classifier(module), X.clone().requires_grad_()
    features = ours.features(x)
    assert features.eq(0).all()
    (grad,) = torch.autograd.grad(features.sum(), x)
    assert grad.abs().sum() > 0


def test_a_named_representation_is_taken() -> None:
    named = classifier(Small(), representation="conv", head="fc")
    assert named.n_features == 5 and named.logits(X).shape == (2, 3) and named.feature_map(X).min() >= 0


def test_a_network_that_can_not_be_traced_says_what_its_representation_is() -> None:
    module = Untraceable()
    with pytest.raises(ValueError, match="Untraceable can't be traced") as caught:
        classifier(module)
    assert "give its representation as a function" in str(caught.value) and "\n" not in str(caught.value)
    ours = classifier(module, representation=lambda x: module.conv(x).relu())
    with torch.no_grad():
        torch.testing.assert_close(ours.logits(X), Normalised(module, MEAN, STD)(X))
    assert ours.to("cpu").n_features == 5


@pytest.mark.parametrize(
    ("make", "options", "word"),
    [
        (TwoScores, {}, "do not come from a linear layer: name the last linear layer as head"),
        (Small, {"representation": "conv9"}, "no graph node 'conv9'"),
        (nn.Identity, {"representation": lambda x: x}, "Identity has no linear layer"),
    ],
)
def test_what_is_not_found_is_said(make, options, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        classifier(make(), **options)

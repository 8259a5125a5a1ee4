"""The classifier: normalisation inside, a frozen network, and a gradient through dead units."""

import pytest
import torch
from torch import nn
from torchvision.models import resnet18

from napari_robust_synth.models import Classifier
from napari_robust_synth.models.classifier import Normalised

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


def test_another_network_needs_its_feature_map_named() -> None:
    class Small(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.fc = nn.Conv2d(3, 5, 3), nn.Linear(5, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.fc(self.conv(x).relu().mean((2, 3)))

    with pytest.raises(ValueError, match="Small is no ResNet"):
        classifier(Small())
    named = classifier(Small(), representation="conv")
    assert named.n_features == 5 and named.logits(X).shape == (2, 3)

"""Several regions at once: each target moves its own pixels only, and each region keeps to its own ball."""

import torch
from torch import Tensor

from napari_robust_synth import core
from napari_robust_synth.models import Classifier

WHERE = torch.zeros(2, 1, 40, 40, dtype=torch.bool)
WHERE[0, :, 5:20, 5:20] = True
WHERE[1, :, 20:35, 10:30] = True


def gradient(features, losses, x: Tensor) -> Tensor:
    x = x.clone().requires_grad_()
    loss, _ = core.RegionObjective(WHERE, features, losses, ("a", "b")).measure(x)
    return torch.autograd.grad(loss.sum(), x)[0]


def balls(center: Tensor, radius: tuple[float, float] = (1.0, 2.0)) -> core.RegionBalls:
    return core.RegionBalls(center, WHERE, torch.tensor(radius), torch.tensor([1.0, 0.5]))


def test_a_target_has_no_gradient_in_the_others_pixels(tiny: Classifier) -> None:
    x = torch.rand(1, 3, 40, 40, generator=torch.Generator().manual_seed(0))
    for k in (0, 1):
        grad = gradient(tiny.features, lambda seen, k=k: torch.eye(2)[k] * seen[:, 7], x)
        assert (grad[:, :, WHERE[k, 0]] != 0).any()
        assert (grad[:, :, ~WHERE[k, 0]] == 0).all()


def test_together_is_the_sum_of_each_alone(tiny: Classifier) -> None:
    x = torch.rand(1, 3, 40, 40, generator=torch.Generator().manual_seed(0))
    both = gradient(tiny.features, lambda seen: seen[:, 7], x)
    alone = sum(gradient(tiny.features, lambda seen, k=k: torch.eye(2)[k] * seen[:, 7], x) for k in (0, 1))
    torch.testing.assert_close(both, alone)


def test_it_is_what_a_copy_for_each_region_gives(tiny: Classifier) -> None:
    classifier = tiny.on("float32")
    x = torch.rand(1, 3, 40, 40, generator=torch.Generator().manual_seed(0)).requires_grad_()

    def losses(seen: Tensor) -> Tensor:
        return -classifier.scores(seen).log_softmax(1)[[0, 1], [2, 0]]

    copies = torch.where(WHERE, x, x.detach())
    (expected,) = torch.autograd.grad(losses(classifier.features(copies)).sum(), x)
    torch.testing.assert_close(gradient(classifier.features, losses, x.detach()), expected, rtol=1e-3, atol=1e-7)


def test_the_network_sees_one_picture() -> None:
    seen: list[int] = []

    def features(x: Tensor) -> Tensor:
        seen.append(len(x))
        return x.mean((2, 3))

    objective = core.RegionObjective(WHERE, features, lambda means: means.mean(1), ("a", "b"))
    with torch.no_grad():
        loss, terms = objective.measure(torch.full((1, 3, 40, 40), 0.25))
    assert seen == [1] and loss.tolist() == [0.5]
    assert {k: v.tolist() for k, v in terms.items()} == {"a": [0.25], "b": [0.25]}


def test_each_region_shrinks_to_its_own_radius() -> None:
    center = torch.full((1, 3, 40, 40), 0.5)
    far = balls(center).project(center + 0.3 * torch.randn(center.shape, generator=torch.Generator().manual_seed(0)))
    lengths = [((far - center) * region).norm().item() for region in WHERE]
    assert abs(lengths[0] - 1) < 1e-4 and abs(lengths[1] - 2) < 1e-4
    assert torch.equal(far[:, :, ~WHERE.any(0)[0]], center[:, :, ~WHERE.any(0)[0]])
    near = torch.where(WHERE.any(0), center + 1e-3, center)
    torch.testing.assert_close(balls(center).project(near), near)


def test_a_radius_of_nothing_keeps_the_centre() -> None:
    center = torch.rand(1, 3, 40, 40)
    moved = balls(center, (0.0, 1.0)).project(center + 0.2)
    assert torch.equal(moved * WHERE[0], center * WHERE[0]) and not torch.equal(moved, center)


def test_steps_are_as_long_as_the_strides_and_nothing_stays_nothing() -> None:
    grad = torch.randn(1, 3, 40, 40, generator=torch.Generator().manual_seed(0)) * torch.where(WHERE[0], 1e-20, 1e9)
    step = balls(grad).steepest(grad)
    assert abs((step * WHERE[0]).norm() - 1) < 1e-4 and abs((step * WHERE[1]).norm() - 0.5) < 1e-4
    assert (step[:, :, ~WHERE.any(0)[0]] == 0).all()
    assert torch.equal(balls(grad).steepest(torch.zeros_like(grad)), torch.zeros_like(grad))


def test_a_coarse_pixel_belongs_to_the_label_that_covers_most_of_it() -> None:
    labels = torch.zeros(8, 8, dtype=torch.long)
    labels[:4, :4], labels[:4, 4:] = 9, 4
    labels[6:, 6:] = 5
    owned = core.owners(labels, (4, 9), (2, 2))
    assert owned.tolist() == [[2, 1], [2, 1]], "the filter reaches a little below the upper half"
    assert (
        core.owners(labels, (4, 9), (8, 8)).tolist()
        == torch.where(labels == 4, 1, torch.where(labels == 9, 2, 0)).tolist()
    )

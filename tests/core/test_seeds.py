"""Seeds: the fitted distribution has the data's moments, and draws have the distribution's."""

import numpy as np
import pytest
import torch
from scipy.fft import dct, idctn
from torch.distributions import LowRankMultivariateNormal
from torch.nn import functional as F

from napari_robust_synth.core import SeedStatistics, random_crops, uniform_seeds
from napari_robust_synth.core.seed_fit import fit, reduced
from napari_robust_synth.core.seeds import to_cosines, to_pixels
from tests.core.largest import Largest

SIDE, RANK, D = 4, 3, 48


def moments(statistics: SeedStatistics, label: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return mean and covariance of the class's pixels: torch's own distribution, and scipy's inverse transform."""
    parts = (getattr(statistics, name)[label] for name in ("mean", "factor", "residual"))
    coefficients, shape = LowRankMultivariateNormal(*parts), (3, SIDE, SIDE)
    mean = idctn(coefficients.mean.reshape(shape).numpy(), norm="ortho")
    half = idctn(coefficients.covariance_matrix.reshape(D, *shape).numpy(), norm="ortho", axes=(1, 2, 3)).reshape(D, D)
    whole = idctn(half.T.reshape(D, *shape), norm="ortho", axes=(1, 2, 3)).reshape(D, D)
    return torch.from_numpy(mean.flatten()), torch.from_numpy(whole)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def statistics() -> SeedStatistics:
    mean = to_cosines(0.5 + 0.1 * torch.randn((2, D), generator=generator(1)))
    factor = 0.02 * torch.randn((2, D, RANK), generator=generator(2))
    return SeedStatistics(mean, factor, 1e-4 + 1e-4 * torch.rand((2, D), generator=generator(3)))


@pytest.mark.parametrize("kind", ["multivariate", "univariate"])
def test_draws_have_the_mean_and_covariance(statistics: SeedStatistics, kind: str) -> None:
    x = getattr(statistics, kind)(1, 20_000, (SIDE, SIDE), generator()).flatten(1)
    mean, covariance = moments(statistics, 1)
    torch.testing.assert_close(x.mean(0), mean, atol=2e-3, rtol=0)
    if kind == "univariate":
        covariance = covariance.diag().diag()
    torch.testing.assert_close(x.T.cov(), covariance, atol=1.5e-4, rtol=0)


def test_draws_are_those_of_the_dense_product(statistics: SeedStatistics) -> None:
    columns, colours = (dct(np.eye(n), axis=0, norm="ortho") for n in (SIDE, 3))
    basis = torch.from_numpy(np.kron(colours, np.kron(columns, columns))).float()
    torch.testing.assert_close(to_cosines(statistics.mean), statistics.mean @ basis.T, atol=1e-6, rtol=0)
    mean, factor, residual = statistics.mean[1], statistics.factor[1], statistics.residual[1]
    again = generator()
    rank, noise = torch.randn((5, RANK), generator=again), torch.randn((5, D), generator=again)
    expected = (mean + rank @ factor.T + noise * residual.sqrt()) @ basis
    drawn = statistics.multivariate(1, 5, (SIDE, SIDE), generator()).flatten(1)
    torch.testing.assert_close(drawn, expected, atol=1e-6, rtol=0)
    std = ((factor.T @ basis).square().sum(0) + residual @ basis.square()).sqrt()
    expected = mean @ basis + std * torch.randn((5, D), generator=generator())
    drawn = statistics.univariate(1, 5, (SIDE, SIDE), generator()).flatten(1)
    torch.testing.assert_close(drawn, expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize("size", [84, 512])  # in this order: should it fail, it does so before gigabytes are asked for
def test_memory_is_that_of_the_pictures(size: int) -> None:
    side, labels = size // 4, torch.arange(4) // 2
    with Largest() as largest:
        fitted = fit(torch.rand((4, 3, side, side), generator=generator()), labels, "ab", 1)
        for draw in (fitted.multivariate, fitted.univariate):
            draw(0, 2, (side, side), generator())
    assert largest.numel == 4 * 3 * side**2


@pytest.mark.parametrize("kind", ["multivariate", "univariate"])
def test_draws_are_pictures_and_seeded(statistics: SeedStatistics, kind: str) -> None:
    draw = getattr(statistics, kind)
    x = draw(0, 3, (20, 31), generator())
    assert x.shape == (3, 3, 20, 31) and x.min() >= 0 and x.max() <= 1
    assert torch.equal(x, draw(0, 3, (20, 31), generator()))
    assert not torch.equal(x, draw(0, 3, (20, 31), generator(1)))


def test_fit_finds_the_moments_of_each_class() -> None:
    basis = torch.randn((D, RANK), generator=generator(3)) * 0.02
    small = 0.5 + torch.randn((400, RANK), generator=generator(4)) @ basis.T
    labels = torch.arange(400) % 2
    small += 0.1 * labels[:, None]
    pictures = reduced(F.interpolate(small.view(-1, 3, SIDE, SIDE), scale_factor=4, mode="nearest"))
    fitted = fit(pictures, labels, "ab", RANK)
    for c in (0, 1):
        own = small[labels == c]
        mean, covariance = moments(fitted, c)
        torch.testing.assert_close(mean, own.mean(0))
        torch.testing.assert_close(covariance, own.T.cov(), atol=3e-6, rtol=0)


def clusters(counts: tuple[int, ...]) -> torch.Tensor:
    """Pictures of grey levels 0.2, 0.4, ..., as many of each as given, with a little noise."""
    levels = torch.cat([torch.full((n,), 0.2 * (k + 1)) for k, n in enumerate(counts)])
    return levels.view(-1, 1, 1, 1) + 0.01 * torch.randn((len(levels), 3, SIDE, SIDE), generator=generator(6))


def test_a_mixture_finds_the_clusters_of_a_class() -> None:
    counts = (60, 30, 10)
    pictures = torch.cat([clusters(counts), clusters((50, 25, 25))])
    fitted = fit(pictures, torch.arange(200) // 100, "ab", RANK, components=3)
    assert fitted.mean.shape == (2, 3, D) and fitted.factor.shape == (2, 3, D, RANK)
    torch.testing.assert_close(fitted.weight.sum(1), torch.ones(2))
    levels = to_pixels(fitted.mean).mean(2)
    order = levels[0].argsort()
    torch.testing.assert_close(levels[0][order], torch.tensor([0.2, 0.4, 0.6]), atol=5e-3, rtol=0)
    torch.testing.assert_close(fitted.weight[0][order], torch.tensor(counts) / 100)


@pytest.mark.parametrize("kind", ["multivariate", "univariate"])
def test_draws_of_a_mixture_are_of_its_components(kind: str) -> None:
    fitted = fit(clusters((75, 25)), torch.zeros(100, dtype=torch.long), "a", RANK, components=2)
    drawn = getattr(fitted, kind)(0, 4000, (SIDE, SIDE), generator()).mean((1, 2, 3))
    low = (drawn - 0.2).abs() < 0.02
    assert (low | ((drawn - 0.4).abs() < 0.02)).all()
    assert low.float().mean() == pytest.approx(0.75, abs=0.03)


@pytest.mark.parametrize("kind", ["multivariate", "univariate"])
def test_a_mixture_of_one_draws_the_same_as_a_plain_one(statistics: SeedStatistics, kind: str) -> None:
    parts = (tensor[:, None] for tensor in statistics.tensors().values())
    mixture = SeedStatistics(*parts, weight=torch.ones(2, 1))
    state = generator()
    torch.multinomial(torch.ones(1), 3, replacement=True, generator=state)
    expected = getattr(statistics, kind)(1, 3, (8, 8), state)
    assert torch.equal(getattr(mixture, kind)(1, 3, (8, 8), generator()), expected)


def test_small_clusters_keep_fewer_directions_and_outliers_are_left_out() -> None:
    fitted = fit(clusters((30, 1, 3)), torch.zeros(34, dtype=torch.long), "a", RANK, components=3)
    levels = to_pixels(fitted.mean).mean(2)[0]
    few, many = fitted.weight[0].argsort()[1:].tolist()
    assert fitted.weight[0].sort().values.tolist() == pytest.approx([0, 3 / 33, 30 / 33])
    torch.testing.assert_close(levels[[many, few]], torch.tensor([0.2, 0.6]), atol=5e-3, rtol=0)
    of_three = fitted.factor[0, few]
    assert of_three[:, :2].abs().max() > 0 and not of_three[:, 2].any()
    assert fitted.multivariate(0, 100, (SIDE, SIDE), generator()).isfinite().all()


@pytest.mark.parametrize(("components", "needed"), [(1, 3), (3, 6)])
def test_fit_needs_enough_pictures_of_each_class(components: int, needed: int) -> None:
    with pytest.raises(ValueError, match=f"class 'cat' has 2 pictures, but its seed statistics need {needed}: add"):
        fit(torch.rand(4, 3, 2, 2), torch.tensor([0, 1, 0, 1]), ["cat", "dog"], 2, components)


@pytest.mark.parametrize(
    "shapes",
    [((2, 48), (2, 48, 3), (3, 48)), ((2, 48), (48, 3), (2, 48)), ((2, 47), (2, 47, 3), (2, 47)), ((48,),) * 3],
)
def test_statistics_must_fit_together(shapes) -> None:
    with pytest.raises(ValueError, match="seed statistics have shapes"):
        SeedStatistics(*map(torch.zeros, shapes))


@pytest.mark.parametrize("weight", [(2, 2), (3,), (3, 1)])
def test_weights_must_fit_the_components(weight) -> None:
    with pytest.raises(ValueError, match="seed statistics have shapes"):
        SeedStatistics(*map(torch.zeros, ((2, 3, 48), (2, 3, 48, 4), (2, 3, 48))), weight=torch.zeros(weight))


def test_uniform_seeds_fill_the_range() -> None:
    x = uniform_seeds(2, (16, 24), generator())
    assert x.shape == (2, 3, 16, 24) and x.min() < 0.05 and x.max() > 0.95
    assert torch.equal(x, uniform_seeds(2, (16, 24), generator()))


@pytest.mark.parametrize("n", [1, 2, 5])
def test_random_crops_begin_with_the_picture(n: int) -> None:
    image = torch.rand((1, 3, 24, 32), generator=generator(5))
    views = random_crops(image, n, generator())
    assert views.shape == (n, 3, 24, 32) and torch.equal(views[:1], image)
    assert len({view.sum().item() for view in views}) == n
    assert torch.equal(views, random_crops(image, n, generator()))

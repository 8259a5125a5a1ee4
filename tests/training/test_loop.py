"""The training loop: attacks in eval mode, steps in train mode, and the same weights from the same seed."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from napari_robust_synth.evaluation.accuracy import attack
from napari_robust_synth.training import loop
from napari_robust_synth.training.config import TrainingConfig
from napari_robust_synth.training.data import Augmented, Order, training_batches
from napari_robust_synth.training.initial import begin, completed
from napari_robust_synth.training.layout import find
from napari_robust_synth.training.loop import Progress, Trainer

CPU = torch.device("cpu")


def trainer(config: TrainingConfig) -> Trainer:
    config = completed(config)
    return Trainer(begin(config, 2), config, 3, CPU)


def steps(toy: Path, it: Trainer) -> list[Progress]:
    config = it.config
    pictures = find(toy, config)[0]
    order = Order(len(pictures), config.batch, config.epochs, config.seed, first=it.step)
    return list(it.run(training_batches(Augmented(pictures, config.size, config.crop, config.seed), order, 0)))


def train(toy: Path, config: TrainingConfig) -> tuple[Trainer, list[Progress]]:
    it = trainer(config)
    return it, steps(toy, it)


def same(a: torch.Tensor | None, b: torch.Tensor | None) -> bool:
    return a is b if a is None or b is None else torch.equal(a, b)


def same_weights(a: nn.Module, b: nn.Module) -> bool:
    return all(torch.equal(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values(), strict=True))


def test_loss_falls_and_progress_counts(toy: Path, config: TrainingConfig) -> None:
    it, progress = train(toy, config)
    assert [p.step for p in progress] == list(range(1, 10)) and {p.steps for p in progress} == {9}
    assert [p.epoch for p in progress] == [0] * 3 + [1] * 3 + [2] * 3
    assert sum(p.loss for p in progress[-3:]) < sum(p.loss for p in progress[:3])
    assert it.losses == [p.loss for p in progress] and it.robust == [p.robust for p in progress]
    assert not it.result.training


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_same_seed_same_weights(toy: Path, config: TrainingConfig, precision: str) -> None:
    config = replace(config, epochs=1, precision=precision)
    a, b, c = (train(toy, replace(config, seed=seed))[0].module for seed in (0, 0, 1))
    assert same_weights(a, b) and not same_weights(a, c)


def test_precision_is_what_the_network_computes_in(toy: Path, config: TrainingConfig) -> None:
    seen = set()
    for precision in ("float32", "bfloat16"):
        it = trainer(replace(config, epochs=1, precision=precision))
        it.module.layer1.register_forward_hook(lambda m, i, out: seen.add(out.dtype))
        steps(toy, it)
    assert seen == {torch.float32, torch.bfloat16}


def test_batch_norm_is_in_eval_mode_during_the_attack(
    toy: Path, config: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = trainer(config)
    module, modes, drift = it.module, [], []

    def watched(forward, x, y, **options):
        before = {k: v.clone() for k, v in module.state_dict().items()}
        grads = [None if p.grad is None else p.grad.clone() for p in module.parameters()]
        modes.append([m.training for m in module.modules()])
        out = attack(forward, x, y, **options)
        drift.append(any(not torch.equal(v, before[k]) for k, v in module.state_dict().items()))
        assert all(map(same, grads, [p.grad for p in module.parameters()])), "the attack gives parameters no gradient"
        assert (out - x).flatten(1).norm(dim=1).max() <= options["eps"] * 1.001
        return out

    monkeypatch.setattr(loop, "attack", watched)
    progress = steps(toy, it)
    assert len(modes) == len(progress) == 9 and not any(map(any, modes)) and not any(drift)
    assert module.bn1.num_batches_tracked == 9, "one forward in train mode a step"


@pytest.mark.parametrize("eps", [0.0, 1.0])
def test_frozen_norms_keep_their_statistics(toy: Path, config: TrainingConfig, eps: float) -> None:
    it, _ = train(toy, replace(config, freeze_norm=True, eps=eps, epochs=1))
    fresh = begin(completed(config), 2)
    assert torch.equal(it.module.bn1.running_mean, fresh.bn1.running_mean)
    assert it.module.bn1.num_batches_tracked == 0 and not torch.equal(it.module.bn1.weight, fresh.bn1.weight)


def test_the_average_of_the_weights_is_the_result(toy: Path, config: TrainingConfig) -> None:
    it, weights = trainer(replace(config, ema=0.5, epochs=1)), []
    it._sgd.register_step_post_hook(lambda *_: weights.append(it.module.fc.weight.detach().clone()))
    steps(toy, it)
    expected = 0.25 * weights[0] + 0.25 * weights[1] + 0.5 * weights[2]
    torch.testing.assert_close(it.result.fc.weight, expected)
    assert it.result is not it.module


def test_a_trainer_goes_on_from_its_state(toy: Path, config: TrainingConfig) -> None:
    config = replace(config, ema=0.9, epochs=2)
    whole, stopped, resumed = trainer(config), trainer(config), trainer(config)
    steps(toy, whole)
    states = []
    pictures = find(toy, config)[0]
    data = Augmented(pictures, config.size, config.crop, config.seed)
    for progress in stopped.run(training_batches(data, Order(24, config.batch, 2, config.seed), 0)):
        if progress.step == 4:
            states.append({k: v.copy() if isinstance(v, list) else v for k, v in stopped.state().items()})
            break
    with torch.no_grad():
        resumed.module.fc.weight.add_(1)
    resumed.restore(states[0])
    assert len(steps(toy, resumed)) == 2 and resumed.losses == whole.losses and resumed.robust == whole.robust
    assert same_weights(whole.module, resumed.module) and same_weights(whole.result, resumed.result)


def test_dropout_follows_from_the_step(toy: Path, config: TrainingConfig) -> None:
    def seen(noise: int) -> list[float]:
        it = trainer(replace(config, epochs=1, eps=0.0))
        it.module.layer4.register_forward_hook(lambda m, i, out: nn.functional.dropout(out, 0.5))
        torch.manual_seed(noise)
        steps(toy, it)
        return it.losses

    assert seen(1) == seen(2)


def test_the_radius_grows_with_the_ramp(toy: Path, config: TrainingConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    radii = []
    monkeypatch.setattr(loop, "attack", lambda forward, x, y, *, eps, **_: radii.append(eps) or x)
    train(toy, replace(config, eps_ramp=0.5))
    expected = [config.radius(config.eps) * min(1, step / 4.5) for step in range(1, 10)]
    assert radii == pytest.approx(expected, rel=1e-6)


def test_eps_follows_the_accuracy_that_is_wanted(toy: Path, config: TrainingConfig, monkeypatch) -> None:
    """With a stand-in for the accuracy, which falls as eps grows: it is the one that is wanted at eps 2."""
    monkeypatch.setattr(loop, "attack", lambda forward, x, y, **_: x)
    it = trainer(replace(config, eps_ramp=0.0, epochs=60, wanted_accuracy=0.6))
    monkeypatch.setattr(it.team.__class__, "mean", lambda _, values: torch.tensor([0.5, 1.2 / it.eps]))
    steps(toy, it)
    assert it.eps == pytest.approx(2.0, rel=1e-2)
    again = trainer(config)
    again.restore(it.state())
    assert again.eps == it.eps


def test_a_loss_that_is_no_number_ends_it(toy: Path, config: TrainingConfig) -> None:
    it = trainer(config)
    with torch.no_grad():
        it.module.fc.bias.fill_(torch.nan)
    with pytest.raises(ValueError, match="the loss is nan at step 1: choose a lower lr"):
        steps(toy, it)
    assert it.step == 0


def test_linf_attacks_stay_in_their_ball(toy: Path, config: TrainingConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    far = []

    def watched(forward, x, y, **options):
        out = attack(forward, x, y, **options)
        far.append(((out - x).abs().max() / options["eps"]).item())
        return out

    monkeypatch.setattr(loop, "attack", watched)
    train(toy, replace(config, norm="linf", eps=0.1, epochs=1, attack_steps=2))
    assert far == pytest.approx([1.0] * 3, rel=1e-3)


def test_eps_zero_trains_without_an_attack(toy: Path, config: TrainingConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "attack", None)
    assert len(train(toy, replace(config, eps=0.0))[1]) == 9


@pytest.mark.parametrize(
    ("progress", "warmup", "expected"),
    [(0.05, 0.1, 0.5), (0.1, 0.1, 1), (0.55, 0.1, 0.5), (1, 0.1, 0), (0, 0, 1), (1, 0, 0)],
)
def test_schedule(progress: float, warmup: float, expected: float) -> None:
    assert loop.schedule(progress, warmup) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("arch", ["resnet18", "mobilenet_v2"])
def test_the_head_learns_faster(config: TrainingConfig, arch: str) -> None:
    module = begin(replace(config, arch=arch), 2)
    trunk, head = loop.optimizer(module, config).param_groups
    assert (trunk["scale"], head["scale"]) == (1.0, config.head_lr)
    assert [tuple(p.shape) for p in head["params"]] == [(2, 512 if arch == "resnet18" else 1280), (2,)]
    assert len(trunk["params"]) + len(head["params"]) == len(list(module.parameters()))

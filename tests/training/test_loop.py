"""The training loop: attacks in eval mode, steps in train mode, and the same weights from the same seed."""

from pathlib import Path

import pytest
import torch
from torch import nn

from napari_robust_synth.evaluation.accuracy import attack
from napari_robust_synth.models.checkpoints import build
from napari_robust_synth.training import loop
from napari_robust_synth.training.config import TrainingConfig
from napari_robust_synth.training.data import centre_transform, folder, loader

CPU = torch.device("cpu")


def train(toy: Path, config: TrainingConfig) -> tuple[nn.Module, list[loop.Progress]]:
    torch.manual_seed(config.seed)
    module = build(config.arch, 2)
    pictures = folder(toy, "train", centre_transform(config.size))
    batches = loader(pictures, config.batch, shuffle=True, workers=0, seed=config.seed)
    return module, list(loop.train(module, batches, config, CPU))


def same(a: torch.Tensor | None, b: torch.Tensor | None) -> bool:
    return a is b if a is None or b is None else torch.equal(a, b)


def test_loss_falls_and_progress_counts(toy: Path, config: TrainingConfig) -> None:
    module, progress = train(toy, config)
    assert [p.step for p in progress] == list(range(1, 10)) and {p.steps for p in progress} == {9}
    assert [p.epoch for p in progress] == [0] * 3 + [1] * 3 + [2] * 3
    assert sum(p.loss for p in progress[-3:]) < sum(p.loss for p in progress[:3])
    assert not module.training


def test_same_seed_same_weights(toy: Path, config: TrainingConfig) -> None:
    (a, _), (b, _) = train(toy, config), train(toy, config)
    assert all(torch.equal(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values(), strict=True))


def test_batch_norm_is_in_eval_mode_during_the_attack(
    toy: Path, config: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[nn.Module] = []
    modes, drift = [], []

    def watched(forward, x, y, **options):
        module = seen[0]
        before = {k: v.clone() for k, v in module.state_dict().items()}
        grads = [None if p.grad is None else p.grad.clone() for p in module.parameters()]
        modes.append([m.training for m in module.modules()])
        out = attack(forward, x, y, **options)
        drift.append(any(not torch.equal(v, before[k]) for k, v in module.state_dict().items()))
        assert all(map(same, grads, [p.grad for p in module.parameters()])), "the attack gives parameters no gradient"
        assert (out - x).flatten(1).norm(dim=1).max() <= options["eps"] * 1.001
        return out

    real = loop.Normalised

    def remember(module: nn.Module, *args: object) -> nn.Module:
        seen.append(module)
        return real(module, *args)

    monkeypatch.setattr(loop, "attack", watched)
    monkeypatch.setattr(loop, "Normalised", remember)
    module, progress = train(toy, config)
    assert len(modes) == len(progress) == 9 and not any(map(any, modes)) and not any(drift)
    assert module.bn1.num_batches_tracked == 9, "one forward in train mode a step"


def test_the_radius_grows_with_the_ramp(toy: Path, config: TrainingConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    radii = []
    monkeypatch.setattr(loop, "attack", lambda forward, x, y, *, eps, **_: radii.append(eps) or x)
    train(toy, TrainingConfig(**{**vars(config), "eps_ramp": 0.5}))
    expected = [config.radius * min(1, step / 4.5) for step in range(1, 10)]
    assert radii == pytest.approx(expected, rel=1e-6)


def test_eps_zero_trains_without_an_attack(toy: Path, config: TrainingConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "attack", None)
    assert len(train(toy, TrainingConfig(**{**vars(config), "eps": 0.0}))[1]) == 9


@pytest.mark.parametrize(
    ("progress", "warmup", "expected"),
    [(0.05, 0.1, 0.5), (0.1, 0.1, 1), (0.55, 0.1, 0.5), (1, 0.1, 0), (0, 0, 1), (1, 0, 0)],
)
def test_schedule(progress: float, warmup: float, expected: float) -> None:
    assert loop.schedule(progress, warmup) == pytest.approx(expected, abs=1e-9)


def test_the_head_learns_faster(config: TrainingConfig) -> None:
    module = build("resnet18", 2)
    trunk, head = loop.optimizer(module, config).param_groups
    assert (trunk["scale"], head["scale"]) == (1.0, config.head_lr)
    assert {id(p) for p in head["params"]} == {id(p) for p in module.fc.parameters()}
    assert len(trunk["params"]) + len(head["params"]) == len(list(module.parameters()))

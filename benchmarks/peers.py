"""One step of ours against others: `robustness`, torchattacks, foolbox, and plain PyTorch; on the bundled network.

    pip install --no-deps robustness==1.2.1.post2 cox foolbox eagerpy torchattacks
    python benchmarks/peers.py [--size 224] [--steps 20] [--rounds 9] [--device cpu]

Same network, picture, class, radius, step size and number of steps; whole runs in turns, so that a machine that
slows down does so for all. A ratio is that of a peer's time to ours in the same round. The loss that each ends at is
that of its last picture, measured in float32. A peer that is not installed is left out.

What stands in for parts that `robustness` misses on today's PyTorch is in `robustness_peer`.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib import import_module

import numpy as np
import torch
from robustness_peer import Pixels
from robustness_peer import robustness as package
from torch import Tensor, nn
from torch.nn import functional as F
from turns import in_turns, ratio

from napari_robust_synth import Classifier, core, load_classifier, samples
from napari_robust_synth.models import find_model
from napari_robust_synth.models.cards import WEIGHTS
from napari_robust_synth.models.checkpoints import build, fill, read_tensors
from napari_robust_synth.models.classifier import Normalised

Run = Callable[[Tensor, int], Tensor]
"""From a picture (1, 3, h, w) and a number of steps to the last picture."""
FEATURE = 5
EPS, STEP = 40.0, 1.0


def plain_network(name: str) -> nn.Module:
    """Open a model as others would have it: pixels in, scores out, float32, in PyTorch's usual memory layout."""
    entry = find_model(name)
    module = build(entry.card.arch, len(entry.card.class_names))
    fill(module, read_tensors(entry.folder / WEIGHTS), name)
    return Normalised(module, entry.card.mean, entry.card.std).eval().requires_grad_(False)


def ours(classifier: Classifier, loss: core.Objective) -> Run:
    def run(x: Tensor, steps: int) -> Tensor:
        problem = core.Problem(x, loss, core.L2Ball(x, EPS))
        return core.last(core.pgd(problem, steps=steps, step_size=STEP, measure_last=False)).x

    return run


def pytorch(network: nn.Module, target: Tensor) -> Run:
    """A forward and a backward each step, and nothing else."""

    def run(x: Tensor, steps: int) -> Tensor:
        for _ in range(steps):
            y = x.detach().requires_grad_()
            torch.autograd.grad(F.cross_entropy(network(y), target), y)
        return x

    return run


def robustness(network: nn.Module, target: Tensor, custom: Callable[..., object] | None) -> Run:
    attacker = package("attacker", target.device).Attacker(network, Pixels())
    how = {"constraint": "2", "eps": EPS, "step_size": STEP, "targeted": True, "use_best": False, "custom_loss": custom}
    return lambda x, steps: attacker(x, target, iterations=steps, **how)


def torchattacks(network: nn.Module, target: Tensor) -> Run:
    kind = import_module("torchattacks").PGDL2

    def run(x: Tensor, steps: int) -> Tensor:
        attack = kind(network, eps=EPS, alpha=STEP, steps=steps, random_start=False)
        attack.set_mode_targeted_by_label(quiet=True)
        return attack(x, target)

    return run


def foolbox(network: nn.Module, target: Tensor) -> Run:
    package = import_module("foolbox")
    model = package.PyTorchModel(network, bounds=(0, 1), device=target.device)
    criterion = package.criteria.TargetedMisclassification(target)

    def run(x: Tensor, steps: int) -> Tensor:
        attack = package.attacks.L2ProjectedGradientDescentAttack(abs_stepsize=STEP, steps=steps, random_start=False)
        return attack.run(model, x, criterion, epsilon=EPS)

    return run


def table(runs: dict[str, Run], loss: Callable[[Tensor], Tensor], x: Tensor, options: argparse.Namespace) -> object:
    times, last = in_turns({name: partial(run, x, options.steps) for name, run in runs.items()}, options.rounds)
    with torch.no_grad():
        return {
            name: {
                "ms a step": round(1000 * float(np.median(times[name])) / options.steps, 1),
                "ratio to ours": ratio(times[name], times["ours"]),
                "loss at the end": round(float(loss(last[name])), 4),
            }
            for name in runs
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    classifier = load_classifier(device=options.device)
    precise, network = load_classifier(device=options.device, precise=True), plain_network("bundled").to(options.device)
    picture = core.to_tensor(samples.load("translate")["image"], (0, 255))
    x = core.resample(picture, (options.size, options.size)).to(classifier.device)
    target = torch.tensor([3], device=classifier.device)

    def feature(_: object, x: Tensor, __: object) -> tuple[Tensor, None]:
        return -precise.features(x)[:, FEATURE], None

    runs = {"ours": ours(classifier, core.class_score(classifier.logits, target)), "PyTorch": pytorch(network, target)}
    makers: dict[str, Callable[[], Run]] = {
        "robustness": lambda: robustness(network, target, None),
        "torchattacks": lambda: torchattacks(network, target),
        "foolbox": lambda: foolbox(network, target),
    }
    for name, make in makers.items():
        with suppress(ImportError):
            runs[name] = make()
    report = {"class": table(runs, lambda x: F.cross_entropy(network(x), target), x, options)}
    runs = {"ours": ours(classifier, -1 * core.feature_activation(classifier.features, (FEATURE,)))}
    with suppress(ImportError):
        runs["robustness"] = robustness(network, target, feature)
    report["feature"] = table(runs, lambda x: feature(None, x, None)[0].mean(), x, options)
    print(json.dumps({"threads": torch.get_num_threads(), **vars(options), **report}, indent=2))


if __name__ == "__main__":
    main()

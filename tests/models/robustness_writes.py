"""Let the `robustness` library train and store a checkpoint, and store its logits beside it.

Run as ``python robustness_writes.py FOLDER DATASET ARCH`` where that library is installed. Two things make it run here,
in this process alone: a stand-in for the module ``torchvision.models.utils``, which torchvision has no more; and its
hard-coded ``.cuda()`` calls do nothing, so that it runs on the CPU.
"""

import sys
import types
import warnings
from pathlib import Path

import dill
import torch
from torch.hub import load_state_dict_from_url

warnings.simplefilter("ignore")
stand_in = types.ModuleType("torchvision.models.utils")
stand_in.load_state_dict_from_url = load_state_dict_from_url
sys.modules[stand_in.__name__] = stand_in
torch.nn.Module.cuda = torch.Tensor.cuda = lambda self, *_, **__: self

from cox.utils import Parameters  # noqa: E402
from robustness import datasets, train  # noqa: E402
from robustness.model_utils import make_and_restore_model  # noqa: E402

ATTACK = {"constraint": "2", "eps": 0.5, "attack_lr": 0.1, "attack_steps": 1, "random_restarts": 0, "random_start": 0}
SCHEDULE = {"epochs": 1, "lr": 0.001, "momentum": 0.9, "weight_decay": 5e-4, "custom_lr_multiplier": "cyclic"}
OUTPUT = {"log_iters": 1, "save_ckpt_iters": -1, "mixed_precision": 0, "use_best": 1, "adv_train": 1, "adv_eval": 0}
OTHERS = dict.fromkeys(("custom_eps_multiplier", "custom_accuracy", "regularizer", "step_lr", "lr_interpolation"))


def write(folder: Path, dataset: str, arch: str) -> None:
    torch.manual_seed(0)
    data = getattr(datasets, dataset)(str(folder))
    side = 32 if dataset == "CIFAR" else 64
    batches = [(torch.rand(8, 3, side, side), torch.randint(data.num_classes, (8,))) for _ in range(3)]
    model, _ = make_and_restore_model(arch=arch, dataset=data)
    for layer in model.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.momentum = 0.9  # three steps are to be enough for logits of ordinary size
    args = Parameters({"out_dir": str(folder), **ATTACK, **SCHEDULE, **OUTPUT, **OTHERS})
    train.train_model(args, model, (batches, batches))
    stored = torch.load(folder / "checkpoint.pt.latest", pickle_module=dill, weights_only=False)
    model, _ = make_and_restore_model(arch=arch, dataset=data)
    model.load_state_dict({k.removeprefix("module."): v for k, v in stored["model"].items()})
    x = torch.rand(4, 3, side, side)
    with torch.no_grad():
        logits, _ = model.eval()(x)
    torch.save({"x": x, "logits": logits}, folder / "expected.pt")


if __name__ == "__main__":
    write(Path(sys.argv[1]), *sys.argv[2:])

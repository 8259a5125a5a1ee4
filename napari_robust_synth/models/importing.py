"""From somebody else's checkpoint to a model folder of ours: looked at first, kept on demand."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import torch
from torch import nn

from napari_robust_synth.models import architectures, foreign
from napari_robust_synth.models.cards import ModelCard
from napari_robust_synth.models.checkpoints import load_model, save_model
from napari_robust_synth.models.classifier import Classifier, Normalised
from napari_robust_synth.models.describing import Choices, describe
from napari_robust_synth.models.store import models_folder
from napari_robust_synth.models.torchfiles import Checkpoint, read_checkpoint
from napari_robust_synth.models.zoo import ZOO

TOLERANCE = 1e-4


@dataclass(frozen=True)
class Found:
    """What a file holds.

    Parameters
    ----------
    source : Path
        The file, or a model folder of ours.
    card : ModelCard
        What its card will say.
    facts : mapping
        What was found, for people: how the file is made, where the weights are, what was assumed, ignored, replaced.
    module : nn.Module or None
        The network; None for a model folder, which is copied.
    """

    source: Path
    card: ModelCard
    facts: dict[str, Any]
    module: nn.Module | None = None


def inspect(path: Path, choices: Choices | None = None, check: Callable[[], None] = lambda: None) -> Found:
    """Find out what a file holds, and that it works; nothing is kept, and nothing in it is run.

    Between two steps it calls ``check``, which may raise.

    Raises
    ------
    ValueError
        One line: the file is damaged, its network is not recognised, or a choice does not fit it.
    """
    choices = choices or Choices()
    if path.is_dir():
        if choices != Choices():
            raise ValueError(f"{path} is a model folder, whose card says what it is: expected no other options")
        load_model(path)
        card = ModelCard.read(path)
        return Found(path, card, {"format": "model folder", "norm": card.norm, "eps": card.eps})
    if (choices.mean is None) != (choices.std is None):
        raise ValueError("mean and std belong together: expected both or neither")
    checkpoint = read_checkpoint(path)
    network = foreign.find_network(checkpoint, choices.arch)
    card, notes = describe(checkpoint, network, choices)
    check()
    module = _filled(checkpoint, network)
    check()
    _check(path, module, card)
    facts = {
        "format": checkpoint.format,
        "weights": network.where,
        "parameters": sum(p.numel() for p in module.parameters()),
        "epoch": foreign.training(checkpoint).epoch,
        **notes,
        "ignored": network.ignored,
        "replaced": checkpoint.replaced,
    }
    return Found(path, card, facts, module)


def target(found: Found, name: str | None = None) -> Path:
    """Return the model folder that `keep` would make.

    Raises
    ------
    ValueError
        When the name is none, or is taken.
    """
    name = found.source.resolve().stem if name is None else name
    if not re.fullmatch(r"\w[\w.+-]{0,99}", name):
        raise ValueError(f"the model's name is {name!r}, expected letters, digits, '.', '-' and '_': give another")
    folder = models_folder() / name
    if name in ZOO and not ZOO[name].here:
        raise ValueError(f"{name!r} is the name of a published model: give another name")
    if name in ZOO or folder.exists():
        raise ValueError(f"there is a model {name!r} already: give another name")
    return folder


def keep(found: Found, name: str | None = None) -> Path:
    """Write the model folder, whole or not at all, and return it; weights stay float32."""
    return _write(found, target(found, name))


def import_file(path: Path, *, name: str, check: Callable[[], None] = lambda: None, **card: Any) -> Path:
    """Keep a published checkpoint as the model ``name``, with what is known of it: fields of `ModelCard`.

    Where the file holds a normalisation of its own, that one is what it was trained with. Between two steps it calls
    ``check``, which may raise; nothing is kept then.

    Raises
    ------
    ValueError
        When the file is damaged, or is not what is known of it.
    """
    colours = foreign.Normaliser(card.pop("mean"), card.pop("std"), "as published")
    known = {field.name: card.pop(field.name) for field in fields(Choices) if field.name in card}
    found = inspect(path, Choices(**known, normaliser=colours), check)
    return _write(replace(found, card=replace(found.card, **card)), models_folder() / name, check)


def _write(found: Found, folder: Path, check: Callable[[], None] = lambda: None) -> Path:
    folder.parent.mkdir(parents=True, exist_ok=True)
    stage = folder.with_name(f".{uuid4().hex}")
    try:
        if found.module is None:
            shutil.copytree(found.source, stage)
        else:
            save_model(stage, found.module, found.card, half=False)
        check()
        stage.rename(folder)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return folder


def _filled(checkpoint: Checkpoint, network: foreign.Network) -> nn.Module:
    state = {name: checkpoint.tensor(stored).float() for name, stored in network.tensors.items()}
    if not all(tensor.isfinite().all() for tensor in state.values()):
        raise ValueError(f"{checkpoint.path} holds weights that are not finite numbers")
    module = architectures.build(network.arch, network.classes).eval()
    module.load_state_dict(state, strict=False)
    return module


def _check(path: Path, module: nn.Module, card: ModelCard) -> None:
    """Compare the classifier that the tasks will use with the network as it came."""
    x = torch.rand((1, 3, card.size, card.size), generator=torch.Generator().manual_seed(0))
    classifier = Classifier(module, mean=card.mean, std=card.std, class_names=card.class_names, size=card.size)
    try:
        with torch.inference_mode():
            ours, theirs = classifier.logits(x), Normalised(module, card.mean, card.std)(x)
    except (RuntimeError, AssertionError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ValueError(f"{path}: {card.arch} does not work at {card.size} px ({reason}): give another size") from None
    if not torch.allclose(ours, theirs, rtol=TOLERANCE, atol=TOLERANCE):
        raise ValueError(f"{path}: the representation of {card.arch} can't be found: wrap it in Python as a Classifier")

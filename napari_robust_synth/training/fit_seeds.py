"""Seed statistics of pictures for a model that is already there, wherever it was trained."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from napari_robust_synth.core import SeedStatistics, seed_fit
from napari_robust_synth.models.cards import WEIGHTS, ModelCard
from napari_robust_synth.models.checkpoints import save_seeds
from napari_robust_synth.models.store import write_whole
from napari_robust_synth.training import layout
from napari_robust_synth.training.config import TrainingConfig
from napari_robust_synth.training.survey import look_through


def fit_seeds(
    data: Path, card: ModelCard, config: TrainingConfig, *, rank: int, components: int, note: Callable[[str], None]
) -> SeedStatistics:
    """Fit the seed statistics of a model's classes on a tree of pictures.

    Parameters
    ----------
    data : Path
        A tree of pictures, see `layout.find`; of a split one, the training part.
    card : ModelCard
        The model's size and classes.
    config : TrainingConfig
        Readable names and superclasses of the folders; loader processes.
    rank, components : int
        Directions of each Gaussian, and Gaussians for each class.
    note : callable
        Receives lines about the data.

    Raises
    ------
    ValueError
        When the folders' classes are not the model's, or a class has too few pictures.
    """
    pictures, _ = layout.find(data, replace(config, hold_out=0.0))
    _check_classes(pictures.classes, card.class_names)
    survey = look_through(pictures, replace(config, size=card.size), "fit", note)
    places = torch.tensor([card.class_names.index(name) for name in pictures.classes])
    return seed_fit.fit(survey.small, places[survey.labels], card.class_names, rank, components)


def store_seeds(seeds: SeedStatistics, model: Path, out: Path | None) -> Path:
    """Write seed statistics into a model folder, or into a copy of it; return which.

    Parameters
    ----------
    seeds : SeedStatistics
        Of the model's classes.
    model : Path
        The model folder.
    out : Path, optional
        The model folder to make: weights and card are copied, the card last.
    """
    if out is None:
        save_seeds(model, seeds)
        return model
    out.mkdir(exist_ok=True)
    write_whole(out / WEIGHTS, lambda path: shutil.copyfile(model / WEIGHTS, path))
    save_seeds(out, seeds)
    write_whole(out / "card.json", lambda path: shutil.copyfile(model / "card.json", path))
    return out


def _check_classes(found: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    missing, odd = sorted(set(wanted) - set(found)), sorted(set(found) - set(wanted))
    if missing or odd:
        lacks = f"lack {missing[0]!r}" if missing else f"have {odd[0]!r}, which the model does not know"
        raise ValueError(
            f"the pictures' {len(found)} classes are not the model's {len(wanted)}: they {lacks}; "
            "rename the folders, or name their classes in a --config"
        )

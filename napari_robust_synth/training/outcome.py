"""What a training writes into its model folder: checkpoints on the way, and the model with all that is known of it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from napari_robust_synth.core import SeedStatistics
from napari_robust_synth.models.cards import ModelCard
from napari_robust_synth.models.checkpoints import load_model, save_model
from napari_robust_synth.models.store import write_whole
from napari_robust_synth.tasks import Generate, Job
from napari_robust_synth.training import checkpoint, curves
from napari_robust_synth.training.config import TrainingConfig
from napari_robust_synth.training.loop import Trainer
from napari_robust_synth.training.measure import ATTACK

POINTS = 1000
"""Up to how many points a stored curve has."""
SHOWN = 8
"""Of how many classes pictures are drawn for the card."""


@dataclass(frozen=True)
class Outcome:
    """A model folder that a training fills.

    Parameters
    ----------
    folder : Path
        Where.
    card : ModelCard
        What is known before training.
    seeds : SeedStatistics or None
        Seed statistics; None in processes that do not write.
    config : TrainingConfig
        As used.
    pictures : str
        Fingerprint of the training pictures.
    """

    folder: Path
    card: ModelCard
    seeds: SeedStatistics | None
    config: TrainingConfig
    pictures: str

    def checkpoint(self, trainer: Trainer) -> None:
        """Write all that resuming needs."""
        self.folder.mkdir(exist_ok=True)
        checkpoint.save(
            self.folder, {"config": self.config.to_toml(), "pictures": self.pictures, "trainer": trainer.state()}
        )

    def restore(self, trainer: Trainer, state: Mapping[str, Any]) -> None:
        """Bring a trainer to where a checkpoint was written.

        Raises
        ------
        ValueError
            When the pictures are not those that training began with.
        """
        if state["pictures"] != self.pictures:
            raise ValueError(
                f"the pictures are not those that the training in {self.folder} began with: restore them, or train anew"
            )
        trainer.restore(state["trainer"])

    def save(self, trainer: Trainer) -> None:
        """Write the model as it is now."""
        save_model(self.folder, trainer.result, self.card, self.seeds)

    def finish(self, trainer: Trainer, metrics: Mapping[str, float]) -> None:
        """Write the model with everything that is known of it; the checkpoint goes last."""
        card = replace(self.card.with_metrics(metrics, ATTACK if metrics else ""), eps=trainer.eps)
        save_model(self.folder, trainer.result, card, self.seeds)
        history = {"metrics": dict(metrics), "epochs": epochs(trainer), "steps": thinned(trainer)}
        clean = [value for value in trainer.clean if not math.isnan(value)]
        drawing = curves.draw({"loss": trainer.losses}, {"robust accuracy": trainer.robust, "clean": clean})
        self._write("metrics.json", json.dumps(history, indent=1) + "\n")
        self._write("config.toml", self.config.to_toml())
        write_whole(self.folder / "curves.png", lambda path: drawing.save(path))
        strip = pictures(self.folder, str(trainer.device))
        write_whole(self.folder / "pictures.png", lambda path: strip.save(path))
        self._write("README.md", markdown(self.folder.resolve().name, card))
        checkpoint.remove(self.folder)

    def _write(self, name: str, text: str) -> None:
        write_whole(self.folder / name, lambda path: path.write_text(text, encoding="utf-8"))


def epochs(trainer: Trainer) -> list[dict[str, float]]:
    """Return loss and accuracies of each epoch: means of its steps, and clean as measured at its end."""
    size = trainer.steps_per_epoch
    rows = []
    for i in range(trainer.config.epochs):
        part = slice(i * size, (i + 1) * size)
        row = {"epoch": i + 1, "loss": _mean(trainer.losses[part]), "robust": _mean(trainer.robust[part])}
        clean = trainer.clean[i] if i < len(trainer.clean) else math.nan  # with nothing to validate on
        rows.append(row if math.isnan(clean) else {**row, "clean": clean})
    return rows


def thinned(trainer: Trainer) -> list[dict[str, float]]:
    """Return the curves, each point the mean of as many steps as make them short enough to store."""
    size = -(-trainer.steps // POINTS)
    return [
        {"step": min(i + size, trainer.steps), "loss": _mean(trainer.losses[i : i + size]),
         "robust": _mean(trainer.robust[i : i + size])}
        for i in range(0, trainer.steps, size)
    ]  # fmt: skip


def pictures(folder: Path, device: str) -> Image.Image:
    """Let the model draw a picture of each of its first classes, side by side."""
    classifier = load_model(folder).to(device)
    names = classifier.class_names[:SHOWN]
    drawn = [Job(Generate(n=1), classifier, label=i).run()[0] for i in range(len(names))]
    return Image.fromarray(np.concatenate(drawn, 1))


def markdown(name: str, card: ModelCard) -> str:
    """Return the card as a page, with the curves and pictures that lie beside it."""
    shown = ", ".join(card.class_names[:SHOWN])
    radius = f"{card.norm} eps {card.eps:g}" + (" at 224 px" if card.norm == "l2" else "")
    rows = {
        "network": f"{card.arch}, {card.size} px",
        f"classes ({len(card.class_names)})": ", ".join(card.class_names),
        "trained against": radius if card.eps else "no attack",
        "made by": card.origin,
        "data": card.data,
        "terms": card.terms,
        "limits": card.limits,
        **{metric: f"{value:g}" for metric, value in card.metrics.items()},
    }
    table = "\n".join(f"| {title} | {text.replace('|', '&#124;')} |" for title, text in rows.items() if text)
    return (
        f"# {name}\n\n| | |\n|---|---|\n{table}\n\n"
        f"What it draws when asked for: {shown}.\n\n![pictures](pictures.png)\n\n"
        f"Loss and accuracy while it was trained.\n\n![curves](curves.png)\n"
    )


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)

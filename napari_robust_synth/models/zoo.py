"""The models we know by name, and how to open one (no torch until a model is loaded)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from napari_robust_synth.models.cards import ModelCard

if TYPE_CHECKING:
    from napari_robust_synth.models.classifier import Classifier

BUNDLED = "bundled"


@dataclass(frozen=True)
class ZooEntry:
    """A model: its name and the folder that holds its weights and card."""

    name: str
    folder: Path

    @property
    def card(self) -> ModelCard:
        """What is known of the model."""
        return ModelCard.read(self.folder)


ZOO = {BUNDLED: ZooEntry(BUNDLED, Path(__file__).parent / "bundled")}


def find_model(name: str | Path) -> ZooEntry:
    """Find a model by its name in the zoo, or by the path of its folder.

    Raises
    ------
    ValueError
        When it is neither.
    """
    entry = ZOO.get(str(name))
    if entry is not None:
        return entry
    if Path(name).is_dir():
        return ZooEntry(Path(name).resolve().name, Path(name))
    raise ValueError(f"no model {str(name)!r}: expected {', '.join(ZOO)} or a model folder")


def load_classifier(name: str | Path = BUNDLED, device: str = "cpu") -> Classifier:
    """Load a classifier by name or folder; nothing in the files is executed.

    Parameters
    ----------
    name : str or Path
        A name of the zoo, or a model folder.
    device : str
        ``auto``, ``cpu``, ``cuda`` or ``mps``.

    Raises
    ------
    ValueError
        When there is no such model or device, or a file is damaged.
    """
    from napari_robust_synth.models.checkpoints import device_of, load_model

    entry = find_model(name)
    return load_model(entry.folder, entry.name).to(device_of(device))

"""The models we know by name, and how to open one (no torch until a model is loaded)."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from napari_robust_synth.models.cards import ModelCard
from napari_robust_synth.models.published import EPS_UNKNOWN, Published, published
from napari_robust_synth.models.radius import write_eps
from napari_robust_synth.models.store import downloads_folder, models_folder

if TYPE_CHECKING:
    from napari_robust_synth.models.classifier import Classifier

BUNDLED = "bundled"


@dataclass(frozen=True)
class ZooEntry:
    """A model that has a name.

    Parameters
    ----------
    name : str
        What it is called.
    path : Path, optional
        Its model folder; by default the one of its name in `models_folder`.
    source : Published, optional
        Where it can be fetched from.
    """

    name: str
    path: Path | None = None
    source: Published | None = None

    @property
    def folder(self) -> Path:
        """The folder with its weights and card, there or not."""
        return self.path or models_folder() / self.name

    @property
    def here(self) -> bool:
        """Whether it can be used without fetching it."""
        return (self.folder / "card.json").is_file()

    @property
    def card(self) -> ModelCard:
        """What is known of the model."""
        return self.source.card() if self.source and not self.here else ModelCard.read(self.folder)

    @property
    def robust_to(self) -> str:
        """Norm and radius of the attack it was trained with, in words."""
        card = self.source or self.card
        if self.card.limits == EPS_UNKNOWN:
            return f"{card.norm} eps unknown"
        if not card.eps:
            return "standard"
        if card.norm == "linf":
            return f"linf eps {write_eps(card.norm, card.eps)}"
        at = f" at {self.source.size} px" if self.source and self.source.size != 224 else ""
        return f"{card.norm} eps {card.eps:g}{at}"


ZOO: dict[str, ZooEntry] = {BUNDLED: ZooEntry(BUNDLED, Path(__file__).parent / "bundled")}
ZOO |= {name: ZooEntry(name, source=source) for name, source in published().items()}


def models_here() -> Mapping[str, ZooEntry]:
    """Return the models that can be used at once: the bundled one, then those in `models_folder`, by name."""
    folder = models_folder()
    names = sorted(path.parent.name for path in folder.glob("[!.]*/card.json")) if folder.is_dir() else []
    return {BUNDLED: ZOO[BUNDLED]} | {name: ZOO.get(name, ZooEntry(name)) for name in names if name != BUNDLED}


def is_name(name: str) -> bool:
    """Tell whether a model goes by this name (otherwise it may be the path of one)."""
    return name in ZOO or name in models_here()


def find_entry(name: str | Path) -> ZooEntry:
    """Find a model by its name, fetched or not, or by the path of its folder.

    Raises
    ------
    ValueError
        When it is neither.
    """
    here = models_here()
    entry = ZOO.get(str(name)) or here.get(str(name))
    if entry is not None and (entry.here or not (Path(name) / "card.json").is_file()):
        return entry
    if Path(name).is_dir():
        return ZooEntry(Path(name).resolve().name, Path(name))
    raise ValueError(
        f"no model {str(name)!r}: expected {', '.join(here)} or a model folder, "
        "or a name that `napari-robust-synth models list` shows"
    )


def find_model(name: str | Path) -> ZooEntry:
    """Find a model that can be used at once, by its name or by the path of its folder.

    Raises
    ------
    ValueError
        When there is none, or it has to be fetched first.
    """
    entry = find_entry(name)
    if entry.source and not entry.here:
        raise ValueError(f"model {name} is not here yet: run `napari-robust-synth models fetch {name}` first")
    return entry


def remove_model(name: str) -> None:
    """Delete a model from `models_folder`, and what was downloaded of it.

    Raises
    ------
    ValueError
        When it is the bundled one, or none that is kept there.
    """
    if name == BUNDLED:
        raise ValueError("the bundled model belongs to the package and can't be removed")
    entry = models_here().get(name) or ZOO.get(name)
    pattern = f"{entry.source.file}*" if entry and entry.source else ""
    files = list(downloads_folder().glob(pattern)) if pattern else []
    if entry is None or not (entry.here or files):
        raise ValueError(f"no model {name!r} is kept in {models_folder()}")
    for file in files:
        file.unlink()
    if entry.here:
        doomed = entry.folder.with_name(f".{uuid4().hex}")
        entry.folder.rename(doomed)  # so that it is gone at once, whatever happens while it is deleted
        shutil.rmtree(doomed)


def load_classifier(name: str | Path = BUNDLED, device: str = "cpu", *, precise: bool = False) -> Classifier:
    """Load a classifier by name or folder; nothing in the files is executed.

    Parameters
    ----------
    name : str or Path
        A name of the zoo, or a model folder.
    device : str
        ``auto``, ``cpu``, ``cuda`` or ``mps``.
    precise : bool
        Whether to stay in plain float32, instead of the quickest path of this machine; see `Classifier.quick`.

    Raises
    ------
    ValueError
        When there is no such model or device, or a file is damaged.
    """
    from napari_robust_synth.models.checkpoints import device_of, load_model

    entry = find_model(name)
    classifier = load_model(entry.folder, entry.name).to(device_of(device))
    return classifier if precise else classifier.quick()

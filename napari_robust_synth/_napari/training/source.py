"""Where the train dock's pictures come from: a folder, or layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from napari_robust_synth._napari.layers.crops import Cutting, counts, write_crops
from napari_robust_synth._napari.layers.marks import Marks
from napari_robust_synth._napari.layers.planes import Plane
from napari_robust_synth._napari.training.process import DATA
from napari_robust_synth.training.config import TrainingConfig
from napari_robust_synth.training.layout import find


@dataclass(frozen=True)
class FolderSource:
    """A tree of pictures as `train` takes it."""

    path: Path

    def counts(self, config: TrainingConfig) -> dict[str, int]:
        """Count the pictures of each class folder."""
        if not self.path.is_dir():
            raise ValueError(f"{self.path} is not a folder: choose one with a folder of pictures for each class")
        return find(self.path, replace(config, classes={}, hold_out=0.0))[0].counts()

    def write(self, folder: Path, names: Mapping[str, str], check: Callable[[], None]) -> tuple[Path, dict[str, str]]:
        """Return where the pictures are, and the class of each folder."""
        return self.path, dict(names)

    def default_name(self, key: str, config: TrainingConfig) -> str:
        """Return what a class is called until the user says more."""
        return key if config.superclasses else config.classes.get(key, key)

    def __str__(self) -> str:
        return f"The folder {self.path.name}"


@dataclass(frozen=True)
class LayerSource:
    """Crops of image layers where another layer marks examples."""

    pictures: Sequence[Plane]
    marks: Marks
    cutting: Cutting

    def counts(self, config: TrainingConfig) -> dict[str, int]:
        """Count the crops of each class."""
        return counts(self.pictures, self.marks, self.cutting)

    def write(self, folder: Path, names: Mapping[str, str], check: Callable[[], None]) -> tuple[Path, dict[str, str]]:
        """Write the crops; return where they are, and the class of each folder."""
        classes = {f"{number:03}": name for number, name in enumerate(dict.fromkeys(names.values()))}
        numbers = {name: number for number, name in classes.items()}
        folders = {key: numbers[name] for key, name in names.items()}
        write_crops(folder / DATA, self.pictures, self.marks, self.cutting, folders, check)
        return folder / DATA, classes

    def default_name(self, key: str, config: TrainingConfig) -> str:
        """Return what a class is called until the user says more."""
        return f"label {key}" if key.isdigit() else key

    def __str__(self) -> str:
        return f"Crops of {', '.join(picture.name for picture in self.pictures)}"


Source = FolderSource | LayerSource

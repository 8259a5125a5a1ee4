"""Pictures that a part has made so far: it may take hours, and goes on where it was stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from napari_robust_synth.evaluation.pool import Pixels
from napari_robust_synth.models.store import write_whole

Some = tuple[list[Pixels], dict[str, Any]]
"""Pictures of one size, and how they were made, as plain JSON types."""


@dataclass(frozen=True)
class Shelf:
    """Keeps pictures beside the file for what a part finds, until that is there.

    Parameters
    ----------
    part : Path, optional
        The file; it is named after all that pictures depend on. Without it nothing is kept.
    """

    part: Path | None = None

    def made(self, name: str, make: Callable[[], Some]) -> Some:
        """Return what was made under a name, or make it now."""
        if self.part is None:
            return make()
        file = self.part.with_name(f"{self.part.stem}-{name}.npz")
        try:
            with file.open("rb") as opened, np.load(opened, allow_pickle=False) as kept:
                return list(kept["pictures"]), json.loads(str(kept["about"]))
        except (OSError, EOFError, ValueError, KeyError, BadZipFile):
            pictures, about = make()
        file.parent.mkdir(parents=True, exist_ok=True)
        text, stack = json.dumps(about), np.stack(pictures)
        write_whole(file, lambda path: np.savez_compressed(path, pictures=stack, about=text))
        return pictures, about

    def clear(self) -> None:
        """Forget all pictures."""
        for file in [] if self.part is None else self.part.parent.glob(f"{self.part.stem}-*.npz"):
            file.unlink()

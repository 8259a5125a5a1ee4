"""Folders of pictures to do the same to, and of results: of each picture one, or the reason why there is none."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from napari_robust_synth.pictures import encode, files
from napari_robust_synth.tasks.memory import ran_out
from napari_robust_synth.tasks.recipes import RESULTS, SLICES

LOSSLESS = (".png", ".tif", ".tiff")


@dataclass(frozen=True)
class Done:
    """A picture: where its result is, or why there is none, in one line.

    ``note`` is to be told, too; ``kept`` says that the result was there before.
    """

    path: Path
    result: Path | None
    reason: str = ""
    note: str = ""
    kept: bool = False


def pictures_in(folder: Path) -> list[Path]:
    """Return the picture files of a folder, by name.

    Raises
    ------
    ValueError
        When it has none.
    """
    found = sorted(p for p in folder.iterdir() if p.suffix.lower() in encode.FORMATS and p.is_file())
    if not found:
        raise ValueError(f"{folder} has no picture: expected PNG, TIFF, JPEG, WebP or BMP files in it")
    return found


class Goals:
    """Where the results of pictures go, each to a file of its own.

    Parameters
    ----------
    out : Path
        Their folder.
    kind : str
        That of the recipes.
    """

    def __init__(self, out: Path, kind: str) -> None:
        self.out, self.suffix = out, ".tif" if kind in (SLICES, RESULTS) else ""
        self._of: dict[str, Path] = {}

    def of(self, path: Path) -> Path:
        """Return where the result of a picture goes: a lossy format becomes PNG, and TIFF where it is a stack.

        Raises
        ------
        ValueError
            When that of another picture goes there.
        """
        own = path.suffix if path.suffix.lower() in LOSSLESS else ".png"
        goal = self.out / f"{path.stem}{self.suffix or own}"
        other = self._of.setdefault(os.path.normcase(goal), path)
        if other is not path:
            raise ValueError(f"{other} and {path} would both become {goal}: rename one, or do them apart")
        return goal


def taken(goal: Path) -> bool:
    """Tell whether a result, or a recipe beside it, is there."""
    return goal.exists() or files.recipe_path(goal).exists()


def one_line(error: BaseException) -> str:
    """Say what went wrong in one line."""
    text = " ".join(str(error).split()) or type(error).__name__
    return "not enough memory" if ran_out(error) else text

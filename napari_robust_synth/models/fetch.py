"""Fetch a published model: download its checkpoint, hold it to its checksum, and keep it as a model folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from napari_robust_synth.models.cancel import Cancel
from napari_robust_synth.models.download import STALL_SECONDS, Progress, download, hash_of
from napari_robust_synth.models.published import Published
from napari_robust_synth.models.store import downloads_folder, write_whole
from napari_robust_synth.models.validate import validated
from napari_robust_synth.models.zoo import ZooEntry


def fetch(
    entry: ZooEntry,
    progress: Progress = lambda done, total: None,
    *,
    cancel: Cancel | None = None,
    stall: float = STALL_SECONDS,
) -> Path:
    """Make a published model one that is here; nothing happens when it is.

    A checkpoint that was put at `checkpoint_path` by hand is taken instead of a download.

    Parameters
    ----------
    entry : ZooEntry
        The model.
    progress : callable
        Called with the bytes that are there and their number in the end (None: unknown).
    cancel : Cancel, optional
        Call it, from any thread, to end the download, or the reading of what came.
    stall : float
        Give up when nothing comes for so many seconds.

    Returns
    -------
    Path
        Its model folder.

    Raises
    ------
    Cancelled
        When it was cancelled; the next time goes on from there.
    ValueError
        One line: what went wrong and what to do, such as which file to put where.
    """
    if entry.here:
        return entry.folder
    if entry.source is None:
        raise ValueError(f"model {entry.name} has no address to fetch it from")
    path, expected = checkpoint_path(entry.source), expected_hash(entry.source)
    by_hand = path.exists()
    if not by_hand:
        download(entry.source.url, path, sha256=expected, progress=progress, cancel=cancel, stall=stall)
    found = hash_of(path) if by_hand or not expected else expected  # a download was held to it
    if expected and found != expected:
        raise ValueError(f"{path} has the sha256 {found[:12]}, expected {expected[:12]}: delete it and fetch again")
    cancel = cancel or Cancel()
    cancel.check()
    try:
        folder = keep(entry, path, cancel.check)
    except ValueError as error:
        if not (by_hand or expected):
            path.unlink()  # it may be what a broken server sent
        raise ValueError(f"{path.name} from {entry.source.url} can't be used: {error}") from None
    if not expected:
        _record(entry.source, found)
    path.unlink()
    return folder


def keep(entry: ZooEntry, path: Path, check: Callable[[], None] = lambda: None) -> Path:
    """Turn a checkpoint into the model folder of an entry: the one place that calls the importer.

    Between two steps it calls ``check``, which may raise; nothing is kept then.

    Raises
    ------
    ValueError
        When the file can't be read.
    """
    from napari_robust_synth.models.importing import import_file  # imports torch

    card = entry.card.to_dict()
    del card["metrics"]
    card["eps"] = entry.source.eps if entry.source else card["eps"]
    return import_file(path, name=entry.name, check=check, **card)


def checkpoint_path(source: Published) -> Path:
    """Return where a checkpoint is downloaded to, or may be put by hand."""
    return downloads_folder() / source.file


def expected_hash(source: Published) -> str:
    """Return the sha256 a checkpoint must have: as published, or as first fetched; empty when neither is known."""
    return source.sha256 or _recorded().get(source.url, "")


def _recorded() -> dict[str, str]:
    path = downloads_folder() / "checksums.json"
    try:
        return validated(dict[str, str], json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ValueError(f"{path} is damaged ({error}): restore it, or delete it to trust the next downloads") from None


def _record(source: Published, sha256: str) -> None:
    path = downloads_folder() / "checksums.json"
    with FileLock(path.with_name(f".{path.name}.lock")):
        text = json.dumps(_recorded() | {source.url: sha256}, indent=2) + "\n"
        write_whole(path, lambda file: file.write_text(text, encoding="utf-8"))

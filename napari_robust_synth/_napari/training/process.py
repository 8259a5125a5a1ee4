"""A training in a process of its own, which outlives the window: all that is known of it lies in its model folder."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from napari_robust_synth.models.cards import CHECKPOINT, WEIGHTS
from napari_robust_synth.models.store import models_folder, same_home, write_whole
from napari_robust_synth.training.events import Event, read_events

RECORD, EVENTS, LOG, CONFIG, DATA = "training.json", "events.jsonl", "training.log", "training.toml", "data"
LOG_END = 4000
"""So many bytes at the end of the log are looked at."""
NICE = 10
PROGRAM = (sys.executable, "-m", "napari_robust_synth")

_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Record:
    """What to train on, and the number of the process."""

    data: str
    pid: int


@dataclass(frozen=True)
class Training:
    """A training of the model in ``folder``, under way or ended.

    Parameters
    ----------
    folder : Path
        The model folder.
    """

    folder: Path

    @property
    def name(self) -> str:
        """What the model is called."""
        return self.folder.name

    @property
    def record(self) -> Record:
        """What was started."""
        return Record(**json.loads((self.folder / RECORD).read_text(encoding="utf-8")))

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self._process() is not None

    @property
    def finished(self) -> bool:
        """Whether it came to its end: the checkpoint goes last."""
        return (self.folder / WEIGHTS).exists() and not (self.folder / CHECKPOINT).exists() and not self.running

    @property
    def resumable(self) -> bool:
        """Whether it ended early, and can go on."""
        return all((self.folder / name).exists() for name in (RECORD, CHECKPOINT)) and not self.running

    def events(self) -> list[Event]:
        """Return what has happened so far."""
        return read_events(self.folder / EVENTS)

    def last_words(self) -> str:
        """Return the last line that the process has written on stderr."""
        try:
            with (self.folder / LOG).open("rb") as file:
                file.seek(max(file.seek(0, 2) - LOG_END, 0))
                lines = file.read().decode("utf-8", "replace").split("\n")
        except FileNotFoundError:
            return ""
        return next((line.strip().removeprefix("error: ") for line in reversed(lines) if line.strip()), "")

    def start(self, data: Path) -> Training:
        """Train on a tree of pictures, with the config that lies in the folder."""
        return self._launch(str(data), "--config", str(self.folder / CONFIG))

    def resume(self) -> Training:
        """Go on from the last checkpoint."""
        return self._launch(self.record.data, "--resume")

    def stop(self) -> None:
        """Ask the process to end; its last checkpoint stays."""
        if process := self._process():
            with suppress(psutil.Error):
                process.terminate() if sys.platform == "win32" else process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """End the process and those it has started, whatever they do."""
        if process := self._process():
            with suppress(psutil.Error):
                for each in (*process.children(recursive=True), process):
                    each.kill()

    def tidy(self) -> None:
        """Delete what only the training needed; the model stays."""
        shutil.rmtree(self.folder / DATA, ignore_errors=True)
        for name in (EVENTS, LOG, CONFIG, RECORD):
            (self.folder / name).unlink(missing_ok=True)

    def discard(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _launch(self, data: str, *options: str) -> Training:
        command = [*PROGRAM, "train", data, "-o", str(self.folder), "--events", str(self.folder / EVENTS), *options]
        with (self.folder / LOG).open("ab") as log:
            child = subprocess.Popen(
                command, **_apart(), env=same_home(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log,
            )  # fmt: skip
        _children[child.pid] = child  # kept, since only its parent can tell whether it has ended
        process = psutil.Process(child.pid)
        process.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32" else NICE)
        text = json.dumps(asdict(Record(data, child.pid)))
        write_whole(self.folder / RECORD, lambda path: path.write_text(text, encoding="utf-8"))
        return self

    def _process(self) -> psutil.Process | None:
        try:
            record = self.record
        except (OSError, ValueError, TypeError):
            return None
        child = _children.get(record.pid)
        if child is not None and child.poll() is not None:
            return None
        try:
            process = psutil.Process(record.pid)
            ours = child is not None or str(self.folder) in process.cmdline()  # numbers come again
            ours = ours and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return None
        return process if ours else None


def trainings() -> list[Training]:
    """Return the trainings that were begun here and not yet tidied up, the latest first."""
    folder = models_folder()
    records = folder.glob(f"[!.]*/{RECORD}") if folder.is_dir() else ()
    return [Training(path.parent) for path in sorted(records, key=lambda path: path.stat().st_mtime, reverse=True)]


def _apart() -> dict[str, Any]:
    """Return what keeps a process out of reach of what ends this one."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}

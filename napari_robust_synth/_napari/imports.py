"""A model file of somebody else: looked into, shown, and kept when wanted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari.utils.notifications import show_error
from qtpy.QtCore import QObject, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QMessageBox, QWidget
from superqt.utils import FunctionWorker

from napari_robust_synth._napari.loading import prepare_torch
from napari_robust_synth._napari.runner import RunError, explain

if TYPE_CHECKING:
    from napari_robust_synth.models.importing import Found


class Imports(QObject):
    """Opens checkpoints, in workers; nothing in a file is run.

    Parameters
    ----------
    parent : QWidget
        What the question belongs to.
    """

    kept = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent

    def look_into(self, path: Path) -> None:
        """Find out what a file holds, ask whether to keep it, and say its name in `kept`."""
        self._work(_inspect, path, self._ask)

    def _ask(self, found: Found) -> None:
        card = found.card
        classes = ", ".join(card.class_names[:5]) + (", …" if len(card.class_names) > 5 else "")
        text = f"{found.source.name} holds a {card.arch} with {len(card.class_names)} classes ({classes})."
        details = "\n".join(f"{name}: {value}" for name, value in found.facts.items())
        box = QMessageBox(QMessageBox.Icon.Question, "Open model", text, parent=self._window)
        box.setInformativeText("Keep it among your models?")
        box.setDetailedText(f"size: {card.size}\nmean: {card.mean}\nstd: {card.std}\n{details}")
        box.setStandardButtons(QMessageBox.StandardButton.Save | QMessageBox.StandardButton.Cancel)
        box.accepted.connect(lambda: self._work(_keep, found, self.kept.emit))
        box.open()

    def _work(self, what: Callable[[Any], Any], given: object, then: Callable[[Any], None]) -> None:
        worker = FunctionWorker(what, given)
        worker.returned.connect(then)
        worker.errored.connect(lambda error: show_error(str(error)))
        worker.start()


def _inspect(path: Path) -> Found:
    prepare_torch()
    from napari_robust_synth.models.importing import inspect

    try:
        return inspect(path)
    except RuntimeError as error:
        raise RunError(explain(error)) from error


def _keep(found: Found) -> str:
    from napari_robust_synth.models.importing import keep

    return keep(found).name

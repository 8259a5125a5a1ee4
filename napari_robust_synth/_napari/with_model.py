"""The dock's classifier: its classes in the form, and it itself loaded in the background."""

from __future__ import annotations

from pathlib import Path

from napari.utils.notifications import show_error

from napari_robust_synth._napari.running.loading import Ready, warm_up
from napari_robust_synth._napari.running.words import known_names
from napari_robust_synth._napari.view import DockView
from napari_robust_synth._napari.window.worker_errors import background
from napari_robust_synth.models import find_model
from napari_robust_synth.models.store import models_folder
from napari_robust_synth.models.zoo import BUNDLED
from napari_robust_synth.tasks import TASKS


class DockWithModel(DockView):
    """A dock that follows the classifier and the task chosen in it."""

    def _show_model(self) -> None:
        try:
            card = find_model(self.model.value).card
        except ValueError as error:  # its folder was changed or removed meanwhile
            if self.model.value == BUNDLED:
                raise
            show_error(str(error))
            self.model.value = BUNDLED
            return
        self._class_names = card.class_names
        self._size = card.size
        self._show_task()

    def _show_task(self) -> None:
        task = TASKS[self.task.value]
        self.about.setText((task.__doc__ or "").strip().splitlines()[0])
        self.parameters.show_task(task, self._size)
        self.inputs.show_task(task, self._class_names)

    def use_model(self, folder: Path) -> None:
        """Choose the model in a folder."""
        self.model.value = folder.name if folder.parent == models_folder() else str(folder)

    def _load(self) -> None:
        self.status.rest("Loading the classifier in the background…")
        worker = background(warm_up, self.model.value, self.device.value)
        worker.returned.connect(self._loaded)
        worker.errored.connect(self._not_loaded)
        worker.start()

    def _loaded(self, ready: Ready) -> None:
        if ready.model != self.model.value:
            return
        self.status.rest(f"{ready.model} classifier ready on {ready.device}", ready.sha256)
        self.inputs.learn(known_names(ready.sha256))

    def _not_loaded(self, error: Exception) -> None:
        self.status.rest(f"The classifier is not available: {error}")

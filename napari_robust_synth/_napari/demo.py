"""Open napari with a sample, its mask and the dock, and start painting: `python -m napari_robust_synth._napari.demo`."""

from __future__ import annotations

import napari
from qtpy.QtCore import QTimer

from napari_robust_synth._napari.commands import PLUGIN, open_task

SAMPLE = "paint"


def start(viewer: napari.Viewer) -> None:
    """Fill the dock with the sample and press Run."""
    from napari_robust_synth.samples import SAMPLES

    viewer.open_sample(PLUGIN, SAMPLE)
    dock = open_task(viewer, SAMPLES[SAMPLE].task)
    dock.inputs.label.setCurrentText(SAMPLES[SAMPLE].label or "")
    dock.run()


def main() -> None:
    """Run the demo until the window is closed."""
    viewer = napari.Viewer()
    QTimer.singleShot(0, lambda: start(viewer))
    napari.run()


if __name__ == "__main__":
    main()

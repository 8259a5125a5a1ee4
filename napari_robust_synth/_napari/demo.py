"""`python -m napari_robust_synth._napari.demo` opens napari with a sample, its mask and the dock, and paints."""

from __future__ import annotations

import napari
from qtpy.QtCore import QTimer

from napari_robust_synth._napari.commands import open_task


def start(viewer: napari.Viewer) -> None:
    """Fill the dock with the sample and press Run."""
    dock = open_task(viewer, "paint")
    dock.open_sample()
    dock.run()


def main() -> None:
    """Run the demo until the window is closed."""
    viewer = napari.Viewer()
    QTimer.singleShot(0, lambda: start(viewer))
    napari.run()


if __name__ == "__main__":
    main()

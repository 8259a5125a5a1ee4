"""The button of the live brush, and the palette that it paints with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari.utils.notifications import show_info
from qtpy.QtCore import QObject

from napari_robust_synth._napari.layers.world import World
from napari_robust_synth.tasks.targets import write_targets

if TYPE_CHECKING:
    from napari_robust_synth._napari.dock import SynthesisDock

PAINT = "Paint with napari's brush, fill or polygon: each stroke evolves at once"


class LiveBrush(QObject):
    """Connects the palette's rows, and its button, with a dock.

    Parameters
    ----------
    dock : SynthesisDock
        Whose palette.
    """

    def __init__(self, dock: SynthesisDock) -> None:
        super().__init__(dock)
        self.dock, self.table = dock, dock.inputs.palette
        self.table.painted.world = lambda: World.of(dock.viewer.dims)
        dock.viewer.dims.events.point.connect(self.table.painted.look_again)
        self.table.changed.connect(self._palette_changed)
        dock.model.changed.connect(lambda _: dock.inputs.forget_names())
        self.table.live.clicked.connect(self._toggle)

    def _palette_changed(self) -> None:
        targets, session = self.table.targets(), self.dock.session
        if session is not None and session.request.palette is not None and targets:
            session.change(palette=write_targets(targets))
        self.dock._refresh()

    def _toggle(self, on: bool) -> None:
        if on:
            from napari_robust_synth._napari.live.painting import LiveSession

            self._say_what_it_leaves()
            self.dock.run(kind=LiveSession)
            if self.on:
                self.dock.status.setText(PAINT)
                self.dock.bar.setMaximum(1)
        else:
            self.dock._stop()
        self.refresh(runnable=True)

    @property
    def on(self) -> bool:
        """Whether it paints."""
        return self.dock.session is not None and self.dock.session.takes_strokes

    def _say_what_it_leaves(self) -> None:
        left = []
        if self.dock.inputs.scope.slices is not None:
            left.append("paints on the slice that is shown, not on all")
        if self.dock.history.keep_frames.isChecked():
            left.append("keeps no frames")
        if left:
            show_info(f"The live brush {', and '.join(left)}")

    def refresh(self, *, runnable: bool) -> None:
        """Show whether the brush is on, and whether it may be."""
        self.table.live.setChecked(self.on)
        self.table.live.setEnabled(self.on or (runnable and self.dock.session is None))

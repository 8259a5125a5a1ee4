"""A run of the live brush: what is painted on the palette's layer evolves at once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from napari.layers import Image, Labels
from napari.utils.notifications import show_error, show_info
from superqt.utils import GeneratorWorker

from napari_robust_synth._napari.layers.arrays import Array, Box, NothingThereError, grid_shift
from napari_robust_synth._napari.layers.label_watch import LabelWatch
from napari_robust_synth._napari.layers.masks import LabelRegion
from napari_robust_synth._napari.layers.strokes import stroke_on
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth._napari.live.runner import LiveFrame, paint_live
from napari_robust_synth._napari.live.sheet import Sheet
from napari_robust_synth._napari.running.runner import Frame, run_job
from napari_robust_synth._napari.running.session import Session

if TYPE_CHECKING:
    from napari_robust_synth import core
    from napari_robust_synth.tasks.patch import Patch


LARGE = 2**18
"""Pixels of labels that are read in the worker: fewer are read sooner where they are painted."""
ELSEWHERE = (
    "The live brush is on another slice: go back there to paint on, or stop it, and switch it on in the slice shown"
)


class LiveSession(Session):
    """A run that takes strokes while it goes on, with one preview layer for parts that lie near together."""

    takes_strokes = True

    def _make_worker(self) -> GeneratorWorker[Any, Any, Any]:
        request, self._canvas = self.request, self.request.canvas()
        self.landing.trajectory = None  # its frames would be of several parts, and of other sizes
        run = partial(run_job, request.prepare_live, request.finish, self.control, paint_live)
        return GeneratorWorker(run)

    def start(self) -> None:
        """Begin with what is painted already."""
        self._sheets: list[tuple[Sheet, Image]] = []
        self._sheet_of: dict[Patch, tuple[Sheet, Image]] = {}
        self._watch = LabelWatch()
        self._watch.changed.connect(self._painted)
        labels, canvas = self.request.labels, self._canvas
        assert labels is not None and isinstance(self.request.region, LabelRegion)
        self._shape = (canvas[2] - canvas[0], canvas[3] - canvas[1])
        self._to_labels = self.request.region.to_labels @ grid_shift((1, 1), canvas[:2])
        self._watch.follow(labels)
        self.landing.keeper.paint_on(labels)
        self._all, self._away, self._told_away = (0, 0, *labels.data.shape[-2:]), False, False
        self.viewer.dims.events.point.connect(self._moved)
        self._painted(self._all)
        super().start()

    def _painted(self, box: Box) -> None:
        labels, region = self.request.labels, self.request.region
        assert labels is not None and isinstance(region, LabelRegion)
        if self._away and box != self._all:
            if not self._told_away:
                show_info(ELSEWHERE)
            self._told_away = True
            return
        read = partial(self._stroke, labels, region, box)
        top, left, bottom, right = box
        if (bottom - top) * (right - left) > LARGE:  # what is painted until the worker reads it comes again
            self.control.changes.put({"paint": read})
            return
        try:
            stroke = read()
        except ValueError as error:
            show_error(str(error))
            return
        self.control.changes.put({"paint": lambda: stroke})

    def _stroke(self, labels: Labels, region: LabelRegion, box: Box) -> tuple[int, int, Array] | None:
        try:
            return stroke_on(labels.data[region.index], self._to_labels, box, self._shape)
        except (IndexError, OSError) as error:
            raise ValueError(f"{labels.name!r} can't be read there any more: {error}") from None

    def _moved(self, event: Any = None) -> None:
        """Follow the sliders, once what was drawn before is told."""
        self._watch.tell()
        labels, region = self.request.labels, self.request.region
        assert labels is not None and isinstance(region, LabelRegion)
        try:
            self._away = World.of(self.viewer.dims).index(labels) != region.index
        except NothingThereError:
            self._away = True
        self._told_away = self._told_away and self._away

    def _show(self, shown: Frame) -> None:
        assert isinstance(shown, LiveFrame)
        if shown.patch not in self._sheet_of:
            self._sheet_of[shown.patch] = self._sheet_for(shown.crop)
        sheet, preview = self._sheet_of[shown.patch]
        sheet.put(shown.patch, shown.crop, shown.pictures[0])
        self._show_on(preview, replace(shown, pictures=sheet.pixels[None], crop=sheet.box))

    def _told(self, shown: Frame | None) -> None:
        if shown is not None:  # the dock is enough: a painting has no end, and napari's bar takes a window's frame
            self.on_frame(shown)

    def _sheet_for(self, crop: core.Crop) -> tuple[Sheet, Image]:
        for sheet, preview in self._sheets:
            if sheet.takes(crop):
                return sheet, preview
        preview = self._new_preview() if self._sheets else self.preview
        if self._sheets:
            self._add_preview(preview)
        self._sheets.append((Sheet(crop, self._shape), preview))
        return self._sheets[-1]

    def _remove_preview(self) -> None:
        super()._remove_preview()
        for _, preview in self._sheets:
            if preview in self.viewer.layers:
                self.viewer.layers.remove(preview)

    def abandon(self) -> None:
        """End, and keep nothing: the dock is gone, and the window perhaps."""
        self.landing.keeper.painted = None
        super().abandon()

    def _finished(self, _: None = None) -> None:
        self.viewer.dims.events.point.disconnect(self._moved)
        self._watch.follow(None)
        if not self.control.abandoned.is_set():
            self.landing.keeper.paint_on(None)
        super()._finished()

"""Curves of a training while it goes on, drawn with Qt alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from qtpy.QtWidgets import QWidget

from napari_robust_synth.training.events import Event

HEIGHT, TITLE, GAP = 190, 20, 10
LOSS, ROBUST, CLEAN = QColor("#f59f00"), QColor("#4dabf7"), QColor("#69db7c")
FAINT = 60
"""Opacity of the frame, of 255."""
SMOOTH = 25
"""Each point is the mean of up to so many events: a batch alone says little."""

Curve = tuple[str, QColor, list[tuple[float, float]]]


class Curves(QWidget):
    """Loss above, accuracies below, over the whole of the training."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumHeight(HEIGHT)
        self.events: list[Event] = []

    def show_events(self, events: list[Event]) -> None:
        """Draw these."""
        if events != self.events:
            self.events = events
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw both panels."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            half = (self.height() - GAP) / 2
            top, bottom = QRectF(0, 0, self.width(), half), QRectF(0, half + GAP, self.width(), half)
            losses = smooth(self.events, lambda e: e.loss)
            self._panel(painter, top, [("loss", LOSS, losses)], max([1e-9, *(y for _, y in losses)]), "{:.2f}")
            right = [("robust accuracy", ROBUST, smooth(self.events, lambda e: e.robust))]
            clean = [(e.step / e.steps, e.clean) for e in self.events if e.clean is not None]
            self._panel(painter, bottom, [*right, ("clean accuracy", CLEAN, clean)], 1.0, "{:.0%}")

    def _panel(self, painter: QPainter, area: QRectF, curves: Sequence[Curve], top: float, form: str) -> None:
        box = area.adjusted(1, TITLE, -1, -1)
        ink = self.palette().color(QPalette.ColorRole.WindowText)
        ink.setAlpha(FAINT)
        painter.setPen(QPen(ink, 1))
        painter.drawRect(box)
        place = area.left()
        for name, colour, points in curves:
            if not points:
                continue
            painter.setPen(QPen(colour, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
            words = f"{name} {form.format(points[-1][1])}"
            painter.drawText(QPointF(place, area.top() + TITLE - 6), words)
            place += painter.fontMetrics().horizontalAdvance(words) + 14
            at = [QPointF(box.left() + x * box.width(), box.bottom() - y / top * box.height()) for x, y in points]
            painter.drawPolyline(QPolygonF(at))
            painter.setBrush(colour)
            painter.drawEllipse(at[-1], 2, 2)
            painter.setBrush(Qt.BrushStyle.NoBrush)


def smooth(events: Sequence[Event], value: Callable[[Event], float]) -> list[tuple[float, float]]:
    """Return points (share of the training, mean of the last events)."""
    size = max(min(SMOOTH, len(events) // 10), 1)
    values = [value(event) for event in events]
    means = [sum(part) / len(part) for i in range(len(values)) if (part := values[max(i + 1 - size, 0) : i + 1])]
    return [(event.step / event.steps, mean) for event, mean in zip(events, means, strict=True)]

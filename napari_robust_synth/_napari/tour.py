"""A short tour of the dock "Robust Synthesis" on a sample picture; the window stays free all the while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QRect, Qt, QTimer
from qtpy.QtGui import QKeyEvent
from qtpy.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from napari_robust_synth._napari.dock import SynthesisDock
    from napari_robust_synth._napari.running.session import Session

LOOK_MS, MARGIN, GAP = 100, 6, 4
ACCENT = "#e0782f"  # seen on napari's dark and light themes alike
FRAME = f"QFrame#tour {{ border: 2px solid {ACCENT}; border-radius: 4px; }}"


WORDS = (
    "This sample is open now. A task says what to do with it: Paint makes something appear in a region.",
    "The mask marks where. The sample brings one; on a picture of your own, press + and paint.",
    "The class says what should appear. Type to search.",
    "The strength says how far the picture may change. It can be moved while a run goes on, too.",
    "Run starts, and the picture changes with every step. Next presses Run for you.",
    "Painted! The result is a layer of its own. Undo takes it back, History lists every edit.",
)
PAINTING = "The preview shows every step. You may wait, or press Stop and keep what is there."
RUN, DONE = len(WORDS) - 2, len(WORDS) - 1


def controls(dock: SynthesisDock) -> tuple[QWidget, ...]:
    """Return what each sentence is about."""
    inputs, strength = dock.inputs, dock.parameters.widgets["eps"].native
    history = dock.history.undo_button
    return dock.task.native, inputs.mask_layer.native, inputs.label, strength, dock.run_button, history


class Tour(QFrame):
    """Points at one control after another, with Next and Skip; it goes with the dock.

    Parameters
    ----------
    dock : SynthesisDock
        What is shown.
    """

    def __init__(self, dock: SynthesisDock) -> None:
        super().__init__(dock)
        self.dock, self.at = dock, 0
        self._session: Session | None = None
        self.setObjectName("tour")
        self.setStyleSheet(FRAME)
        self.setAutoFillBackground(True)
        self.pointer = QFrame(dock)
        self.pointer.setObjectName("tour")
        self.pointer.setStyleSheet(FRAME + "QFrame#tour { background: transparent; }")
        self.pointer.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words, self.count = QLabel(), QLabel()
        self.words.setWordWrap(True)
        self.next_button, self.skip_button = QPushButton("Next"), QPushButton("Skip")
        self.next_button.setToolTip("Go on with the tour (Return)")
        self.skip_button.setToolTip("End the tour (Esc)")
        self.next_button.clicked.connect(self.next)
        self.skip_button.clicked.connect(self.end)
        layout, row = QVBoxLayout(self), QHBoxLayout()
        layout.addWidget(self.words)
        layout.addLayout(row)
        row.addWidget(self.count, 1)
        row.addWidget(self.skip_button)
        row.addWidget(self.next_button)
        dock.run_button.clicked.connect(self._look)  # a short run may be over before the clock strikes
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._look)
        self._clock.start(LOOK_MS)
        self._show()
        self.next_button.setFocus()

    def next(self) -> None:
        """Go to the next stop; at Run, press it, and go on when it is over."""
        if self.at == DONE:
            self.end()
        elif self.at != RUN:
            self.at += 1
            self._show()
        elif self.dock.session is None:
            self.dock.run_button.click()

    def end(self) -> None:
        """End the tour; what was painted stays."""
        self._clock.stop()
        self.pointer.hide()
        self.hide()
        self.pointer.deleteLater()
        self.deleteLater()

    def _show(self) -> None:
        control = controls(self.dock)[self.at]
        self.words.setText(PAINTING if self.at == RUN and self._session is not None else WORDS[self.at])
        self.count.setText(f"{self.at + 1} of {len(WORDS)}")
        self.next_button.setText("Finish" if self.at == DONE else "Next")
        self.skip_button.setVisible(self.at != DONE)
        self.dock.area.ensureWidgetVisible(control)
        self.pointer.show()
        self.show()
        self._place()

    def _look(self) -> None:
        """Follow the run, and the dock's layout."""
        session, last = self.dock.session, self._session
        if session is not last:
            self._session = session
            if session is None and self.at <= RUN and last is not None and last.landed:
                self.at = DONE
            self._show()
        self.next_button.setEnabled(self.at != RUN or (session is None and self.dock.run_button.isEnabled()))
        self._place()

    def _place(self) -> None:
        """Lie beside the control that is pointed at; at the bottom when it is not seen."""
        dock, control = self.dock, controls(self.dock)[self.at]
        width = dock.width() - 2 * MARGIN
        height = self.heightForWidth(width)
        seen = control.isVisible()
        self.pointer.setVisible(seen)
        bottom = dock.height() - height - MARGIN
        place = QRect(control.mapTo(dock, control.rect().topLeft()), control.size()) if seen else QRect()
        above = place.top() - height - 2 * GAP
        top = bottom if not seen else place.bottom() + 2 * GAP if 2 * place.top() < dock.height() else above
        self.pointer.setGeometry(place.adjusted(-GAP, -GAP, GAP, GAP))
        self.setGeometry(MARGIN, max(top, MARGIN), width, height)
        self.pointer.raise_()
        self.raise_()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Let Return go on, and Esc end the tour."""
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.next_button.isEnabled():
                self.next()
        elif event is not None and event.key() == Qt.Key.Key_Escape:
            self.end()
        else:
            super().keyPressEvent(event)


def begin_tour(dock: SynthesisDock) -> Tour | None:
    """Open the sample of paint and show the dock on it; nothing happens while a run is under way."""
    if dock.session is not None:
        return None
    for old in dock.findChildren(Tour):
        old.end()
    dock.task.value = "paint"
    dock.open_sample()
    return Tour(dock)

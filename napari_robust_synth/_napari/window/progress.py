"""Bars in the activity dock."""

from __future__ import annotations

from collections.abc import Callable

from napari.utils import cancelable_progress
from qtpy.QtWidgets import QProgressBar


class Progress(cancelable_progress):  # type: ignore[misc]
    """A bar in the activity dock whose Cancel stops the run at once."""

    stop: Callable[[], None]

    def cancel(self) -> None:
        """Stop the run; what it has made is kept."""
        super().cancel()
        self.stop()


def move_bar(bar: QProgressBar, step: int, steps: int) -> None:
    """Show how far it is with the window's next frame; by itself a bar paints the whole window at once."""
    bar.setUpdatesEnabled(False)
    bar.setMaximum(steps)
    bar.setValue(step)
    bar.setUpdatesEnabled(True)


class LateProgress:
    """A bar that comes with the first call of `show`: making it takes as long as adding a layer.

    Parameters
    ----------
    title : str
        What is under way.
    stop : callable
        Ends that.
    """

    def __init__(self, title: str, stop: Callable[[], None]) -> None:
        self.title, self.stop = title, stop
        self.bar: Progress | None = None
        self._made = self._closed = False

    def show(self, step: int, steps: int) -> None:
        """Show how far it is; this lets the window handle events, and what is under way may have ended then."""
        if not self._made and not self._closed:
            self._made = True
            bar = Progress(total=steps, desc=self.title)
            bar.stop = self.stop
            if self._closed:
                bar.close()
            else:
                self.bar = bar
        if self.bar is not None and not self._closed:
            self.bar.total = steps
            self.bar.update(step - self.bar.n)

    def close(self) -> None:
        """Take the bar away."""
        bar, self.bar, self._closed = self.bar, None, True
        if bar is not None:
            bar.close()

"""What goes wrong with one picture and not with all, memory that runs out above all."""

from __future__ import annotations

WORDS = ("out of memory", "can't allocate memory", "not enough memory")
"""What torch says of it on a GPU, and on a CPU of each system."""

FAILURES = (ValueError, OSError, MemoryError, RuntimeError)
"""What does not stop the pictures that follow."""


def ran_out(error: BaseException) -> bool:
    """Tell whether that is what an error says, in Python or in torch."""
    if isinstance(error, RuntimeError):
        return type(error).__name__ == "OutOfMemoryError" or any(words in str(error).lower() for words in WORDS)
    return isinstance(error, MemoryError)

"""A thread for steps that lets the window go first where both want the same core."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

NICE = 5


def low_priority_thread() -> ThreadPoolExecutor:
    """Return an executor of one such thread, which is of its own: a thread of Qt's pool would stay slow afterwards.

    Only Linux knows priorities of threads that every user may lower; elsewhere it is a thread like others.
    """
    return ThreadPoolExecutor(1, "steps", _give_way)


def _give_way() -> None:
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)

"""The workers of `batch`: a dask cluster of this machine, or one that runs already."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from distributed import Client

ANSWER_SECONDS = 10
LEAVE_CTRL_C_TO_US = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"


def check_installed() -> None:
    """Refuse to go on without dask.distributed.

    Raises
    ------
    ValueError
        When it is missing.
    """
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise ValueError("batch needs dask.distributed: pip install 'napari-robust-synth[batch]'") from None


def default_workers(device: str, threads: int, pictures: int) -> int:
    """Return how many workers this machine has room for: as many as cores allow, one on a GPU."""
    from dask.system import CPU_COUNT

    return max(1, min(CPU_COUNT // threads, pictures)) if device == "cpu" else 1


@contextmanager
def running(address: str) -> Iterator[Client]:
    """Connect to a scheduler.

    Raises
    ------
    ValueError
        When none answers there.
    """
    from distributed import Client
    from distributed.utils import silence_logging_cmgr

    with silence_logging_cmgr(logging.CRITICAL):
        try:
            client = Client(address, timeout=ANSWER_SECONDS, set_as_default=False)
        except (OSError, ValueError):
            raise ValueError(
                f"no scheduler answers at {address}: expected an address like tcp://host:8786, "
                "where `dask scheduler` runs"
            ) from None
        try:
            yield client
        finally:
            with suppress(OSError):  # the scheduler may have gone away
                client.close()


@contextmanager
def local(workers: int, threads: int) -> Iterator[Client]:
    """Start worker processes on this machine, and end them afterwards."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            memory_limit=0,
            dashboard_address="127.0.0.1:0",  # None would still take the usual port, or warn
            scheduler_kwargs={"dashboard": False},
            silence_logs=logging.CRITICAL,
            env={"OMP_NUM_THREADS": str(threads)},
            preload=[LEAVE_CTRL_C_TO_US],
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client

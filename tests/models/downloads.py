"""What the tests of downloads look at."""

from collections.abc import Callable
from pathlib import Path

import pytest

from napari_robust_synth.models.download import download
from tests.server import Handler, Server


def left(path: Path) -> list[str]:
    """Return what lies beside the file, without the lock."""
    return sorted(p.name for p in path.parent.iterdir() if not p.name.endswith(".lock"))


def part(path: Path) -> bytes:
    return path.with_name("model.ckpt.part").read_bytes()


def failing(server: Server, path: Path, behave: Callable[[Handler], None], **options: object) -> str:
    """Download, expect a line about it, and return it."""
    server.behave = behave
    with pytest.raises(ValueError) as caught:
        download(server.url, path, **{"stall": 0.3, **options})
    line = str(caught.value)
    assert "\n" not in line
    assert line.endswith(f"; or save {server.url} as {path} yourself and run the same again")
    assert not path.exists()
    return line

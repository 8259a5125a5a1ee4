"""Downloads that fail: one line says why, and what was there stays."""

import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from napari_robust_synth.models.cancel import Cancel, Cancelled
from napari_robust_synth.models.download import download
from tests import server as bad
from tests.models.downloads import failing, left, part
from tests.server import BODY, HALF, SHA256, Handler, Server


def test_stalled(server: Server, path: Path) -> None:
    began = time.monotonic()
    assert "nothing came from 127.0.0.1 for 0.3 s" in failing(server, path, bad.stall)
    assert time.monotonic() - began < 5
    assert part(path) == BODY[:HALF]


@pytest.mark.parametrize("behave", [bad.corrupt, bad.says_less])
def test_damaged(server: Server, path: Path, behave: Callable[[Handler], None]) -> None:
    line = failing(server, path, behave, sha256=SHA256)
    assert f"expected {SHA256[:12]}" in line
    assert left(path) == []


def test_longer_than_it_said(server: Server, path: Path) -> None:
    assert "fetch again to go on from there" in failing(server, path, bad.says_more, sha256=SHA256)
    assert part(path) == BODY


def test_refused(path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/model.ckpt"
        with pytest.raises(ValueError, match=r"127\.0\.0\.1 refused the connection.*or save .* as .*model\.ckpt"):
            download(url, path)


def test_no_network(path: Path) -> None:
    with pytest.raises(ValueError, match=r"nowhere\.invalid is not found: is there a network"):
        download("http://nowhere.invalid/model.ckpt", path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_no_space(server: Server, path: Path) -> None:
    path.parent.mkdir()
    path.with_name("model.ckpt.part").symlink_to("/dev/full")
    assert "no space is left in" in failing(server, path, bad.well)


def test_folder_that_cannot_be_written(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "set NAPARI_ROBUST_SYNTH_HOME" in failing(server, tmp_path / "file" / "model.ckpt", bad.well)


def test_cancelled_between_chunks(server: Server, path: Path) -> None:
    cancel = Cancel()
    with pytest.raises(Cancelled):
        download(server.url, path, cancel=cancel, progress=lambda done, _: cancel() if done > 1000 else None)
    assert 1000 < len(part(path)) < len(BODY)
    download(server.url, path)
    assert path.read_bytes() == BODY


def test_cancelled_while_the_server_is_silent(server: Server, path: Path) -> None:
    server.behave = bad.stall
    cancel, began = Cancel(), time.monotonic()

    def progress(done: int, total: int | None) -> None:
        if done == HALF:
            threading.Timer(0.1, cancel).start()

    with pytest.raises(Cancelled):
        download(server.url, path, cancel=cancel, progress=progress, stall=60)
    assert time.monotonic() - began < 5
    assert part(path) == BODY[:HALF]


def test_the_file_that_is_there_stays(server: Server, path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"good")
    server.behave = bad.corrupt
    with pytest.raises(ValueError, match="damaged"):
        download(server.url, path, sha256=SHA256)
    assert path.read_bytes() == b"good"


def test_one_at_a_time(server: Server, path: Path) -> None:
    path.parent.mkdir()
    with FileLock(path.with_name(".model.ckpt.lock")), pytest.raises(ValueError, match="by another program"):
        download(server.url, path)


@pytest.mark.skipif(sys.platform == "win32", reason="access is not by permission bits there")
def test_file_that_cannot_be_moved_into_place(server: Server, path: Path) -> None:
    path.mkdir(parents=True)
    server.behave = bad.well
    with pytest.raises(ValueError, match="can't be written"):
        download(server.url, path)
    assert part(path) == BODY

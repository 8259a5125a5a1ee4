"""Fetching: download, checksum, keep; by hand instead; whatever fails, what was there stays."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from filelock import FileLock

from napari_robust_synth.models import ZooEntry, find_model, load_classifier
from napari_robust_synth.models.cancel import Cancel, Cancelled
from napari_robust_synth.models.fetch import checkpoint_path, fetch
from napari_robust_synth.models.zoo import remove_model
from tests import server as bad
from tests.server import BODY, SHA256, Server


def files(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "downloads").iterdir() if not path.name.startswith("."))


def known(entry: ZooEntry, sha256: str = SHA256) -> ZooEntry:
    assert entry.source is not None
    return replace(entry, source=replace(entry.source, sha256=sha256))


def test_fetch(offered: ZooEntry, server: Server, home: Path) -> None:
    assert not offered.here
    folder = fetch(offered)
    assert folder == home / "models" / "offered" == find_model("offered").folder
    assert load_classifier("offered").name == "offered"
    assert files(home) == ["checksums.json"]
    assert json.loads((home / "downloads" / "checksums.json").read_text()) == {server.url: SHA256}
    assert fetch(offered) == folder
    assert len(server.asked) == 1


def test_held_to_the_first_download(offered: ZooEntry, server: Server, home: Path) -> None:
    fetch(offered)
    remove_model("offered")
    server.behave = bad.corrupt
    with pytest.raises(ValueError, match=f"damaged .*expected {SHA256[:12]}"):
        fetch(offered)
    assert not offered.here and files(home) == ["checksums.json"]
    server.behave = bad.well
    fetch(offered)
    assert offered.here


def test_held_to_the_published_hash(offered: ZooEntry, server: Server) -> None:
    server.behave = bad.corrupt
    with pytest.raises(ValueError, match="damaged"):
        fetch(known(offered))
    server.behave = bad.well
    assert fetch(known(offered)).is_dir()


def test_what_a_broken_server_sent_is_not_trusted_later(offered: ZooEntry, server: Server, home: Path) -> None:
    server.behave = bad.says_less
    with pytest.raises(ValueError, match=r"model\.ckpt from http.* can't be used: .*is not a checkpoint"):
        fetch(offered)
    assert files(home) == []
    server.behave = bad.well
    fetch(offered)
    assert offered.here


def test_put_there_by_hand(offered: ZooEntry, server: Server, home: Path) -> None:
    path = checkpoint_path(offered.source)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"something else")
    with pytest.raises(ValueError, match="is not a checkpoint"):
        fetch(offered)
    with pytest.raises(ValueError, match=r"has the sha256 .*: delete it and fetch again"):
        fetch(known(offered))
    assert path.read_bytes() == b"something else"
    path.write_bytes(BODY)
    fetch(known(offered))
    assert server.asked == [] and offered.here


def test_a_failure_says_where_to_put_the_file(offered: ZooEntry, server: Server, home: Path) -> None:
    server.behave = bad.status(404)
    expected = rf"\(404\).*or save {server.url} as {home / 'downloads' / 'model.ckpt'} yourself"
    with pytest.raises(ValueError, match=expected):
        fetch(offered)


def test_damaged_checksums(offered: ZooEntry, home: Path) -> None:
    (home / "downloads").mkdir(parents=True)
    for text in ("{", '["x"]', '{"x": 1}'):
        (home / "downloads" / "checksums.json").write_text(text)
        with pytest.raises(ValueError, match=r"checksums\.json is damaged \(.*\): restore it"):
            fetch(offered)


def test_cancelled_while_the_checkpoint_is_read(
    offered: ZooEntry, server: Server, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel, importing = Cancel(), sys.modules["napari_robust_synth.models.importing"]
    stand_in = importing.import_file

    def read(path: Path, **known: Any) -> Path:
        cancel()
        return stand_in(path, **known)

    monkeypatch.setattr(importing, "import_file", read)
    with pytest.raises(Cancelled):
        fetch(offered, cancel=cancel)
    assert not offered.here and files(home) == ["model.ckpt"]


def test_two_programs_record_their_checksums(offered: ZooEntry, server: Server, home: Path) -> None:
    path = home / "downloads" / "checksums.json"
    path.parent.mkdir(parents=True)
    thread = Thread(target=fetch, args=(offered,))
    with FileLock(path.with_name(".checksums.json.lock")):
        thread.start()
        thread.join(1)
        assert thread.is_alive() and offered.here
        path.write_text('{"other": "abc"}')
    thread.join(10)
    assert json.loads(path.read_text()) == {"other": "abc", server.url: SHA256}


def test_a_folder_has_no_address(tiny_model_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no address to fetch it from"):
        fetch(ZooEntry("gone", tmp_path / "gone"))

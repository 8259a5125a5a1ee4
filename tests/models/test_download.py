"""Downloads from a real server that does everything a server can do wrong: nothing is lost, one clear line each."""

from collections.abc import Callable
from pathlib import Path

import pytest

from napari_robust_synth.models.download import download
from tests import server as bad
from tests.models.downloads import failing, left, part
from tests.server import BODY, HALF, SHA256, Handler, Server


@pytest.mark.parametrize("behave", [bad.well, bad.no_range, bad.no_length, bad.redirect])
@pytest.mark.parametrize("sha256", ["", SHA256])
def test_a_file_arrives(server: Server, path: Path, behave: Callable[[Handler], None], sha256: str) -> None:
    server.behave = behave
    seen: list[tuple[int, int | None]] = []
    download(server.url, path, sha256=sha256, progress=lambda *now: seen.append(now))
    assert path.read_bytes() == BODY
    assert left(path) == ["model.ckpt"]
    total = None if behave is bad.no_length else len(BODY)
    assert (seen[0], seen[-1]) == ((0, total), (len(BODY), total))
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


@pytest.mark.parametrize(
    ("behave", "words"),
    [
        (bad.status(404), "does not have the file any more (404)"),
        (bad.status(403), "does not give the file out (403)"),
        (bad.status(500), "is in trouble (500): try again later"),
        (bad.status(429), "is in trouble (429)"),
        (bad.status(416), "does not give the file out (416)"),
        (bad.circle, "redirects in a circle"),
        (bad.web_page, "sent a web page instead of the file"),
        (bad.huge, "MB are needed in"),
        (bad.hang_up, "127.0.0.1 could not be reached (ConnectionError)"),
    ],
)
def test_nothing_is_begun(server: Server, path: Path, behave: Callable[[Handler], None], words: str) -> None:
    assert words in failing(server, path, behave)
    assert left(path) == []


@pytest.mark.parametrize("behave", [bad.status(404), bad.status(500), bad.web_page, bad.hang_up, bad.circle])
def test_a_part_outlives_a_failure(server: Server, path: Path, behave: Callable[[Handler], None]) -> None:
    failing(server, path, bad.drop_midway)
    failing(server, path, behave)
    assert part(path) == BODY[:HALF]


def test_dropped_midway_then_gone_on_with(server: Server, path: Path) -> None:
    line = failing(server, path, bad.drop_midway)
    assert "fetch again to go on from there" in line
    assert part(path) == BODY[:HALF]
    seen: list[int] = []
    server.behave = bad.well
    download(server.url, path, progress=lambda done, _: seen.append(done))
    assert path.read_bytes() == BODY
    assert server.asked == [None, f"bytes={HALF}-"]
    assert seen[0] == HALF
    assert left(path) == ["model.ckpt"]


@pytest.mark.parametrize(
    "again",
    [bad.no_range, lambda handler: bad.well(handler, tag='"two"'), bad.another_part],
    ids=["no range", "another version", "another part"],
)
def test_starts_over_when_it_cannot_go_on(server: Server, path: Path, again: Callable[[Handler], None]) -> None:
    failing(server, path, bad.drop_midway)
    server.behave = again
    download(server.url, path)
    assert path.read_bytes() == BODY


def test_a_part_of_no_known_version_is_not_gone_on_with(server: Server, path: Path) -> None:
    failing(server, path, bad.no_version)
    server.behave = bad.well
    download(server.url, path)
    assert server.asked == [None, None]
    assert path.read_bytes() == BODY


def test_a_part_of_no_known_version_is_when_the_hash_will_tell(server: Server, path: Path) -> None:
    failing(server, path, bad.no_version)
    server.behave = bad.well
    download(server.url, path, sha256=SHA256)
    assert server.asked == [None, f"bytes={HALF}-"]
    assert path.read_bytes() == BODY


def test_a_part_that_is_too_long_starts_over(server: Server, path: Path) -> None:
    failing(server, path, bad.drop_midway)
    path.with_name("model.ckpt.part").write_bytes(BODY * 2)
    server.behave = bad.well
    download(server.url, path)
    assert path.read_bytes() == BODY

"""One file over HTTP: gone on with where a part is there, checked when whole, then moved into place."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import requests
from filelock import FileLock, Timeout
from urllib3.exceptions import HTTPError

from napari_robust_synth.models.cancel import Cancel
from napari_robust_synth.models.download_errors import Broken, check_answer, explain, unwritten

Progress = Callable[[int, int | None], None]
CONNECT_SECONDS = 15.0
STALL_SECONDS = 30.0
CHUNK = 1 << 18


def download(
    url: str,
    path: Path,
    *,
    sha256: str = "",
    progress: Progress = lambda done, total: None,
    cancel: Cancel | None = None,
    stall: float = STALL_SECONDS,
) -> None:
    """Download a file; ``path`` appears whole and checked, or not at all.

    Parameters
    ----------
    url : str
        Its address; redirects are followed.
    path : Path
        Where to; the part that is there lies beside it as ``.part``.
    sha256 : str
        What its hash must be; empty when it is not known.
    progress : callable
        Called with the bytes that are there and their number in the end (None: unknown).
    cancel : Cancel, optional
        Call it to end the download.
    stall : float
        Give up when nothing comes for so many seconds.

    Raises
    ------
    Cancelled
        When it was cancelled; the part stays.
    ValueError
        One line: what went wrong, and how to get the file by hand.
    """
    part, host = _Part(path.with_name(f"{path.name}.part"), sha256), urlsplit(url).hostname or url
    cancel = cancel or Cancel()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f".{path.name}.lock"), timeout=0):
            part.receive(url, progress, cancel, stall)
            part.place(path)
        return
    except Timeout:
        raise ValueError(f"{path.name} is being downloaded by another program: wait for it, or end it") from None
    except Broken as error:
        problem = str(error)
    except (requests.RequestException, HTTPError) as error:
        cancel.check()
        problem = explain(error, host, stall)
    except OSError as error:
        problem = unwritten(error, path.parent)
    raise ValueError(f"{problem}; or save {url} as {path} yourself and run the same again")


def hash_of(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Part:
    """The beginning of a file, and the version (ETag or date) of the file that it is the beginning of."""

    def __init__(self, path: Path, sha256: str) -> None:
        self.path, self.sha256 = path, sha256
        self.version = path.with_name(f"{path.name}.version")

    def receive(self, url: str, progress: Progress, cancel: Cancel, stall: float) -> None:
        """Add what is missing; a server that can't go on from there starts over."""
        have, headers = self._request()
        with requests.get(url, headers=headers, stream=True, timeout=(CONNECT_SECONDS, stall)) as response:
            cancel.watch(response)
            fits = not have or _fits(response, have)
            if fits:
                check_answer(response)
                self._save(response, have, progress, cancel)
        if not fits:
            self.drop()
            self.receive(url, progress, cancel, stall)

    def _save(self, response: requests.Response, have: int, progress: Progress, cancel: Cancel) -> None:
        done = have if response.status_code == requests.codes.partial_content else 0
        length = response.headers.get("Content-Length", "")
        total = done + int(length) if length.isdecimal() else None
        _check_space(self.path.parent, (total or 0) - done)
        self.version.write_text(_version(response), encoding="utf-8")
        with self.path.open("ab" if done else "wb") as file:
            progress(done, total)
            while data := response.raw.read1(CHUNK):
                cancel.check()
                file.write(data)
                done += len(data)
                progress(done, total)
        cancel.check()
        if total is not None and done != total:
            raise Broken(f"the connection ended at {done} of {total} bytes: fetch again to go on from there")

    def place(self, path: Path) -> None:
        """Move the whole file to its place when its hash is right."""
        found = hash_of(self.path) if self.sha256 else ""
        if found != self.sha256:
            self.drop()
            raise Broken(f"what came is damaged (sha256 {found[:12]}, expected {self.sha256[:12]}): fetch it again")
        self.path.replace(path)
        self.drop()

    def drop(self) -> None:
        """Forget what is there."""
        self.path.unlink(missing_ok=True)
        self.version.unlink(missing_ok=True)

    def _request(self) -> tuple[int, dict[str, str]]:
        """Return how much is there to go on from, and the headers that ask for the rest."""
        have = self.path.stat().st_size if self.path.exists() else 0
        version = self.version.read_text(encoding="utf-8") if self.version.exists() else ""
        headers = {"Accept-Encoding": "identity"}
        if not have or not (version or self.sha256):
            return 0, headers
        return have, headers | {"Range": f"bytes={have}-"} | ({"If-Range": version} if version else {})


def _fits(response: requests.Response, have: int) -> bool:
    if response.status_code == requests.codes.partial_content:
        return response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
    return response.status_code != requests.codes.requested_range_not_satisfiable


def _version(response: requests.Response) -> str:
    tag = response.headers.get("ETag", "")
    return tag if tag.startswith('"') else response.headers.get("Last-Modified", "")  # a weak tag may not be resumed


def _check_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise Broken(f"{needed / 1e6:.0f} MB are needed in {folder}, {free / 1e6:.0f} MB are free: make room")

"""What goes wrong in a download, in words."""

from __future__ import annotations

import errno
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, NameResolutionError, ReadTimeoutError


class Broken(Exception):
    """A download ended before the file was whole; the message says why, and what to do."""


def check_answer(response: requests.Response) -> None:
    """Refuse an answer that is not the file.

    Raises
    ------
    Broken
        Saying what the server sent instead.
    """
    code, host = response.status_code, urlsplit(response.url).hostname
    if code in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        raise Broken(f"{host} does not have the file any more ({code}): look for it at its origin")
    if code >= HTTPStatus.INTERNAL_SERVER_ERROR or code == HTTPStatus.TOO_MANY_REQUESTS:
        raise Broken(f"{host} is in trouble ({code}): try again later")
    if code not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
        raise Broken(f"{host} does not give the file out ({code}): look for it at its origin")
    if response.headers.get("Content-Type", "").startswith("text/html"):
        raise Broken(f"{host} sent a web page instead of the file: open the address in a browser and see")


def explain(error: Exception, host: str, stall: float) -> str:
    """Say what a library's error means, and what to do."""
    reason = getattr(error.args[0], "reason", error.args[0]) if error.args else error
    if isinstance(error, requests.TooManyRedirects):
        return f"{host} redirects in a circle: try again later"
    if isinstance(reason, NameResolutionError):
        return f"{host} is not found: is there a network?"
    if isinstance(error, requests.exceptions.SSLError):
        return f"no trusted connection to {host}: is a proxy in between, or the clock wrong?"
    if isinstance(error, requests.Timeout | ReadTimeoutError):
        return f"nothing came from {host} for {stall:g} s: fetch again to go on from there"
    if "refused" in str(reason):
        return f"{host} refused the connection: try again later"
    if isinstance(error, HTTPError):
        return f"the connection to {host} broke: fetch again to go on from there"
    return f"{host} could not be reached ({type(error).__name__}): is there a network?"


def unwritten(error: OSError, folder: Path) -> str:
    """Say why a file could not be written, and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"no space is left in {folder}: make room and fetch again"
    return f"{folder} can't be written ({error.strerror}): set NAPARI_ROBUST_SYNTH_HOME to another folder"

"""A web server on this machine that hands out one file, well or badly."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BODY = bytes(range(256)) * 4096  # 1 MiB
SHA256 = hashlib.sha256(BODY).hexdigest()
HALF = len(BODY) // 2


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.headers.get("Range"))
        try:
            self.server.behave(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client has seen enough

    def send(self, body: bytes, code: int = 200, **headers: object) -> None:
        """Send headers, with the body's length unless another is given, and the body."""
        self.send_response(code)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in ({"Content-Length": len(body)} | given).items():
            if value is not None:
                self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    """Counts what it was asked for, and behaves as told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str | None] = []
        self.behave: Callable[[Handler], None] = well
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/model.ckpt"


@contextmanager
def serving() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join()


def well(handler: Handler, tag: str = '"one"', body: bytes = BODY) -> None:
    """Hand out the file, or the part asked for if it is of this version."""
    asked = handler.headers.get("Range")
    if asked is None or handler.headers.get("If-Range", tag) != tag:
        handler.send(body, ETag=tag)
        return
    start = int(asked.removeprefix("bytes=").rstrip("-"))
    if start >= len(body):
        handler.send(b"", 416, Content_Range=f"bytes */{len(body)}")
    else:
        handler.send(body[start:], 206, ETag=tag, Content_Range=f"bytes {start}-{len(body) - 1}/{len(body)}")


def no_range(handler: Handler) -> None:
    handler.send(BODY, ETag='"one"')


def another_part(handler: Handler) -> None:
    if "Range" in handler.headers:
        handler.send(BODY[7:], 206, Content_Range=f"bytes 7-{len(BODY) - 1}/{len(BODY)}")
    else:
        well(handler)


def drop_midway(handler: Handler) -> None:
    handler.send(BODY[:HALF], ETag='"one"', Content_Length=len(BODY))
    handler.close_connection = True


def no_version(handler: Handler) -> None:
    handler.send(BODY[:HALF], Content_Length=len(BODY))
    handler.close_connection = True


def stall(handler: Handler) -> None:
    handler.send(BODY[:HALF], ETag='"one"', Content_Length=len(BODY))
    handler.server.released.wait(10)


def corrupt(handler: Handler) -> None:
    handler.send(BODY[:HALF] + b"x" + BODY[HALF + 1 :], ETag='"one"')


def says_less(handler: Handler) -> None:
    handler.send(BODY, Content_Length=HALF, ETag='"one"')
    handler.close_connection = True


def says_more(handler: Handler) -> None:
    handler.send(BODY, Content_Length=len(BODY) + 10, ETag='"one"')
    handler.close_connection = True


def no_length(handler: Handler) -> None:
    handler.send(BODY, Content_Length=None, ETag='"one"')
    handler.close_connection = True


def redirect(handler: Handler) -> None:
    if handler.path == "/elsewhere":
        well(handler)
    else:
        handler.send(b"", 302, Location="/elsewhere")


def circle(handler: Handler) -> None:
    handler.send(b"", 302, Location=handler.path)


def web_page(handler: Handler) -> None:
    handler.send(b"<html>log in</html>", Content_Type="text/html; charset=utf-8")


def huge(handler: Handler) -> None:
    handler.send(b"", Content_Length=10**18)


def hang_up(handler: Handler) -> None:
    handler.close_connection = True
    handler.connection.close()


def status(code: int) -> Callable[[Handler], None]:
    return lambda handler: handler.send(b"no", code)

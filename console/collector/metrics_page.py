"""`GET /metrics` of the collector: HTTP/1.1, one request for each connection, on the collector's own loop."""

import asyncio
import contextlib
from collections.abc import Callable

from console.collector.metrics import CONTENT_TYPE

PATH = "/metrics"
SECONDS = 5.0
"""A client that has not sent its request, or read the answer, in this time is disconnected."""
LARGEST_HEAD = 16_384
CONNECTIONS = 16
"""More at one time are closed at once."""


class MetricsPage:
    """Serves the page that `page` makes, until closed."""

    def __init__(self, page: Callable[[], bytes]) -> None:
        self._page = page
        self._server: asyncio.Server | None = None
        self._open = 0

    async def open(self, host: str, port: int) -> int:
        """Listen, and return the port. Raises OSError."""
        self._server = await asyncio.start_server(self._serve, host, port, limit=LARGEST_HEAD)
        return int(self._server.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            if self._open > CONNECTIONS:
                return
            async with asyncio.timeout(SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._answer(head.split(b"\r\n", 1)[0].decode("latin-1")))
                await writer.drain()
                writer.close()
                await writer.wait_closed()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return
        finally:
            self._open -= 1
            with contextlib.suppress(RuntimeError):
                writer.close()

    def _answer(self, line: str) -> bytes:
        method, _, rest = line.partition(" ")
        path = rest.partition(" ")[0].partition("?")[0]
        if path != PATH:
            return _response("404 Not Found", "text/plain", b"the metrics are at /metrics\n")
        if method not in ("GET", "HEAD"):
            return _response("405 Method Not Allowed", "text/plain", b"use GET\n", "Allow: GET, HEAD\r\n")
        body = self._page()
        answer = _response("200 OK", CONTENT_TYPE, body)
        return answer if method == "GET" else answer[: len(answer) - len(body)]


def _response(status: str, kind: str, body: bytes, more: str = "") -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}Connection: close\r\n\r\n"
    )
    return head.encode("ascii") + body

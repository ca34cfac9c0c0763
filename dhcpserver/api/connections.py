"""The connections of the HTTP API, bounded in number and in time.

uvicorn waits without limit for the rest of a request's head, and for a client that does not read its answer.
"""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0
"""From the first octet of a request, or from the start of the connection, to the end of the head."""
UNREAD_SECONDS = 30.0
"""How long an answer may wait for a client that does not read."""
CONNECTIONS_OF_ONE_SOURCE = 64
CONNECTIONS = 512


class BoundedConnection(H11Protocol):
    """One connection to the API."""

    _head: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        same_source = [each for each in self.connections if _source(each) == _source(self)]
        if len(same_source) > CONNECTIONS_OF_ONE_SOURCE or len(self.connections) > CONNECTIONS:
            transport.abort()
            return
        self._await_head()

    def data_received(self, data: bytes) -> None:
        if self._head is None and self.conn.their_state is h11.IDLE:
            self._await_head()
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._head_arrived()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_arrived()
        self._was_read()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread = self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._was_read()

    def _await_head(self) -> None:
        self._head = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _head_arrived(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _was_read(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None


def _source(connection: object) -> str | None:
    client: tuple[str, int] | None = getattr(connection, "client", None)
    return None if client is None else client[0]

"""TCP for bulk lease queries: accepts the listed requesters, passes octets to their sessions, and sends the answers.

An answer is made in pieces, between the turns of the server, and the next piece when the one before it was sent. A
requester that does not read its answer holds one piece for UNREAD_SECONDS, then its connection is closed.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, NamedTuple

from dhcpserver.config.classes.listener import LeasequeryListener
from dhcpserver.contract.messages import QUERIES_REFUSED, Message
from dhcpserver.runtime.sockets import ListenerError
from dhcpserver.service.bulk.session import BulkSession

CONNECTIONS: Final = 16
"""Connections of all requesters at a time."""
CONNECTIONS_OF_ONE_SOURCE: Final = 4
IDLE_SECONDS: Final = 300.0
"""A connection on which nothing was asked for that long is closed (RFC 5460 section 5.6)."""
UNREAD_SECONDS: Final = 60.0
"""How long an answer may wait for a requester that does not read."""
PAUSE_SECONDS: Final = 0.002
"""Between two pieces, so that a query leaves the processor to clients."""
_HIGH_WATER: Final = 65_536

Address = IPv4Address | IPv6Address
Admit = Callable[[Address, Address], BulkSession | str]
"""Returns the session of a requester (its address, and the one that it is connected to), or why it gets none."""
Log = Callable[..., None]


class Timing(NamedTuple):
    """The times of a connection, in seconds."""

    idle: float = IDLE_SECONDS
    unread: float = UNREAD_SECONDS


class BulkConnection(asyncio.Protocol):
    """One connection of a requester."""

    def __init__(self, listeners: "BulkListeners") -> None:
        self._listeners = listeners
        self._session: BulkSession | None = None
        self._transport: asyncio.Transport | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._next: asyncio.TimerHandle | None = None
        self._ended = False
        self.source: Address | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=_HIGH_WATER)
        session = self._listeners.admit(self, transport)
        if session is None:
            transport.abort()
            return
        self._session = session
        self._wait()

    def data_received(self, data: bytes) -> None:
        if self._session is None or self._transport is None:
            return
        self._session.receive(data)
        if self._session.is_full:
            self._transport.pause_reading()
        self._wait()
        self._schedule()

    def eof_received(self) -> bool:
        """Answer what was asked, then close."""
        self._ended = True
        self._schedule()
        return True

    def pause_writing(self) -> None:
        self._unread = self._listeners.loop.call_later(self._listeners.timing.unread, self._give_up)

    def resume_writing(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
        self._schedule()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._idle, self._unread, self._next):
            if timer is not None:
                timer.cancel()
        self._transport = self._session = None
        self._listeners.lost(self)

    def close(self) -> None:
        """Close the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def _give_up(self) -> None:
        self.close()

    def _wait(self) -> None:
        """Begin the time in which the requester has to ask something."""
        if self._idle is not None:
            self._idle.cancel()
        self._idle = self._listeners.loop.call_later(self._listeners.timing.idle, self._idled)

    def _idled(self) -> None:
        if self._session is not None and self._session.has_query:
            self._wait()
        else:
            self.close()

    def _schedule(self) -> None:
        if self._next is None:
            self._next = self._listeners.loop.call_later(PAUSE_SECONDS, self._step)

    def _step(self) -> None:
        """Send the next piece."""
        self._next = None
        session, transport = self._session, self._transport
        if session is None or transport is None or self._unread is not None:
            return
        octets = session.step(self._listeners.now())
        if session.error is not None:
            transport.close()
            return
        if octets is None:
            if self._ended:
                transport.close()
            elif not transport.is_reading():
                transport.resume_reading()
            return
        if octets:
            transport.write(octets)
        if not session.has_query:
            self._wait()
        self._schedule()


class BulkListeners:
    """All listeners of bulk queries, and their connections."""

    def __init__(self, admit: Admit, write_log: Log, now: Callable[[], float], timing: Timing | None = None) -> None:
        self._admit = admit
        self._write_log = write_log
        self.now = now
        self.timing = timing or Timing()
        self.loop = asyncio.get_running_loop()
        self._servers: list[asyncio.Server] = []
        self._connections: set[BulkConnection] = set()
        self._reported: dict[str, float] = {}

    async def open(self, listeners: tuple[LeasequeryListener, ...]) -> None:
        """Open every listener. Raises ListenerError."""
        for listener in listeners:
            family = socket.AF_INET if listener.address.version == 4 else socket.AF_INET6
            try:
                server = await self.loop.create_server(
                    lambda: BulkConnection(self), str(listener.address), listener.tcp_port, family=family, backlog=16
                )
            except OSError as error:
                where = f"{listener.address} port {listener.tcp_port} (TCP)"
                raise ListenerError(f"cannot listen on {where}: {error.strerror or error}") from error
            self._servers.append(server)

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Where the listeners are bound."""
        return [each.getsockname()[:2] for server in self._servers for each in server.sockets]

    @property
    def count(self) -> int:
        """Number of connections."""
        return len(self._connections)

    def admit(self, connection: BulkConnection, transport: asyncio.Transport) -> BulkSession | None:
        """Return the session of a new connection, None if it is refused."""
        with contextlib.suppress(TypeError, IndexError):  # It is closed already: it has no peer.
            source, own = (ip_address(transport.get_extra_info(name)[0]) for name in ("peername", "sockname"))
            of_source = sum(each.source == source for each in self._connections)
            if len(self._connections) >= CONNECTIONS or of_source >= CONNECTIONS_OF_ONE_SOURCE:
                self._refuse(source, "too many connections")
                return None
            session = self._admit(source, own)
            if not isinstance(session, str):
                connection.source = source
                self._connections.add(connection)
                return session
            self._refuse(source, session)
        return None

    def _refuse(self, source: Address, reason: str) -> None:
        """Log a refused connection, at most one line a minute for each reason."""
        now = self.loop.time()
        if now >= self._reported.get(reason, now):
            self._reported[reason] = now + 60
            message: Message = QUERIES_REFUSED
            self._write_log(message, source=source, reason=reason)

    def lost(self, connection: BulkConnection) -> None:
        """Forget a connection that was closed."""
        self._connections.discard(connection)

    def close_connections(self) -> None:
        """Close every connection at once; the listeners stay open."""
        for connection in list(self._connections):
            connection.close()

    def close(self) -> None:
        """Close everything."""
        for server in self._servers:
            server.close()
        self._servers.clear()
        self.close_connections()

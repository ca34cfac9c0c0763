"""TCP for the failover link: listens, connects over both address families in a race, and passes octets to the core.

The race: IPv6 is tried first, IPv4 a quarter of a second later. The first handshake to complete is used. The other
attempt is cancelled, or closed if it completed late, without an octet sent on it (R-004, R-039, R-057).

With TLS the first frame of an outbound connection is STARTTLS. An inbound connection without it is passed on too,
marked as not secured; the session refuses it with a reject reason for the partner.
"""

import asyncio
import contextlib
import errno
import os
import random
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address

from dhcpserver.contract.words import LinkFailureCause
from dhcpserver.runtime.linktls import LinkTls
from dhcpserver.service.turn import DialFailed, LinkData, LinkDown, LinkEvent, LinkUp
from dhcpserver.wire import starttls
from dhcpserver.wire.errors import WireError

SECOND_FAMILY_DELAY = 0.25
CONNECT_TIMEOUT = 10.0

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Attempt:
    """The last attempt to connect over one transport: its time, both addresses, and the outcome.

    `outcome` is connected, failed, overtaken (the other transport was faster) or trying. `error` is the reason of a
    failure, and `errno` the system's number of it, if there is one.
    """

    at: float
    local: str
    remote: str
    outcome: str = "trying"
    error: str | None = None
    errno: int | None = None


Report = Callable[[LinkEvent], None]


class Connection(asyncio.Protocol):
    """One TCP connection. It handles STARTTLS; all other octets are passed on unread.

    Attributes:
        number: its number in the core; 0 before it is passed to the core.
        early: octets that arrived before that.
        secured: whether TLS protects it.
    """

    def __init__(self, links: "FailoverLinks", outbound: bool) -> None:
        self._links = links
        self._outbound = outbound
        self._waiting: asyncio.Future[None] | None = None
        self._no_data_yet = not outbound
        self._writable = True
        self.number = 0
        self.early = b""
        self.secured = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        if not self._outbound:
            self._links.accepted(self)

    def data_received(self, data: bytes) -> None:
        if not self.number:
            self.early += data
            if len(self.early) > starttls.MAXIMUM and self.transport is not None:
                self.transport.pause_reading()
            self._wake()
        elif self._no_data_yet and not self.secured and starttls.is_request(data):
            self._decline(data)
        else:
            self._no_data_yet = False
            self._links.report(LinkData(self.number, data))

    def _decline(self, request: bytes) -> None:
        assert self.transport is not None
        self.transport.write(starttls.reply(request, "TLS is not configured here"))
        self._links.lost(self, "the partner requires TLS, which is not configured here")
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wake()
        if self.number:
            self._links.lost(self, str(exc) if exc else "closed by the partner")

    def pause_writing(self) -> None:
        """Read no more from a partner that does not read its answers."""
        self._writable = False
        self.apply_reading()

    def resume_writing(self) -> None:
        self._writable = True
        self.apply_reading()

    def apply_reading(self) -> None:
        """Read or not, as `FailoverLinks.reading` and the partner's own reading allow."""
        if self.transport is None or self.transport.is_closing() or not self.number:
            return
        if self._links.reading and self._writable:
            self.transport.resume_reading()
        else:
            self.transport.pause_reading()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def read_frame(self) -> bytes:
        """Wait for the first frame, which must be STARTTLS or its REPLY. Raises WireError, ConnectionError."""
        assert self.transport is not None
        while not starttls.whole(self.early):
            if self.transport.is_closing():
                raise ConnectionError("closed by the partner")
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        octets, self.early = self.early, b""
        return octets

    async def secure(self, tls: LinkTls) -> None:
        """Start TLS, as the side that opened the connection or the other one. Raises OSError, WireError."""
        assert self.transport is not None
        loop = asyncio.get_running_loop()
        if self._outbound:
            xid = random.randrange(1 << 24)
            self.transport.write(starttls.request(xid))
            refusal = starttls.refused(await self.read_frame(), xid)
            if refusal is not None:
                raise ConnectionError(f"the partner refused TLS: {refusal}")
        else:
            self.transport.write(starttls.reply(await self.read_frame(), None))
        context = tls.outbound if self._outbound else tls.inbound
        transport = await loop.start_tls(self.transport, self, context, server_side=not self._outbound)
        if transport is None:
            raise ConnectionError("closed by the partner during the TLS handshake")
        self.transport = transport
        self.secured = True


class FailoverLinks:
    """All failover connections of a server.

    `ends` are pairs (local end, partner's end), one for each address family in use; `tls` None for plain TCP.

    Attributes:
        attempts: the last attempt of each transport; empty if this side does not open connections.
        reading: whether octets are read; see `read`.
    """

    def __init__(self, ends: Sequence[tuple[Address, Address]], report: Report, tls: LinkTls | None = None) -> None:
        self._ends = tuple(ends)
        self._tls = tls
        self._tls_handshakes: set[asyncio.Task[None]] = set()
        self.report = report
        self._connections: dict[int, Connection] = {}
        self._listeners: list[asyncio.Server] = []
        self._next = 1
        self._race_task: asyncio.Task[None] | None = None
        self.attempts: dict[str, Attempt] = {}
        self.reading = True

    def read(self, reading: bool) -> None:
        """Read from all connections or from none: the core has enough to handle."""
        if reading is not self.reading:
            self.reading = reading
            for connection in self._connections.values():
                connection.apply_reading()

    async def listen(self) -> None:
        """Listen on the local ends. Raises OSError if one cannot be opened."""
        loop = asyncio.get_running_loop()
        for (host, port), _ in self._ends:
            server = await loop.create_server(lambda: Connection(self, outbound=False), host, port)
            self._listeners.append(server)

    def accepted(self, connection: Connection) -> None:
        """Accept an inbound connection from an address of the partner; close any other one unread."""
        assert connection.transport is not None
        host = connection.transport.get_extra_info("peername")[0]
        if ip_address(host) not in {ip_address(partner) for _, (partner, _) in self._ends}:
            connection.transport.abort()
        elif self._tls is None:
            self._adopt(connection, outbound=False)
        else:
            handshake = asyncio.get_running_loop().create_task(self._accept_with_tls(connection, self._tls))
            self._tls_handshakes.add(handshake)
            handshake.add_done_callback(self._tls_handshakes.discard)

    async def _accept_with_tls(self, connection: Connection, tls: LinkTls) -> None:
        """Start TLS on an inbound connection. Without STARTTLS it is passed on as it is."""
        assert connection.transport is not None
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                await connection.secure(tls)
        except WireError:
            self._adopt(connection, outbound=False)
            return
        except (OSError, TimeoutError) as error:
            connection.transport.abort()
            self.report(
                DialFailed(
                    f"TLS from {_shown(connection.transport.get_extra_info('peername'))}: {_reason(error)}",
                    LinkFailureCause.TLS,
                )
            )
            return
        self._adopt(connection, outbound=False)

    def dial(self) -> None:
        """Start to connect to the partner, unless an attempt is running."""
        if self._race_task is None or self._race_task.done():
            self._race_task = asyncio.get_running_loop().create_task(self._race())

    async def _race(self) -> None:
        attempts = [
            asyncio.create_task(self._try_transport(local[0], partner, position * SECOND_FAMILY_DELAY))
            for position, (local, partner) in enumerate(self._ends)
        ]
        failures: list[str] = []
        failure = LinkFailureCause.TIMEOUT
        winner: Connection | None = None
        try:
            for attempt in asyncio.as_completed(attempts):
                try:
                    winner = await attempt
                    break
                except (OSError, TimeoutError) as error:
                    failures.append(_reason(error))
                    if not isinstance(error, TimeoutError):
                        failure = LinkFailureCause.UNREACHABLE
        finally:
            for task in attempts:
                task.cancel()
            for task in attempts:
                with contextlib.suppress(OSError, TimeoutError, asyncio.CancelledError):
                    late = await task
                    if late is not winner and late.transport is not None:
                        late.transport.abort()
        if winner is not None and self._tls is not None:
            try:
                async with asyncio.timeout(CONNECT_TIMEOUT):
                    await winner.secure(self._tls)
            except (OSError, TimeoutError, WireError) as error:
                assert winner.transport is not None
                winner.transport.abort()
                winner = None
                failures, failure = [f"TLS: {_reason(error)}"], LinkFailureCause.TLS
        if winner is None:
            self.report(DialFailed("; ".join(dict.fromkeys(failures)), failure))
        else:
            self._adopt(winner, outbound=True)

    async def _try_transport(self, source: str, target: Address, delay: float) -> Connection:
        transport = "ipv6" if ":" in target[0] else "ipv4"
        attempt = self.attempts[transport] = Attempt(time.time(), source, _shown(target))
        try:
            connection = await self._connect(source, target, delay)
        except (OSError, TimeoutError) as error:
            number = error.errno if isinstance(error, OSError) else None
            self.attempts[transport] = replace(attempt, outcome="failed", error=_reason(error), errno=number)
            raise
        except asyncio.CancelledError:
            self.attempts[transport] = replace(attempt, outcome="overtaken")
            raise
        self.attempts[transport] = replace(attempt, outcome="connected")
        return connection

    async def _connect(self, source: str, target: Address, delay: float) -> Connection:
        await asyncio.sleep(delay)
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(CONNECT_TIMEOUT):
            _, connection = await loop.create_connection(
                lambda: Connection(self, outbound=True), *target, local_addr=(source, 0)
            )
        return connection

    def _adopt(self, connection: Connection, outbound: bool) -> None:
        transport = connection.transport
        assert transport is not None
        if transport.is_closing():
            if outbound:
                self.report(DialFailed("closed by the partner immediately", LinkFailureCause.CLOSED))
            return
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.number = self._next
        self._next += 1
        self._connections[connection.number] = connection
        family = "ipv6" if sock.family == socket.AF_INET6 else "ipv4"
        local, remote = (_shown(transport.get_extra_info(name)) for name in ("sockname", "peername"))
        self.report(LinkUp(connection.number, outbound, family, local, remote, connection.secured))
        if connection.early:
            transport.resume_reading()
            self.report(LinkData(connection.number, connection.early))
            connection.early = b""

    def lost(self, connection: Connection, cause: str) -> None:
        """Report a connection that the partner closed or that failed."""
        if self._connections.pop(connection.number, None) is not None:
            self.report(LinkDown(connection.number, cause))

    def transmit(self, number: int, octets: bytes) -> None:
        """Send on a connection. A closed one is ignored: LinkDown was reported for it."""
        connection = self._connections.get(number)
        if connection is not None and connection.transport is not None:
            connection.transport.write(octets)

    def close(self, number: int) -> None:
        """Close a connection after sending what is queued. No LinkDown follows, because the core requested it."""
        connection = self._connections.pop(number, None)
        if connection is not None and connection.transport is not None:
            connection.transport.close()

    def close_all(self) -> None:
        """Close every connection without reporting it."""
        for number in list(self._connections):
            self.close(number)

    async def shut(self) -> None:
        """Stop connecting and listening, and close every connection."""
        if self._race_task is not None:
            self._race_task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._race_task
        for handshake in list(self._tls_handshakes):
            handshake.cancel()
        for listener in self._listeners:
            listener.close()
        self.close_all()


def _shown(address: tuple[str, int]) -> str:
    """Return HOST:PORT, with an IPv6 host in brackets."""
    host, port = address[0], address[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _reason(error: Exception) -> str:
    """Return the system's error text. The event loop replaces it by a text of its own with the address."""
    number = error.errno if isinstance(error, OSError) and not isinstance(error, ssl.SSLError) else None
    if number is not None and number in errno.errorcode:
        return os.strerror(number)
    return str(error) or "timed out"

"""TCP for the failover link: listens, dials both address families in a race, and hands octets to the core unread.

The race: IPv6 is tried first, IPv4 a quarter of a second later; the first handshake to complete is used and the other
attempt is cancelled, closed if it completed late, without a byte having been sent on it (R-004, R-039, R-057).

With TLS the winner's first frame is STARTTLS. A connection that comes in without it is handed on all the same, marked
as not secured: the session refuses it with a reason that the partner can read.
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

from dhcpserver.runtime.linktls import LinkTls
from dhcpserver.service.turn import DialFailed, LinkData, LinkDown, LinkEvent, LinkUp
from dhcpserver.wire import starttls
from dhcpserver.wire.errors import WireError

SECOND_FAMILY_DELAY = 0.25
CONNECT_TIMEOUT = 10.0

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Attempt:
    """The last try over one transport: when, from where to where, and what came of it.

    `outcome` is connected, failed, overtaken (the other transport was faster) or trying; `error` why it failed, and
    `errno` the system's number for that, where it has one.
    """

    at: float
    local: str
    remote: str
    outcome: str = "trying"
    error: str | None = None
    errno: int | None = None


Report = Callable[[LinkEvent], None]


class Connection(asyncio.Protocol):
    """One TCP connection; beyond STARTTLS it knows nothing of what flows through it.

    Attributes:
        number: what the core calls it; 0 until it was handed over.
        early: octets that arrived before that.
        secured: whether TLS protects it.
    """

    def __init__(self, links: "FailoverLinks", outbound: bool) -> None:
        self._links = links
        self._outbound = outbound
        self._waiting: asyncio.Future[None] | None = None
        self._untouched = not outbound
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
        elif self._untouched and not self.secured and starttls.is_request(data):
            self._decline(data)
        else:
            self._untouched = False
            self._links.report(LinkData(self.number, data))

    def _decline(self, asked: bytes) -> None:
        assert self.transport is not None
        self.transport.write(starttls.reply(asked, "TLS is not configured here"))
        self._links.lost(self, "the partner wants TLS, which is not configured here")
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wake()
        if self.number:
            self._links.lost(self, str(exc) if exc else "closed by the partner")

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def frame(self) -> bytes:
        """The first frame, if it is STARTTLS or its REPLY. Raises WireError, ConnectionError."""
        assert self.transport is not None
        while not starttls.whole(self.early):
            if self.transport.is_closing():
                raise ConnectionError("closed by the partner")
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        octets, self.early = self.early, b""
        return octets

    async def secure(self, tls: LinkTls) -> None:
        """Put TLS under it, as the side that dialled or the other. Raises OSError, WireError."""
        assert self.transport is not None
        loop = asyncio.get_running_loop()
        if self._outbound:
            xid = random.randrange(1 << 24)
            self.transport.write(starttls.request(xid))
            refusal = starttls.refused(await self.frame(), xid)
            if refusal is not None:
                raise ConnectionError(f"the partner refuses TLS: {refusal}")
        else:
            self.transport.write(starttls.reply(await self.frame(), None))
        context = tls.dialling if self._outbound else tls.accepting
        transport = await loop.start_tls(self.transport, self, context, server_side=not self._outbound)
        if transport is None:
            raise ConnectionError("closed by the partner during the TLS handshake")
        self.transport = transport
        self.secured = True


class FailoverLinks:
    """All failover connections of a server.

    `ends` are pairs (our end, the partner's end), one for each address family in use; `tls` None for plain TCP.

    Attributes:
        attempts: by transport what the last race came to; empty where this side does not dial.
    """

    def __init__(self, ends: Sequence[tuple[Address, Address]], report: Report, tls: LinkTls | None = None) -> None:
        self._ends = tuple(ends)
        self._tls = tls
        self._greetings: set[asyncio.Task[None]] = set()
        self.report = report
        self._connections: dict[int, Connection] = {}
        self._listeners: list[asyncio.Server] = []
        self._next = 1
        self._dialling: asyncio.Task[None] | None = None
        self.attempts: dict[str, Attempt] = {}

    async def listen(self) -> None:
        """Open our ends. Raises OSError when one cannot be opened."""
        loop = asyncio.get_running_loop()
        for (host, port), _ in self._ends:
            server = await loop.create_server(lambda: Connection(self, outbound=False), host, port)
            self._listeners.append(server)

    def accepted(self, connection: Connection) -> None:
        """Take a connection that came in, if it comes from an address of the partner; else close it unread."""
        assert connection.transport is not None
        host = connection.transport.get_extra_info("peername")[0]
        if ip_address(host) not in {ip_address(partner) for _, (partner, _) in self._ends}:
            connection.transport.abort()
        elif self._tls is None:
            self._adopt(connection, outbound=False)
        else:
            greeting = asyncio.get_running_loop().create_task(self._greet(connection, self._tls))
            self._greetings.add(greeting)
            greeting.add_done_callback(self._greetings.discard)

    async def _greet(self, connection: Connection, tls: LinkTls) -> None:
        """Put TLS under a connection that came in; without STARTTLS it is handed on as it is."""
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
                DialFailed(f"TLS from {_shown(connection.transport.get_extra_info('peername'))}: {_why(error)}")
            )
            return
        self._adopt(connection, outbound=False)

    def dial(self) -> None:
        """Start a race to the partner unless one is running."""
        if self._dialling is None or self._dialling.done():
            self._dialling = asyncio.get_running_loop().create_task(self._race())

    async def _race(self) -> None:
        attempts = [
            asyncio.create_task(self._attempt(ours[0], theirs, position * SECOND_FAMILY_DELAY))
            for position, (ours, theirs) in enumerate(self._ends)
        ]
        failures: list[str] = []
        winner: Connection | None = None
        try:
            for attempt in asyncio.as_completed(attempts):
                try:
                    winner = await attempt
                    break
                except (OSError, TimeoutError) as error:
                    failures.append(_why(error))
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
                failures = [f"TLS: {_why(error)}"]
        if winner is None:
            self.report(DialFailed("; ".join(dict.fromkeys(failures))))
        else:
            self._adopt(winner, outbound=True)

    async def _attempt(self, source: str, target: Address, delay: float) -> Connection:
        transport = "ipv6" if ":" in target[0] else "ipv4"
        begun = self.attempts[transport] = Attempt(time.time(), source, _shown(target))
        try:
            connection = await self._connected(source, target, delay)
        except (OSError, TimeoutError) as error:
            number = error.errno if isinstance(error, OSError) else None
            self.attempts[transport] = replace(begun, outcome="failed", error=_why(error), errno=number)
            raise
        except asyncio.CancelledError:
            self.attempts[transport] = replace(begun, outcome="overtaken")
            raise
        self.attempts[transport] = replace(begun, outcome="connected")
        return connection

    async def _connected(self, source: str, target: Address, delay: float) -> Connection:
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
                self.report(DialFailed("closed by the partner at once"))
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
        """A connection ended from the other side, or by an error."""
        if self._connections.pop(connection.number, None) is not None:
            self.report(LinkDown(connection.number, cause))

    def transmit(self, number: int, octets: bytes) -> None:
        """Send on a connection; what is gone meanwhile is said by LinkDown."""
        connection = self._connections.get(number)
        if connection is not None and connection.transport is not None:
            connection.transport.write(octets)

    def close(self, number: int) -> None:
        """Close a connection after what was sent on it; the core asked for it, so no LinkDown follows."""
        connection = self._connections.pop(number, None)
        if connection is not None and connection.transport is not None:
            connection.transport.close()

    def close_all(self) -> None:
        """Close every connection; nothing is reported."""
        for number in list(self._connections):
            self.close(number)

    async def shut(self) -> None:
        """Stop dialling and listening and close every connection."""
        if self._dialling is not None:
            self._dialling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._dialling
        for greeting in list(self._greetings):
            greeting.cancel()
        for listener in self._listeners:
            listener.close()
        self.close_all()


def _shown(address: tuple[str, int]) -> str:
    """HOST:PORT, an IPv6 host in brackets."""
    host, port = address[0], address[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _why(error: Exception) -> str:
    """The system's words: the event loop puts its own, with the address, in place of them."""
    number = error.errno if isinstance(error, OSError) and not isinstance(error, ssl.SSLError) else None
    if number is not None and number in errno.errorcode:
        return os.strerror(number)
    return str(error) or "timed out"

"""One connection of a requester: octets in, answers out in pieces. No sockets and no clock.

A query is read when the one before it is answered, so a requester that sends many has them wait in its own buffers. The
shell asks for the next piece when the one before it has been sent: a requester that does not read costs what one piece
has.
"""

from collections.abc import Callable
from typing import Protocol

from dhcpserver.failover.partnership import Partnership
from dhcpserver.failover.pools.answering import MessageKind
from dhcpserver.leases.book import Book
from dhcpserver.service.bulk.query import BulkQuery
from dhcpserver.service.bulk.query4 import BulkQuery4, QueryError4, refuse4
from dhcpserver.service.bulk.query6 import BulkQuery6, refuse
from dhcpserver.service.plan import Plan
from dhcpserver.service.v6.leasequery import QueryError
from dhcpserver.service.v6.plan import Plan6
from dhcpserver.wire import dhcp4, dhcp6
from dhcpserver.wire.bulkframes import MAXIMUM_QUERY, Frames, pack_message
from dhcpserver.wire.dhcp6options import MessageType6
from dhcpserver.wire.dhcp6refusal import refusal
from dhcpserver.wire.errors import WireError
from dhcpserver.wire.options4 import MessageType

Begun = BulkQuery | bytes
"""A query that is answered in steps, or the whole answer."""


class Begin(Protocol):
    """Begins a query; one for each family."""

    def __call__(self, octets: bytes, now: float) -> Begun:
        """Return the query. Raises WireError for octets that are not a query, which end the connection."""


class BulkSession:
    """The queries of one connection, one after the other.

    Attributes:
        error: why the connection must be closed, None as long as it need not be.
        answered: queries whose answer is complete.
    """

    __slots__ = ("_begin", "_frames", "_is_served", "_query", "answered", "error")

    def __init__(self, begin: Begin, is_served: Callable[[], bool]) -> None:
        """`is_served`: whether failover allows this server to answer queries now."""
        self._begin = begin
        self._is_served = is_served
        self._frames = Frames(dhcp6.HEADER_LENGTH)
        self._query: BulkQuery | None = None
        self.error: WireError | None = None
        self.answered = 0

    def receive(self, octets: bytes) -> None:
        """Add what the requester has sent."""
        self._frames.add(octets)

    @property
    def is_full(self) -> bool:
        """Whether so much waits that no more should be read."""
        return len(self._frames) >= 2 * MAXIMUM_QUERY

    @property
    def has_query(self) -> bool:
        """Whether a query is being answered."""
        return self._query is not None

    def step(self, now: float) -> bytes | None:
        """Return the next octets to send, which can be empty; None if nothing is to be done until more arrives."""
        if self.error is not None:
            return None
        if self._query is None:
            try:
                octets = self._frames.take()
                if octets is None:
                    return None
                begun = self._begin(octets, now)
            except WireError as error:
                self.error = error
                return None
            if isinstance(begun, bytes):
                self.answered += 1
                return pack_message(begun)
            self._query = begun
        query = self._query
        answers = query.step(now) if self._is_served() else query.terminate()
        if query.done:
            self._query = None
            self.answered += 1
        return b"".join([pack_message(answer) for answer in answers])


def session4(plan: Plan, book: Book, partnership: Partnership, main: bool, server: int) -> BulkSession:
    """Return the session of a requester of DHCPv4. `server`: the address that it is connected to."""

    def begin(octets: bytes, now: float) -> Begun:
        packet = dhcp4.parse(octets)
        if packet.op != dhcp4.BOOTREQUEST or packet.message_type != MessageType.BULKLEASEQUERY:
            raise WireError(f"a message of type {packet.message_type} instead of DHCPBULKLEASEQUERY")
        try:
            return BulkQuery4(plan, book, main, server, packet)
        except QueryError4 as error:
            return refuse4(server, packet, error)

    return BulkSession(begin, lambda: partnership.answers(MessageKind.LEASEQUERY, b"").answer)


def session6(plan: Plan6, book: Book, partnership: Partnership, duid: bytes) -> BulkSession:
    """Return the session of a requester of DHCPv6. `duid`: of this server."""

    def begin(octets: bytes, now: float) -> Begun:
        message = dhcp6.parse(octets)
        if message.type != MessageType6.LEASEQUERY or message.relays:
            raise WireError(f"a message of type {message.type} instead of LEASEQUERY")
        discard = refusal(message, duid, multicast=True)
        if discard is not None:
            raise WireError(discard.value)
        try:
            return BulkQuery6(plan, book, duid, message, now)
        except QueryError as error:
            return refuse(duid, message, error)

    return BulkSession(begin, lambda: partnership.answers(MessageKind.LEASEQUERY, b"").answer)

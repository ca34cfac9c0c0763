"""Which address is reserved for a client, and whether a client must leave an address because of a reservation.

A reservation is for a client identifier, for a hardware address, or for a port of a switch: a circuit ID, a remote ID,
or both, as the relay sends them in option 82 (RFC 3046). For a client that fits several, the first of these counts:

    the client identifier, the hardware address, circuit and remote ID together, the circuit ID, the remote ID

A renewal is sent to the server without a relay, so it has no option 82. The port is then that of the lease: the one
from which its client last sent a message.
"""

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from dhcpserver.failover.partnership import Partnership
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease, Status, client_key
from dhcpserver.service.identities import port_identities
from dhcpserver.service.plan import Network, Plan, PoolPlan
from dhcpserver.service.query import Query


class Misplaced(Enum):
    """Why a client may not go on with its address."""

    FOR_ANOTHER = "the address is reserved for another client"
    ELSEWHERE = "another address is reserved for the client"
    PORT_UNKNOWN = "the address is reserved for a port of a relay, and the port of the client is not known"


class Reserved(NamedTuple):
    """The address that is reserved for a client; `by_identifier`: for its client identifier, with any hardware."""

    plan: PoolPlan
    address: int
    by_identifier: bool


class Reservations:
    """The reservations, asked for clients."""

    __slots__ = ("_book", "_partnership", "_plan")

    def __init__(self, plan: Plan, book: Book, partnership: Partnership) -> None:
        self._plan = plan
        self._book = book
        self._partnership = partnership

    def of(self, query: Query, network: Network) -> Reserved | None:
        """Return the address that is reserved for the client here, even if another client holds it at present."""
        known = self._plan.reservations
        if not known:
            return None
        for identity, by_identifier in self._identities(query):
            by_scope = known.get(identity)
            if by_scope is None:
                continue
            for plan in network.pools:
                address = by_scope.get(plan.pool.name)
                if address is not None:
                    return Reserved(plan, address, by_identifier)
        return None

    def _identities(self, query: Query) -> Iterator[tuple[bytes, bool]]:
        if query.client_id is not None:
            yield query.key, True
        yield client_key(None, query.hardware), False
        if self._plan.reserves_ports:
            for identity in port_identities(self._port(query)):
                yield identity, False

    def _port(self, query: Query) -> bytes | None:
        """Return option 82 of the client: as it arrived, or for a renewal without a relay that of its lease."""
        packet = query.packet
        if query.relay_info is not None or packet.giaddr or not packet.ciaddr:
            return query.relay_info
        lease = self._book.get(packet.ciaddr)
        return lease.relay_info if lease is not None and lease.key == query.key else None

    def usable(self, reserved: Reserved, query: Query, now: float) -> bool:
        """Whether the client may have the address that is reserved for it now.

        A machine may have the lease under another identifier: its boot ROM sent none, and its system sends one.
        """
        lease = self._book.get(reserved.address)
        if lease is None or lease.key == query.key:
            return True
        same_machine = lease.hardware == query.hardware and lease.status is Status.ACTIVE
        if lease.key is not None and same_machine and not reserved.by_identifier:
            return self._partnership.may_give(lease, lease.key, now)
        return self._partnership.may_give(lease, query.key, now)

    def misplaced(self, query: Query, network: Network, plan: PoolPlan, address: int, now: float) -> Misplaced | None:
        """Return why the client must leave an address because of a reservation; None if it may stay.

        A client whose own reservation cannot be used at present stays where it is.
        """
        if not self._plan.reservations:
            return None
        own = self.of(query, network)
        if own is not None and own.address == address:
            return None
        if own is not None and self.usable(own, query, now):
            return Misplaced.ELSEWHERE
        if address not in plan.pool.reserved:
            return None
        renews = query.packet.ciaddr == address and not query.packet.giaddr
        if renews and address in plan.port_reserved and self._port(query) is None:
            return Misplaced.PORT_UNKNOWN
        return Misplaced.FOR_ANOTHER

    def left(self, query: Query, plan: PoolPlan, address: int) -> list[Lease]:
        """Return the leases that the client has left by taking this address, and that block reservations of others.

        A NAK required it to leave them. It has another address on the same link now, so it does not use them
        any more, and the clients of the reservations need not wait for their end.
        """
        if not self._plan.reservations:
            return []
        pools = self._plan.pools
        return [
            lease
            for lease in self._book.of_client(query.key)
            if lease.address != address
            and lease.status is Status.ACTIVE
            and lease.reserved
            and not lease.bootp
            and lease.hardware == query.hardware
            and pools[lease.pool.name].scope.network == plan.scope.network
        ]

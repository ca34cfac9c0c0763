"""DHCPLEASEQUERY: an access device requests the lease of an address or of a client (RFC 4388).

Exactly one of ciaddr, hardware address and option 61 selects the lease; giaddr is only the destination of the answer.
In a failover pair each server answers from its own book, which has the partner's updates too. Option 82 is among them,
so that an access device can rebuild its tables from the backup while the main is down (R-203).
"""

import struct
from collections.abc import Iterable

from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import FOREVER, Lease, Status, client_key
from dhcpserver.service import replies
from dhcpserver.service.plan import Plan, PoolPlan
from dhcpserver.service.query import Query, Reply
from dhcpserver.service.renewal import renewal_times
from dhcpserver.wire import options4
from dhcpserver.wire.options4 import MessageType

_MOST_ASSOCIATED = 63
"""Addresses that fit into one option 92."""


class LeaseQuery:
    """Answers lease queries from the book."""

    def __init__(self, plan: Plan, book: Book) -> None:
        self._plan = plan
        self._book = book

    def answer(self, query: Query, now: float) -> tuple[str, Reply] | str:
        """Return the name of the reply and the reply, or the reason why there is none."""
        packet = query.packet
        if not packet.giaddr:
            return "malformed"
        keys = (packet.ciaddr != 0, any(packet.chaddr), query.client_id is not None)
        if sum(keys) != 1:
            return "malformed"
        if packet.ciaddr:
            return self._by_address(query, now)
        return self._by_client(query, now)

    def _by_address(self, query: Query, now: float) -> tuple[str, Reply]:
        address = query.packet.ciaddr
        network = self._plan.network_of(address)
        plan = None if network is None else network.plan_of(address)
        if plan is None:
            return self._bare(query, MessageType.LEASEUNKNOWN)
        lease = self._book.get(address)
        if lease is None or lease.status is not Status.ACTIVE or lease_ended(lease, now):
            return self._bare(query, MessageType.LEASEUNASSIGNED)
        return self._active(query, plan, lease, (), now)

    def _by_client(self, query: Query, now: float) -> tuple[str, Reply]:
        """Answer with the lease that has the latest transaction, and the addresses of all leases of the client."""
        key = client_key(query.client_id, b"") if query.client_id is not None else None
        found = self._book.of_client(key) if key is not None else self._book.of_hardware(query.hardware)
        active = [lease for lease in found if lease.status is Status.ACTIVE and not lease_ended(lease, now)]
        if not active:
            return self._bare(query, MessageType.LEASEUNKNOWN)
        latest = max(active, key=lambda lease: (lease.cltt, lease.address))
        plan = self._plan.pools[latest.pool.name]
        return self._active(query, plan, latest, active, now)

    @staticmethod
    def _bare(query: Query, kind: MessageType) -> tuple[str, Reply]:
        packet = query.packet
        octets = replies.lease_query_answer(query, kind, packet.ciaddr, query.hardware)
        return f"DHCP{kind.name}", octets

    @staticmethod
    def _active(
        query: Query, plan: PoolPlan, lease: Lease, all_of_client: Iterable[Lease], now: float
    ) -> tuple[str, Reply]:
        requested = query.packet.options.get(options4.PARAMETER_REQUEST_LIST)
        values = lease_values(lease, plan, now)
        given = [(code, data) for code, data in values if requested is None or code in requested]
        addresses = sorted(other.address for other in all_of_client)[:_MOST_ASSOCIATED]
        if addresses:
            # Even if it was not requested (RFC 4388 section 6.4.2).
            given.append((options4.ASSOCIATED_IP, b"".join(address.to_bytes(4, "big") for address in addresses)))
        given += plan.options_of(lease.address, lease.key or b"", lease.hardware, {}).parts(requested)
        reply = replies.lease_query_answer(query, MessageType.LEASEACTIVE, lease.address, lease.hardware, given)
        return "DHCPLEASEACTIVE", reply


def lease_ended(lease: Lease, now: float) -> bool:
    """Whether the client's lease time has ended; the lease can still be in its grace period."""
    return lease.state_exp != FOREVER and lease.state_exp <= now


def lease_values(lease: Lease, plan: PoolPlan, now: float) -> list[tuple[int, bytes]]:
    """Return the options of a lease: the times that remain (RFC 4388 section 6.4.2), the client and its relay."""
    found = []
    if lease.state_exp == FOREVER:
        found.append((options4.LEASE_TIME, struct.pack("!I", FOREVER)))
    else:
        left = int(lease.state_exp - now)
        found.append((options4.LEASE_TIME, struct.pack("!I", left)))
        whole = max(lease.state_exp - lease.cltt, 0)
        t1, t2 = renewal_times(whole, plan.renewal_jitter, lease.key or b"")
        for code, share in ((options4.RENEWAL_TIME, t1), (options4.REBINDING_TIME, t2)):
            remaining = int(lease.cltt + share - now)
            if remaining > 0:
                found.append((code, struct.pack("!I", remaining)))
    found.append((options4.CLIENT_LAST_TRANSACTION_TIME, struct.pack("!I", max(0, int(now - lease.cltt)))))
    if lease.client_id is not None:
        found.append((options4.CLIENT_IDENTIFIER, lease.client_id))
    if lease.relay_info is not None:
        found.append((options4.RELAY_AGENT_INFORMATION, lease.relay_info))
    return found

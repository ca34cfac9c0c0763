"""What clients do to leases: bind, extend, release, decline. Through the book, so that it is stored before the reply.

The callers have decided that the client may have the lease, and that this server answers.
"""

from ipaddress import IPv4Address

from dhcpserver.contract import messages
from dhcpserver.failover.partnership import Partnership
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import FOREVER, NO_NAMES, PENDING, ClientNames, Lease, Status
from dhcpserver.service.dns.follower import ALL, DnsFollower, Wishes
from dhcpserver.service.notices import Notices
from dhcpserver.service.packetlog import PacketLog
from dhcpserver.service.plan import Network, PoolPlan
from dhcpserver.service.query import Query
from dhcpserver.wire import options4
from dhcpserver.wire.clientnames import fqdn_wishes

ABANDONED_SECONDS = 60.0
"""An address that was declined longer ago is used again when no other is left."""


class Bindings:
    """The leases of one book, changed for clients."""

    __slots__ = ("_book", "_dns", "_log", "_notices", "_partnership")

    def __init__(
        self,
        book: Book,
        partnership: Partnership,
        notices: Notices,
        log: PacketLog,
        dns: DnsFollower,
    ) -> None:
        self._dns = dns
        self._book = book
        self._partnership = partnership
        self._notices = notices
        self._log = log

    def holds(self, query: Query, address: int) -> bool:
        """Whether the client has a binding of this address here. One that was freed does not count."""
        lease = self._book.get(address)
        return lease is not None and lease.key == query.key and _is_binding(lease)

    def known(self, query: Query) -> bool:
        """Whether the client has any binding here."""
        return any(_is_binding(lease) for lease in self._book.of_client(query.key))

    def grant(self, query: Query, plan: PoolPlan, lease: Lease, now: float) -> int:
        """Bind the lease to the client, or extend it; return the lease time to acknowledge, in seconds."""
        book = self._book
        desired = plan.desired_seconds(query.packet.options.get(options4.LEASE_TIME))
        seconds = self._partnership.lease_seconds(lease, desired, now)
        names = query.names()
        at = int(now)
        end = at + seconds
        other_machine = False
        before: ClientNames | None = None
        if lease.status is Status.ACTIVE and lease.key == query.key:
            other_machine = lease.hardware != query.hardware
            if other_machine:
                self._other_machine(query, lease, now)
            plan.pool.renewals += 1
            before = lease.names
            if not lease.bootp:
                end = max(end, lease.state_exp)  # If this ACK is lost, the client keeps the end of an earlier ACK.
            remaining = lease.state_exp - at if lease.state_exp != FOREVER else FOREVER
            extends = query.packet.ciaddr != 0 and not lease.bootp and not other_machine
            extends = extends and names in (NO_NAMES, lease.names)
            if extends and remaining * 2 > seconds and query.relay_info in (None, lease.relay_info):
                # Before T1 the lease need not be stored again: the client keeps what it has. For a client that sends a
                # new REQUEST (ciaddr 0) it must be: it may have released the address to the partner in the meantime,
                # and the stored transaction time shows that this REQUEST came later.
                return min(remaining, seconds)
        else:
            if lease.key != query.key:
                plan.pool.new_clients += 1
            book.set_client(lease, query.client_id, query.hardware)
            book.set_status(lease, Status.ACTIVE, at)
        lease.bootp = False
        lease.cltt = at
        lease.state_exp = end
        if query.relay_info is not None:
            lease.relay_info = query.relay_info
        if names is not NO_NAMES:
            lease.names = names
        book.touch(lease)
        self._partnership.granted(lease, desired, now)
        if self._dns.active:
            self._dns.granted(lease, Wishes(*fqdn_wishes(query.packet.options.get(options4.CLIENT_FQDN))), before)
        if seconds < desired:
            self._log.lease_limited(query, lease, seconds, desired)
        offer = book.offered_to(query.key)
        if offer is not None:
            book.withdraw(offer)
        return seconds

    def grant_bootp(self, query: Query, plan: PoolPlan, lease: Lease, now: float) -> None:
        """Bind the lease to a BOOTP client, for ever (RFC 1534)."""
        if lease.key != query.key:
            plan.pool.new_clients += 1
        self._book.set_client(lease, None, query.hardware)
        self._book.set_status(lease, Status.ACTIVE, int(now))
        lease.bootp = True
        lease.cltt = int(now)
        lease.state_exp = FOREVER
        if query.relay_info is not None:
            lease.relay_info = query.relay_info
        self._book.touch(lease)
        self._partnership.granted(lease, FOREVER, now)
        self._dns.granted(lease, ALL, None)
        offer = self._book.offered_to(query.key)
        if offer is not None:
            self._book.withdraw(offer)

    def release(self, lease: Lease, now: float) -> None:
        """End a lease, as its client asked."""
        self._dns.ended(lease)
        lease.state_exp = lease.cltt = int(now)
        self._book.set_status(lease, Status.RELEASED, int(now))
        self._partnership.changed(lease, now)

    def abandon(self, lease: Lease, plan: PoolPlan, now: float) -> None:
        """Make an address unavailable that its client declined."""
        at = int(now)
        self._dns.ended(lease)
        self._book.set_client(lease, None, b"")
        lease.state_exp = at + plan.unavailable_timeout
        self._book.set_status(lease, Status.ABANDONED, at)
        self._book.schedule(lease, lease.state_exp)
        self._partnership.changed(lease, now)

    def reuse_abandoned(self, network: Network, now: float) -> None:
        """Make the longest declined address of each scope free before its time. The client gets it when it asks again.

        Otherwise a few invented DECLINEs would empty a scope for a day.
        """
        if not self._partnership.both_normal:
            return  # The partner may have it as its own, and does not learn of the change.
        for plan in network.pools:
            address = next(iter(plan.pool.abandoned), None)
            lease = None if address is None else self._book.get(address)
            if lease is None or now - lease.sos < ABANDONED_SECONDS or lease.held > now:
                continue  # Held: the partner has leased it to a client, whatever this server has recorded.
            lease.state_exp = int(now)
            self._book.set_status(lease, Status.RESET, int(now))
            self._partnership.changed(lease, now)
            scope = plan.pool.name
            self._notices.tell(messages.ABANDONED_REUSED, scope, now, scope=scope, address=IPv4Address(lease.address))

    def _other_machine(self, query: Query, lease: Lease, now: float) -> None:
        """Handle that a client identifier comes from another hardware address than before."""
        if lease.hardware:
            self._notices.tell(
                messages.TWO_MACHINES,
                lease.address,
                now,
                identifier=(query.client_id or b"").hex(":"),
                address=IPv4Address(lease.address),
                before=lease.hardware[1:].hex(":"),
                after=query.hardware[1:].hex(":"),
            )
        self._book.set_client(lease, query.client_id, query.hardware)


def _is_binding(lease: Lease) -> bool:
    """Whether a lease is active, or has ended and is not free yet."""
    return lease.status is Status.ACTIVE or lease.status in PENDING

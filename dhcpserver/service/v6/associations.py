"""What becomes of one identity association: offered, granted, extended, released, declined.

The callers have decided that this server answers, and whom. Changes go through the book, so that they are stored
before the reply. Lifetimes are those of failover: a lease is as long as the lead time allows, and the preferred
lifetime is not longer than the valid one (R-019, R-020).
"""

from collections.abc import Iterator, Set
from ipaddress import IPv6Address

from dhcpserver.contract import messages
from dhcpserver.failover.partnership import Partnership
from dhcpserver.leases import keys
from dhcpserver.leases.book import Book
from dhcpserver.leases.keys import Kind
from dhcpserver.leases.lease import FOREVER, NO_NAMES, PENDING, ClientNames, Lease, Status
from dhcpserver.service.dns.follower import DnsFollower, Wishes
from dhcpserver.service.notices import Notices
from dhcpserver.service.v6.choice import Choice
from dhcpserver.service.v6.plan import Link6, PrefixPlan
from dhcpserver.service.v6.query import Query6, association
from dhcpserver.wire import dhcp6values
from dhcpserver.wire.dhcp6ia import IA, IAKind, IALease

Candidate = tuple[PrefixPlan, int]


class Associations:
    """The leases of identity associations, in one book."""

    __slots__ = ("_book", "_choice", "_dns", "_notices", "_partnership")

    def __init__(
        self, book: Book, partnership: Partnership, choice: Choice, notices: Notices, dns: DnsFollower
    ) -> None:
        self._dns = dns
        self._book = book
        self._partnership = partnership
        self._choice = choice
        self._notices = notices

    # What the client has, and what it can get

    def bound(self, query: Query6, ia: IA) -> list[Lease]:
        """Return the leases of an association that have not been freed."""
        return [
            lease
            for lease in self._book.of_client(query.key(ia))
            if lease.status is Status.ACTIVE or lease.status in PENDING
        ]

    def candidates(
        self, query: Query6, link: Link6, ia: IA, now: float, offered: Set[int] = frozenset()
    ) -> list[Candidate]:
        """Return what an association would get: an address of each prefix of the link, or one delegated prefix.

        `offered`: what the other associations of the message are offered, which is not in the book.
        """
        found: list[Candidate] = []
        for plan in _plans(link, ia.kind):
            key = self._candidate(query, plan, ia, now, offered)
            if key is not None:
                found.append((plan, key))
                if ia.kind is IAKind.PD:
                    break
        return found

    def _candidate(self, query: Query6, plan: PrefixPlan, ia: IA, now: float, offered: Set[int]) -> int | None:
        pool = plan.pool
        if pool is None:
            return None
        client = query.key(ia)
        reserved = plan.reserved.get(query.duid)
        if reserved is None:
            latest: Lease | None = None
            for lease in self._book.of_client(client):
                if lease.pool is pool and self._extends(plan, query, lease, now):
                    latest = lease if latest is None or lease.cltt > latest.cltt else latest
            if latest is not None:
                return latest.address
        wanted = [key_of(ia, lease) for lease in ia.leases if lease.address]
        asked = next((key for key in wanted if key in pool), None)
        supplied = query.guidance.addresses.get(Kind.PREFIX if ia.kind is IAKind.PD else Kind.ADDRESS6)
        return self._choice.choose(plan, query.duid, client, asked, query.hardware, now, offered, supplied)

    def _extends(self, plan: PrefixPlan, query: Query6, lease: Lease, now: float) -> bool:
        """Whether a lease that is or was the client's can be given to it again."""
        if lease.status is Status.ABANDONED or plan.reserved.get(query.duid, lease.address) != lease.address:
            return False
        if lease.reserved and plan.reserved.get(query.duid) != lease.address:
            return False  # It was reserved for another client since.
        if plan.restricted and not lease.reserved:
            return False
        return self._partnership.may_give(lease, lease.key or b"", now)

    # Lifetimes

    def offer(self, plan: PrefixPlan, key: int, now: float) -> IALease:
        """Return what an ADVERTISE has: the lifetimes that a REQUEST would get now."""
        seconds = self._partnership.lease_seconds(self._book.get(key), plan.valid, now)
        return _lease(key, min(plan.preferred, seconds), seconds)

    def grant(self, query: Query6, plan: PrefixPlan, ia: IA, key: int, now: float) -> IALease:
        """Bind an address or prefix to an association, or extend it."""
        book, at = self._book, int(now)
        lease = book.record(key)
        assert lease is not None, "a candidate belongs to its pool"
        seconds = self._partnership.lease_seconds(lease, plan.valid, now)
        end = FOREVER if seconds >= FOREVER else at + seconds
        client = query.key(ia)
        before: ClientNames | None = None
        if lease.status is Status.ACTIVE and lease.key == client:
            before = lease.names
            lease.pool.renewals += 1
            end = max(end, lease.state_exp)  # If this REPLY is lost, the client keeps the end of an earlier one.
        else:
            if lease.key != client:
                lease.pool.new_clients += 1
            book.set_client(lease, query.duid, b"", association(ia))
            book.set_status(lease, Status.ACTIVE, at)
        preferred = min(plan.preferred, seconds)
        lease.preferred = FOREVER if preferred >= FOREVER else at + preferred
        lease.cltt = at
        lease.state_exp = end
        if query.relay_info is not None:
            lease.relay_info = query.relay_info
        lease.reconfigurable = plan.reconfigure and query.message.reconfigure_accept
        if query.names is not NO_NAMES:
            lease.names = query.names
        book.touch(lease)
        self._partnership.granted(lease, plan.valid, now)
        if self._dns.active:
            self._dns.granted(lease, Wishes(*dhcp6values.fqdn_wishes(query.message.fqdn)), before)
        return _lease(key, preferred, seconds)

    def extend(self, query: Query6, link: Link6, ia: IA, now: float) -> Iterator[IALease]:
        """Extend the leases of an association. What it has no more, or cannot keep, gets lifetimes of 0."""
        kept: set[int] = set()
        for lease in self.bound(query, ia):
            plan = link.plan_of(lease.address)
            if plan is not None and self._extends(plan, query, lease, now):
                kept.add(lease.address)
                yield self.grant(query, plan, ia, lease.address, now)
        for asked in ia.leases:
            key = key_of(ia, asked)
            if asked.address and key not in kept:
                yield _lease(key, 0, 0)

    # The end

    def release(self, query: Query6, ia: IA, now: float) -> int:
        """End the leases of an association that the client names; return how many of these it had."""
        ended = 0
        for lease in self._named(query, ia):
            ended += 1
            if lease.status is Status.ACTIVE:
                self._dns.ended(lease)
                lease.state_exp = lease.cltt = int(now)
                self._book.set_status(lease, Status.RELEASED, int(now))
                self._partnership.changed(lease, now)
        return ended

    def decline(self, query: Query6, plans: dict[str, PrefixPlan], ia: IA, now: float) -> int:
        """Make the addresses of an association unavailable that the client found in use; return how many it had."""
        found = 0
        for lease in self._named(query, ia):
            found += 1
            plan = plans.get(lease.pool.name)
            if plan is None or plan.ignore_declines or ia.kind is IAKind.PD:
                continue
            at, address = int(now), lease.address
            self._dns.ended(lease)
            self._book.set_client(lease, None, b"")
            lease.state_exp = at + plan.unavailable_timeout
            self._book.set_status(lease, Status.ABANDONED, at)
            self._book.schedule(lease, lease.state_exp)
            self._partnership.changed(lease, now)
            self._notices.tell(
                messages.DECLINED,
                address,
                now,
                address=IPv6Address(keys.value_of(address)),
                client=query.duid.hex(":"),
                seconds=plan.unavailable_timeout,
            )
        return found

    def _named(self, query: Query6, ia: IA) -> list[Lease]:
        wanted = {key_of(ia, lease) for lease in ia.leases}
        return [lease for lease in self.bound(query, ia) if lease.address in wanted]


def _plans(link: Link6, kind: IAKind) -> Iterator[PrefixPlan]:
    if kind is IAKind.PD:
        yield from link.delegations
        return
    for plan in link.addresses:
        if plan.temporary if kind is IAKind.TA else plan.with_addresses:
            yield plan


def key_of(ia: IA, lease: IALease) -> int:
    """Return the key of an address or prefix in an association."""
    if ia.kind is IAKind.PD:
        return keys.prefix(lease.address, lease.length)
    return keys.address6(lease.address)


def _lease(key: int, preferred: int, valid: int) -> IALease:
    return IALease(keys.value_of(key), preferred, valid, keys.length_of(key))

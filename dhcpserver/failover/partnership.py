"""What the DHCP service asks of failover, and the answer when there is none.

The service finds a lease in the book or picks a free address from `sources`, asks `may_give` and `lease_seconds`, binds
the lease in the book and says `granted`. When the book's calendar calls a lease it says `due`. It never looks at
endpoint states.

`key` is a client's key in the lease book (`dhcpserver.leases.lease.client_key`).
"""

from collections.abc import Mapping
from typing import Protocol

from dhcpserver.failover.gate import MessageKind, Verdict
from dhcpserver.failover.updates import free
from dhcpserver.leases.addressset import AddressSet
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import FOREVER, PENDING, Lease, Status
from dhcpserver.leases.pool import Pool


class Partnership(Protocol):
    """Who answers, which addresses are ours, how long a lease may be, and what a change must set in motion."""

    def answers(self, kind: MessageKind, key: bytes) -> Verdict:
        """Whether this server answers a client's message."""

    def sources(self, pool: Pool, now: float) -> tuple[AddressSet, ...]:
        """The free addresses that this server may give to anybody, to be tried in this order."""

    def may_give(self, lease: Lease, key: bytes, now: float) -> bool:
        """Whether a recorded address may be leased to this client now.

        For a reserved address the service has made sure that the client is the one it is reserved for.
        """

    def lease_seconds(self, lease: Lease | None, desired: int, now: float) -> int:
        """How long the lease may be when the policy wants `desired` seconds; `lease` None for an unused address."""

    def granted(self, lease: Lease, desired: int, now: float) -> None:
        """The service bound or extended a lease: status, client, state_exp and cltt are set in the book.

        An end beyond FOREVER, as an infinite time from now on has it, is cut to that.
        """

    def changed(self, lease: Lease, now: float) -> None:
        """The service released, abandoned or reset a lease in the book. A release is a client's transaction: cltt."""

    def due(self, lease: Lease, now: float) -> None:
        """The book's calendar called a lease: it expires, is freed, or is scheduled anew."""


class Standalone:
    """Failover is off: every address is ours, no lead limits a lease, and what ends is free after the grace period.

    Marks are set all the same, so that a partner that comes later is told everything.
    """

    def __init__(self, book: Book, grace_periods: Mapping[str, int]) -> None:
        """`grace_periods` is in seconds by the pool's name; every pool of the book is in it."""
        self._book = book
        self._grace = {name: grace_periods[name] for name in book.pools}
        self._verdict = Verdict(True, own_pool_only=False)

    def answers(self, kind: MessageKind, key: bytes) -> Verdict:
        """Always."""
        return self._verdict

    def sources(self, pool: Pool, now: float) -> tuple[AddressSet, ...]:
        """FREE, then what a former partner was given."""
        return (pool.free, pool.backup)

    def may_give(self, lease: Lease, key: bytes, now: float) -> bool:
        """To its own client at any time, to another when it is free."""
        status = lease.status
        if status is Status.ABANDONED or status is Status.RESET:
            return False
        return status is Status.FREE or status is Status.BACKUP or lease.key == key

    def lease_seconds(self, lease: Lease | None, desired: int, now: float) -> int:
        """As the policy wants."""
        return desired

    def granted(self, lease: Lease, desired: int, now: float) -> None:
        """Mark it and wait for its end."""
        lease.needs_update = True
        lease.state_exp = min(lease.state_exp, FOREVER)
        self._book.changed[lease.address] = lease
        if lease.state_exp != FOREVER:
            self._book.schedule(lease, lease.state_exp + self._grace[lease.pool.name])

    def changed(self, lease: Lease, now: float) -> None:
        """Mark it; a released or reset one is free after the grace period."""
        lease.needs_update = True
        self._book.touch(lease)
        if lease.status in PENDING:
            wait = 0 if lease.status is Status.RESET else self._grace[lease.pool.name]
            self._book.schedule(lease, int(now) + wait)

    def due(self, lease: Lease, now: float) -> None:
        """Free what ended."""
        if lease.status is Status.ACTIVE:
            if lease.state_exp == FOREVER:
                return
            over = lease.state_exp + self._grace[lease.pool.name]
            if now < over:
                self._book.schedule(lease, over)
                return
        elif lease.status not in PENDING:
            return
        lease.needs_update = True
        free(self._book, lease, int(now))

"""The questions of the DHCP service to failover, and their answers when failover is off.

The service finds a lease in the book or picks a free address from `sources`, asks `may_give` and `lease_seconds`, binds
the lease in the book and calls `granted`. When a lease is due in the book's calendar, it calls `due`. It never uses the
endpoint's state.

`key` is a client's key in the lease book (`dhcpserver.leases.lease.client_key`).
"""

from collections.abc import Mapping
from typing import Protocol

from dhcpserver.failover.bindings.freeing import free_lease
from dhcpserver.failover.pools.answering import AnswerDecision, MessageKind
from dhcpserver.leases.book import Book
from dhcpserver.leases.freeset import FreeSet
from dhcpserver.leases.lease import FOREVER, PENDING, Lease, Status
from dhcpserver.leases.pool import Pool


class Partnership(Protocol):
    """Whether this server answers, which addresses it may give, how long a lease may be, and what changes lead to.

    Attributes:
        paired: whether there is a partner that clients may know too.
    """

    paired: bool

    @property
    def both_normal(self) -> bool:
        """Whether every change is agreed with a partner at once, or there is none."""

    def answers(self, kind: MessageKind, key: bytes) -> AnswerDecision:
        """Return whether this server answers a client's message."""

    def sources(self, pool: Pool, now: float) -> tuple[FreeSet, ...]:
        """Return the free addresses that this server may give to any client, in the order to try them."""

    def may_give(self, lease: Lease, key: bytes, now: float) -> bool:
        """Return whether a recorded address may be leased to this client now.

        For a reserved address, the service has checked that it is reserved for this client.
        """

    def lease_seconds(self, lease: Lease | None, desired: int, now: float) -> int:
        """Return the lease time when the policy has `desired` seconds; `lease` is None for an unused address."""

    def granted(self, lease: Lease, desired: int, now: float) -> None:
        """Handle that the service bound or extended a lease: status, client, state_exp and cltt are set in the book.

        An end after FOREVER, which an infinite lease time from now on has, is limited to FOREVER.
        """

    def changed(self, lease: Lease, now: float) -> None:
        """Handle that the service released, abandoned or reset a lease in the book. A release sets cltt."""

    def due(self, lease: Lease, now: float) -> None:
        """Handle that a lease is due: it expires, is freed, or is scheduled again."""


class Standalone:
    """The answers when failover is off.

    All addresses may be given, MCLT limits no lease, and an ended lease is free after the grace period. Leases are
    marked all the same, so that a later partner receives all of them.
    """

    paired = False
    both_normal = True

    def __init__(self, book: Book, grace_periods: Mapping[str, int]) -> None:
        """`grace_periods` is in seconds by the pool's name; every pool of the book is in it."""
        self._book = book
        self._grace = {name: grace_periods[name] for name in book.pools}
        self._decision = AnswerDecision(True, own_pool_only=False, alone=True)

    def answers(self, kind: MessageKind, key: bytes) -> AnswerDecision:
        """See Partnership. Always true."""
        return self._decision

    def sources(self, pool: Pool, now: float) -> tuple[FreeSet, ...]:
        """See Partnership. FREE addresses, then those that a former partner had."""
        return (pool.free, pool.backup)

    def may_give(self, lease: Lease, key: bytes, now: float) -> bool:
        """See Partnership. An address may go to its own client at any time, and to another when it is free."""
        status = lease.status
        if status is Status.ABANDONED or status is Status.RESET:
            return False
        if lease.held > now and status is not Status.ACTIVE:
            return False
        return status is Status.FREE or status is Status.BACKUP or lease.key == key

    def lease_seconds(self, lease: Lease | None, desired: int, now: float) -> int:
        """See Partnership. Always the desired time."""
        return desired

    def granted(self, lease: Lease, desired: int, now: float) -> None:
        """See Partnership. Mark the lease and schedule its end."""
        lease.needs_update = True
        lease.state_exp = min(lease.state_exp, FOREVER)
        self._book.changed[lease.address] = lease
        if lease.state_exp != FOREVER:
            self._book.schedule(lease, lease.state_exp + self._grace[lease.pool.name])

    def changed(self, lease: Lease, now: float) -> None:
        """See Partnership. Mark the lease; it is free after the grace period.

        It is free at once if it was reset, or if it is reserved: no other client gets it than that of the reservation.
        """
        lease.needs_update = True
        self._book.touch(lease)
        if lease.status in PENDING:
            wait = 0 if lease.reserved or lease.status is Status.RESET else self._grace[lease.pool.name]
            self._book.schedule(lease, int(now) + wait)

    def due(self, lease: Lease, now: float) -> None:
        """See Partnership. Free the lease if it has ended."""
        if lease.status in (Status.FREE, Status.BACKUP):
            self._book.end_hold(lease, now)
            return
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
        free_lease(self._book, lease, int(now))

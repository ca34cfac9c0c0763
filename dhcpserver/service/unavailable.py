"""Addresses that no client gets because another machine uses them: declined, or found by a probe.

They are ABANDONED until their `unavailable-timeout` has passed or an operator has them used again; then they are RESET,
which the partner has to acknowledge before a client gets one.
"""

from dhcpserver.failover.errors import OperatorError
from dhcpserver.failover.partnership import Partnership
from dhcpserver.leases.book import Book
from dhcpserver.leases.keys import Kind, text_of
from dhcpserver.leases.lease import Lease, Status
from dhcpserver.leases.pool import Pool
from dhcpserver.service.plan import Plan
from dhcpserver.service.v6.plan import Plan6


class Unavailable:
    """The unavailable addresses of one book."""

    __slots__ = ("_book", "_plan", "_plan6")

    def __init__(self, plan: Plan, plan6: Plan6, book: Book) -> None:
        self._plan = plan
        self._plan6 = plan6
        self._book = book

    def timeout(self, pool: Pool) -> int:
        """Return for how long an address of a pool is unavailable that another machine uses, in seconds."""
        if pool.kind is Kind.ADDRESS4:
            return self._plan.pools[pool.name].unavailable_timeout
        return self._plan6.prefixes[pool.name].unavailable_timeout

    def begin(self, lease: Lease, partnership: Partnership, now: float) -> None:
        """Make an address unavailable that no client has; an offer of it is withdrawn."""
        offer = self._book.offer_of(lease.address)
        if offer is not None:
            self._book.withdraw(offer)
        lease.state_exp = int(now) + self.timeout(lease.pool)
        self._book.set_status(lease, Status.ABANDONED, int(now))
        self._book.schedule(lease, lease.state_exp)
        partnership.changed(lease, now)

    def due(self, lease: Lease, partnership: Partnership, now: float) -> None:
        """Reset an abandoned address when its `unavailable-timeout` has passed.

        The start of RESET is the end of the timeout, not the present time. The partner may have reset the address at
        the right time and used it since, and a later RESET of this server would override that.
        """
        # A partner that speaks only draft-12 does not send the end of the timeout.
        until = lease.state_exp or lease.sos + self.timeout(lease.pool)
        until = max(until, lease.held)  # The partner has leased it until then.
        if now < until:
            self._book.schedule(lease, until)
            return
        self._book.set_status(lease, Status.RESET, until)
        partnership.changed(lease, now)

    def force_available(self, address: int, partnership: Partnership, now: float) -> None:
        """Have an address used again at once. Raises OperatorError if it is not unavailable."""
        lease = self._book.get(address)
        if lease is not None and lease.held and lease.status in (Status.FREE, Status.BACKUP):
            self._book.end_hold(lease, float("inf"))
            partnership.due(lease, now)
            return
        if lease is None or lease.status is not Status.ABANDONED:
            raise OperatorError(f"{text_of(address)} is not unavailable here")
        lease.state_exp = int(now)
        self._book.set_status(lease, Status.RESET, int(now))
        partnership.changed(lease, now)

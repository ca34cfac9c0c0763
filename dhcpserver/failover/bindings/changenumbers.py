"""The numbers of the changes that one start of a server sends to its partner (see `link.startnumber`)."""

from dhcpserver.failover.link.startnumber import LAST, first_number
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease


class ChangeNumbers:
    """Numbers changes in the order in which they are sent, and remembers which of them the partner has stored.

    Attributes:
        acknowledged: the greatest number whose update the partner accepted, in any start; 0 for none. The partner has
            stored it, so a partner that has received less, by its own store, was put back to an older copy.
    """

    __slots__ = ("_first", "_last_sent", "_number", "_remembered", "acknowledged")

    def __init__(self, start: int, acknowledged: int) -> None:
        """`start`: the number of this start of the server. `acknowledged`: what is stored of earlier ones."""
        self._number = self._first = self._last_sent = first_number(start)
        self._remembered = False
        self.acknowledged = acknowledged

    def open(self, *, remembered: bool) -> None:
        """Handle a new connection. `remembered`: whether the partner stores the numbers of the updates it receives."""
        self._remembered = remembered

    def assign(self, lease: Lease) -> None:
        """Give the change of a lease the next number."""
        self._number += 1
        if not self._number & LAST:
            self._number += 1  # The transaction id of an update is never 0.
        lease.number = self._number
        lease.acknowledged = False

    def sent(self, lease: Lease) -> bool:
        """Return whether the number of a lease is not greater than the last that was sent."""
        return lease.number <= self._last_sent

    def send(self, lease: Lease) -> None:
        """Handle that the update of a lease is sent; its number is greater than those before."""
        self._last_sent = lease.number

    def acknowledge(self, lease: Lease, xid: int) -> None:
        """Handle that the partner has accepted an update of a lease: its transaction id is a part of its number."""
        if not self._remembered:
            return
        if lease.number & LAST == xid:
            lease.acknowledged = True
        self.acknowledged = max(self.acknowledged, self._first + xid)

    def last(self, book: Book) -> int:
        """Return the greatest number of a change, of an earlier start or of this one."""
        return max(self._number, book.last_number) if self._number == self._first else self._number

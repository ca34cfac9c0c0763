"""A lease book with one scope, leases in it, and the updates that belong to it."""

from dhcpserver.failover.bindings.changenumbers import ChangeNumbers
from dhcpserver.failover.bindings.outgoing import OutgoingUpdates
from dhcpserver.failover.draft12 import DRAFT_12
from dhcpserver.failover.rfc8156 import RFC_8156
from dhcpserver.failover.view import UpdateCounters
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease, Status
from dhcpserver.leases.pool import Pool4

NOW, HOUR, DAY = 1_700_000_000, 3600, 86400
FIRST = 0x0A000001
MAC = b"\1\2\0\0\0\0\1"


def book(size: int = 10, reserved: frozenset[int] = frozenset()) -> Book:
    return Book([Pool4("scope", 0x0A000000, 0xFFFFFF00, [(FIRST, FIRST + size - 1)], reserved)])


def lease_of(subject: Book, address: int = FIRST) -> Lease:
    lease = subject.record(address)
    assert lease is not None
    return lease


def bound(subject: Book, number: int) -> Lease:
    """A lease of an hour from now, as if granted under failover."""
    lease = lease_of(subject, FIRST + number)
    subject.set_client(lease, None, MAC[:-1] + bytes([number]))
    subject.set_status(lease, Status.ACTIVE, NOW)
    lease.cltt, lease.state_exp, lease.sent_pl = NOW, NOW + HOUR, NOW + 2 * HOUR
    return lease


def outgoing(subject: Book, main: bool = True, mclt: int = HOUR, window: int = 0) -> OutgoingUpdates:
    """The updates of an endpoint; `window` is what its partner accepts without acknowledgement."""
    updates = OutgoingUpdates(
        subject,
        main,
        mclt,
        DRAFT_12.encode_update,
        RFC_8156.encode_update,
        UpdateCounters(),
        numbers=ChangeNumbers(1, 0),
    )
    updates.open(window)
    return updates

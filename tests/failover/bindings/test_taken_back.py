"""Addresses that the main takes back from the backup, across a lost connection."""

from dhcpserver.leases.lease import Status
from tests.failover.bindings.test_outgoing import sent
from tests.failover.books import NOW, book, bound, outgoing


def test_an_address_to_be_taken_back_is_still_the_backups_after_a_lost_connection() -> None:
    """I3: the request may have arrived, so the main sends again that the address is the backup's."""
    subject = book()
    updates, frames = outgoing(subject, window=10), list[bytes]()
    lease = bound(subject, 0)
    subject.set_client(lease, None, b"")
    subject.set_status(lease, Status.BACKUP, NOW)
    lease.needs_update = False
    updates.take_back(lease)
    updates.close()
    assert not updates.taking
    assert updates.pending == 1
    updates.open(10)
    updates.emit(frames, NOW)
    assert [update.status for update in sent(frames)] == [Status.BACKUP]

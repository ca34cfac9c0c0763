"""An acknowledgement belongs to the client whose lease was sent."""

from dhcpserver.leases.lease import Status
from tests.failover.bindings.test_outgoing import ack_of, sent
from tests.failover.books import HOUR, NOW, book, bound, outgoing


def test_an_acknowledgement_for_the_former_client_does_not_raise_the_lead_of_the_new_one() -> None:
    """R-127: the partner has no record of the new client, so its lease is limited to MCLT."""
    subject = book()
    updates, frames = outgoing(subject, window=10), list[bytes]()
    lease = bound(subject, 0)
    updates.add(lease)
    updates.emit(frames, NOW)
    (update,) = sent(frames)
    subject.set_client(lease, None, b"\1\2\3\4\5\6\7")
    subject.set_status(lease, Status.ACTIVE, NOW)
    lease.sent_pl = lease.acked_pl = lease.recv_pl = 0
    lease.state_exp = NOW + HOUR
    updates.add(lease)
    updates.acknowledge(ack_of(update), NOW)
    assert lease.acked_pl == 0
    assert updates.pending == 1, "the new client's lease is still to be sent"

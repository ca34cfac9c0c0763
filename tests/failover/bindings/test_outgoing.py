"""The queue of updates: what is sent when, and what an acknowledgement does."""

from dhcpserver.failover.link.startnumber import LAST
from dhcpserver.leases.lease import Status
from dhcpserver.wire.failover4_bindings import BindingAck, BindingUpdate
from dhcpserver.wire.framing import Framer
from tests.failover.books import FIRST, HOUR, NOW, book, bound, lease_of, outgoing


def sent(frames: list[bytes]) -> list[BindingUpdate]:
    updates = [message for message in Framer().feed(b"".join(frames)) if isinstance(message, BindingUpdate)]
    frames.clear()
    return updates


def ack_of(update: BindingUpdate, reject: int | None = None) -> BindingAck:
    ack = BindingAck(update.xid)
    ack.address, ack.reject = update.address, reject
    return ack


def test_sends_no_more_than_the_window() -> None:
    """R-155."""
    subject = book()
    updates, frames = outgoing(subject, window=3), list[bytes]()
    for number in range(8):
        updates.add(bound(subject, number))
    updates.emit(frames, NOW)
    first = sent(frames)
    assert len(first) == updates.unacked == 3
    updates.emit(frames, NOW)
    assert not frames
    updates.acknowledge(ack_of(first[0]), NOW)
    updates.emit(frames, NOW)
    assert [update.address for update in sent(frames)] == [FIRST + 3]


def test_sends_the_changes_of_one_lease_together_and_in_order() -> None:
    subject = book()
    updates, frames = outgoing(subject, window=10), list[bytes]()
    lease = bound(subject, 0)
    updates.add(lease)
    updates.add(lease)
    updates.emit(frames, NOW)
    (first,) = sent(frames)
    lease.state_exp += 100
    updates.add(lease)
    updates.emit(frames, NOW)
    assert not frames, "one update of a lease at a time"
    updates.acknowledge(ack_of(first), NOW)
    assert updates.pending == 1
    updates.emit(frames, NOW)
    (second,) = sent(frames)
    assert second.state_exp == first.state_exp + 100
    updates.acknowledge(ack_of(second), NOW)
    assert not lease.needs_update
    assert lease.acked_pl == NOW + 2 * HOUR


def test_updates_are_sent_in_the_order_of_their_numbers() -> None:
    """R-196: what the partner received last shows what its store has: numbers grow, also of what is sent again."""
    subject = book()
    updates, frames = outgoing(subject, window=3), list[bytes]()
    for number in range(6):
        updates.add(bound(subject, number))
    subject.take_changes()
    updates.add(lease_of(subject, FIRST + 1))  # It keeps its place in the queue.
    updates.emit(frames, NOW)
    first = [update.xid for update in sent(frames)]
    assert subject.take_changes() == [], "the numbers were stored with the changes"
    updates.close()
    updates.open(10)
    updates.emit(frames, NOW)
    again = sent(frames)
    numbers = [*first, *(update.xid for update in again)]
    assert sorted({update.address for update in again}) == [FIRST + number for number in range(6)]
    assert numbers == sorted(set(numbers))
    stored = {lease.address: lease.number & LAST for lease in subject.take_changes()}
    assert {update.address: update.xid for update in again if update.xid > 6} == stored


def test_a_rejected_update_waits_for_the_retry() -> None:
    subject = book()
    updates, frames = outgoing(subject, window=10), list[bytes]()
    lease = bound(subject, 0)
    updates.add(lease)
    updates.emit(frames, NOW)
    updates.acknowledge(ack_of(sent(frames)[0], 15), NOW)
    updates.emit(frames, NOW)
    assert not frames
    assert lease.needs_update
    assert updates.resting == 1
    assert updates.retry_refused() == 1
    updates.emit(frames, NOW)
    assert len(sent(frames)) == 1


def test_sends_updates_in_flight_again_after_a_lost_connection() -> None:
    subject = book()
    updates, frames = outgoing(subject, window=10), list[bytes]()
    updates.add(bound(subject, 0))
    updates.emit(frames, NOW)
    (first,) = sent(frames)
    updates.close()
    updates.acknowledge(ack_of(first), NOW)
    updates.emit(frames, NOW)
    assert [update.address for update in sent(frames)] == [FIRST]


def test_queues_the_marked_leases_at_the_start() -> None:
    subject = book()
    bound(subject, 1).needs_update = True
    bound(subject, 2)
    assert outgoing(subject).pending == 1


def test_frees_an_ended_lease_when_the_partner_acknowledges() -> None:
    subject = book()
    updates, frames = outgoing(subject, window=10), list[bytes]()
    lease = bound(subject, 0)
    subject.set_status(lease, Status.EXPIRED, NOW + HOUR)
    updates.add(lease)
    updates.emit(frames, NOW + HOUR)
    updates.acknowledge(ack_of(sent(frames)[0]), NOW + HOUR)
    assert lease.status is Status.FREE
    assert (lease.sent_pl, lease.acked_pl, lease.recv_pl) == (0, 0, 0)
    assert FIRST in subject.pools["scope"].free


def test_an_address_taken_back_stays_the_backups_until_it_agrees() -> None:
    """I3; a rejection changes nothing."""
    subject = book()
    updates, frames = outgoing(subject, window=10), list[bytes]()
    for number, reject in enumerate((15, None)):
        lease = lease_of(subject, FIRST + number)
        subject.set_status(lease, Status.BACKUP, NOW)
        updates.take_back(lease)
        updates.emit(frames, NOW)
        (update,) = sent(frames)
        assert update.status == Status.FREE
        assert lease.status is Status.BACKUP
        updates.acknowledge(ack_of(update, reject), NOW)
        assert lease.status is (Status.BACKUP if reject else Status.FREE)
        assert not lease.needs_update

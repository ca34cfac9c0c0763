"""Limits of the rules for bindings that errors made by rule had passed (docs/mutation.md)."""

from dhcpserver.failover.bindings.acceptance import check_update
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from dhcpserver.wire.failover4 import Reject
from dhcpserver.wire.failover4_bindings import BindingUpdate
from tests.failover.bindings.test_acceptance import lease_with, refused, update_with
from tests.failover.bindings.test_outgoing import sent
from tests.failover.books import HOUR, NOW, book, bound, lease_of, outgoing
from tests.failover.inputs import OTHER, partner_update
from tests.failover.scripted import bench_in


def test_a_difference_of_exactly_the_skew_is_within_it() -> None:
    """Two clocks may differ by 5 s; such a time is not older."""
    assert refused(lease_with(Status.FREE), update_with(Status.BACKUP, NOW - 5)) is None
    assert refused(lease_with(Status.FREE), update_with(Status.BACKUP, NOW - 6)) == Reject.OUTDATED


def test_only_a_lease_of_two_clients_is_a_conflict() -> None:
    """R-193: the operator is informed of it."""
    lease = lease_with(Status.ACTIVE)
    two = check_update(lease, update_with(Status.ACTIVE, NOW - 60, OTHER), NOW, main=True, foreign=False, skew=5)
    assert two is not None
    assert (two.reason, two.conflict) == (Reject.FATAL_CONFLICT, True)
    old = check_update(lease, update_with(Status.FREE, NOW - 60), NOW, main=True, foreign=False, skew=5)
    assert old is not None
    assert not old.conflict


def test_no_update_has_the_number_0() -> None:
    """The low 32 bits are the transaction id, and 0 is none."""
    updates, frames = outgoing(book(), window=3), list[bytes]()
    updates.numbers._number = (1 << 32) + 0xFFFF_FFFF
    subject = book()
    updates.add(bound(subject, 0))
    updates.emit(frames, NOW)
    (update,) = sent(frames)
    assert update.xid == 1


def test_a_lease_of_which_nothing_was_sent_is_not_held() -> None:
    """The partner that lost its data cannot have extended it."""
    subject = book()
    updates = outgoing(subject, window=3)
    lease = bound(subject, 0)
    lease.sent_pl = 0
    updates.hold(lease, NOW)
    assert lease.state_exp == NOW + HOUR
    lease.sent_pl = NOW + 2 * HOUR
    updates.hold(lease, NOW)
    assert lease.state_exp == NOW + 3 * HOUR, "MCLT beyond what was sent"
    free = lease_of(subject, lease.address + 1)
    free.sent_pl = NOW + HOUR
    updates.hold(free, NOW)
    assert free.state_exp == 0


def test_every_update_that_arrives_is_counted() -> None:
    bench = bench_in(State.NORMAL)
    before = bench.core.view(0).updates.received
    bench.update(partner_update(Status.ACTIVE, end=NOW + 900))
    refused_update = BindingUpdate(9)
    refused_update.status = Status.ACTIVE
    bench.update(refused_update)
    assert bench.core.view(0).updates.received == before + 2

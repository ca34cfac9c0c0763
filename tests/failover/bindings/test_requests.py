"""Update requests: what the answer contains, when it ends, and how it continues after an interruption."""

import pytest

from dhcpserver.failover.states import State
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Status
from dhcpserver.wire.failover4 import Reject, UpdateDone, UpdateRequest, UpdateRequestAll
from dhcpserver.wire.failover4_bindings import BindingUpdate
from tests.failover.books import DAY, FIRST, MAC, NOW, book, lease_of
from tests.failover.inputs import OTHER, grant
from tests.failover.scripted import bench_in


def filled(count: int) -> Book:
    subject = book(3000)
    for number in range(count):
        lease = lease_of(subject, FIRST + number)
        subject.set_client(lease, None, MAC[:-2] + number.to_bytes(2, "big"))
        subject.set_status(lease, Status.ACTIVE, NOW)
        lease.cltt, lease.state_exp = NOW, NOW + DAY
    return subject


def test_answers_an_update_request_with_the_marked_leases() -> None:
    """UPDDONE follows the last acknowledgement, accepted or rejected, and never precedes it."""
    subject = filled(4)
    for number in (1, 2):
        lease_of(subject, FIRST + number).needs_update = True
    bench = bench_in(State.COMMUNICATIONS_INTERRUPTED, subject=subject)
    bench.deliver(UpdateRequest(31))
    first, second = bench.take(BindingUpdate)
    assert {first.address, second.address} == {FIRST + 1, FIRST + 2}
    bench.acknowledge(first, Reject.OUTDATED)
    assert bench.take(UpdateDone) == []
    bench.acknowledge(second)
    assert [done.xid for done in bench.take(UpdateDone)] == [31]


@pytest.mark.parametrize("rounds", [0, 3])
def test_an_update_request_continues_an_interrupted_request_for_all(rounds: int) -> None:
    """The marks persist, also if not all were set yet. Acknowledged leases are not sent again."""
    subject = filled(2000)
    bench = bench_in(State.COMMUNICATIONS_INTERRUPTED, subject=subject)
    bench.deliver(UpdateRequestAll(41))
    answered = set()
    for _ in range(rounds):
        for update in bench.take(BindingUpdate):
            answered.add(update.address)
            bench.acknowledge(update)
    bench.lose_connection()
    bench.wait(3)
    bench.connect()
    bench.report(State.RECOVER)
    bench.deliver(UpdateRequest(42))
    again = set()
    while updates := bench.take(BindingUpdate):
        for update in updates:
            again.add(update.address)
            bench.acknowledge(update)
    assert [done.xid for done in bench.take(UpdateDone)] == [42]
    assert answered | again == set(range(FIRST, FIRST + 2000))
    assert not rounds or not answered & again


def test_logs_the_progress_of_a_long_answer() -> None:
    """18113, every ten seconds; the status has the same figures."""
    subject = filled(1500)
    bench = bench_in(State.COMMUNICATIONS_INTERRUPTED, subject=subject)
    bench.deliver(UpdateRequestAll(41))
    bench.wait(1, alive=True)
    for update in bench.take(BindingUpdate)[:60]:
        bench.acknowledge(update)
    bench.log.clear()
    bench.wait(10, alive=True)
    (text,) = [line.text for line in bench.log if line.id == 18113]
    resync = bench.core.view(bench.now).resync
    assert resync is not None
    assert text == f"Recovery: update-request-all sending, {resync.done} of 1500 leases."
    assert resync.done == 10, "the partner accepts 10 at a time, and has acknowledged those"


def test_logs_the_number_of_updates_left_for_a_partner_that_was_away() -> None:
    subject = filled(1500)
    for lease in subject.leases.values():
        lease.needs_update = True
    bench = bench_in(State.COMMUNICATIONS_INTERRUPTED, subject=subject)
    bench.report(State.NORMAL)
    bench.log.clear()
    bench.wait(10, alive=True)
    (text,) = [line.text for line in bench.log if line.id == 18113]
    assert "updates left for the partner" in text


def test_does_not_send_addresses_that_were_never_used() -> None:
    """They are FREE for a partner without records too."""
    subject = filled(2)
    lease_of(subject, FIRST + 50)
    subject.set_status(lease_of(subject, FIRST + 60), Status.BACKUP, NOW)
    bench = bench_in(State.COMMUNICATIONS_INTERRUPTED, subject=subject)
    bench.deliver(UpdateRequestAll(1))
    assert {update.address for update in bench.take(BindingUpdate)} == {FIRST, FIRST + 1, FIRST + 60}


def test_later_changes_do_not_delay_upddone() -> None:
    """Leases that change meanwhile are sent too."""
    subject = filled(5)
    for lease in subject.leases.values():
        lease.needs_update = True
    bench = bench_in(State.PARTNER_DOWN, subject=subject)
    bench.deliver(UpdateRequest(51))
    updates = bench.take(BindingUpdate)
    new = grant(bench, 2000, hardware=OTHER)
    for update in updates:
        bench.acknowledge(update)
    assert [done.xid for done in bench.take(UpdateDone)] == [51]
    assert [update.address for update in bench.take(BindingUpdate)] == [new.address]


def test_the_view_has_the_progress_of_an_answer() -> None:
    """R-218: done and total."""
    subject = filled(30)
    bench = bench_in(State.COMMUNICATIONS_INTERRUPTED, subject=subject)
    bench.deliver(UpdateRequestAll(1))
    for update in bench.take(BindingUpdate)[:7]:
        bench.acknowledge(update)
    resync = bench.core.view(bench.now).resync
    assert resync is not None
    assert (resync.direction, resync.done, resync.total) == ("sending", 7, 30)

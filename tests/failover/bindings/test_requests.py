"""Update requests: what is sent in answer, what ends the answer, and how one that was cut short goes on."""

import pytest

from dhcpserver.failover.states import State
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Status
from dhcpserver.wire.failover4 import Reject, UpdateDone, UpdateRequest, UpdateRequestAll
from dhcpserver.wire.failover4_bindings import BindingUpdate
from tests.failover.books import DAY, FIRST, MAC, NOW, book, lease_of
from tests.failover.news import OTHER, grant
from tests.failover.scripted import brought_to


def filled(count: int) -> Book:
    subject = book(3000)
    for number in range(count):
        lease = lease_of(subject, FIRST + number)
        subject.set_client(lease, None, MAC[:-2] + number.to_bytes(2, "big"))
        subject.set_status(lease, Status.ACTIVE, NOW)
        lease.cltt, lease.state_exp = NOW, NOW + DAY
    return subject


def test_an_update_request_is_answered_with_what_is_marked() -> None:
    """UPDDONE after the last answer, accepted or refused, and never before."""
    subject = filled(4)
    for number in (1, 2):
        lease_of(subject, FIRST + number).needs_update = True
    bench = brought_to(State.COMMUNICATIONS_INTERRUPTED, subject=subject)
    bench.say(UpdateRequest(31))
    first, second = bench.take(BindingUpdate)
    assert {first.address, second.address} == {FIRST + 1, FIRST + 2}
    bench.answer(first, Reject.OUTDATED)
    assert bench.take(UpdateDone) == []
    bench.answer(second)
    assert [done.xid for done in bench.take(UpdateDone)] == [31]


@pytest.mark.parametrize("rounds", [0, 3])
def test_a_request_for_everything_that_is_cut_short_is_continued_by_one_for_what_is_new(rounds: int) -> None:
    """The marks persist, also when not all were set yet; what was acknowledged is not sent again."""
    subject = filled(2000)
    bench = brought_to(State.COMMUNICATIONS_INTERRUPTED, subject=subject)
    bench.say(UpdateRequestAll(41))
    answered = set()
    for _ in range(rounds):
        for update in bench.take(BindingUpdate):
            answered.add(update.address)
            bench.answer(update)
    bench.lose()
    bench.wait(3)
    bench.connect()
    bench.report(State.RECOVER)
    bench.say(UpdateRequest(42))
    again = set()
    while updates := bench.take(BindingUpdate):
        for update in updates:
            again.add(update.address)
            bench.answer(update)
    assert [done.xid for done in bench.take(UpdateDone)] == [42]
    assert answered | again == set(range(FIRST, FIRST + 2000))
    assert not rounds or not answered & again


def test_the_log_says_how_far_a_long_answer_is() -> None:
    """18113, every ten seconds; the status has the same figures."""
    subject = filled(1500)
    bench = brought_to(State.COMMUNICATIONS_INTERRUPTED, subject=subject)
    bench.say(UpdateRequestAll(41))
    bench.wait(1, alive=True)
    for update in bench.take(BindingUpdate)[:60]:
        bench.answer(update)
    bench.log.clear()
    bench.wait(10, alive=True)
    (said,) = [line.text for line in bench.log if line.id == 18113]
    resync = bench.core.view(bench.now).resync
    assert resync is not None
    assert said == f"Recovery: update-request-all sending, {resync.done} of 1500 leases."
    assert resync.done == 10, "as many as the partner takes at a time, and it has answered those"


def test_the_log_says_how_much_is_left_for_a_partner_that_was_away() -> None:
    subject = filled(1500)
    for lease in subject.leases.values():
        lease.needs_update = True
    bench = brought_to(State.COMMUNICATIONS_INTERRUPTED, subject=subject)
    bench.report(State.NORMAL)
    bench.log.clear()
    bench.wait(10, alive=True)
    (said,) = [line.text for line in bench.log if line.id == 18113]
    assert "updates left for the partner" in said


def test_what_never_had_a_client_need_not_be_sent() -> None:
    """FREE addresses that were never used say nothing to a partner that knows nothing."""
    subject = filled(2)
    lease_of(subject, FIRST + 50)
    subject.set_status(lease_of(subject, FIRST + 60), Status.BACKUP, NOW)
    bench = brought_to(State.COMMUNICATIONS_INTERRUPTED, subject=subject)
    bench.say(UpdateRequestAll(1))
    assert {update.address for update in bench.take(BindingUpdate)} == {FIRST, FIRST + 1, FIRST + 60}


def test_clients_do_not_delay_the_end_of_an_answer() -> None:
    """What changes meanwhile is sent too."""
    subject = filled(5)
    for lease in subject.leases.values():
        lease.needs_update = True
    bench = brought_to(State.PARTNER_DOWN, subject=subject)
    bench.say(UpdateRequest(51))
    updates = bench.take(BindingUpdate)
    new = grant(bench, 2000, hardware=OTHER)
    for update in updates:
        bench.answer(update)
    assert [done.xid for done in bench.take(UpdateDone)] == [51]
    assert [update.address for update in bench.take(BindingUpdate)] == [new.address]


def test_progress_of_an_answer_can_be_seen() -> None:
    """R-218: done and total."""
    subject = filled(30)
    bench = brought_to(State.COMMUNICATIONS_INTERRUPTED, subject=subject)
    bench.say(UpdateRequestAll(1))
    for update in bench.take(BindingUpdate)[:7]:
        bench.answer(update)
    resync = bench.core.view(bench.now).resync
    assert resync is not None
    assert (resync.direction, resync.done, resync.total) == ("sending", 7, 30)

"""A restart with a record: the partner, the role, failover off, and the MCLT of old leases."""

from dataclasses import replace

import pytest

from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from dhcpserver.wire.failover4 import UpdateDone, UpdateRequest, UpdateRequestAll
from dhcpserver.wire.failover4_bindings import BindingUpdate
from tests.failover.books import DAY, FIRST, HOUR, NOW, book, bound
from tests.failover.inputs import grant
from tests.failover.scripted import Bench, stored_record

NORMAL, INTERRUPTED, DOWN = State.NORMAL, State.COMMUNICATIONS_INTERRUPTED, State.PARTNER_DOWN
CONFLICT, RECOVER, DONE = State.POTENTIAL_CONFLICT, State.RECOVER, State.RECOVER_DONE


def down(main: bool = True, since: int = NOW - 100) -> FailoverRecord:
    return stored_record(DOWN, main, since=since, partner_down_time=since, partner_down_entered=since)


def marked(bench: Bench) -> int:
    return sum(lease.needs_update for lease in bench.book.leases.values())


@pytest.mark.parametrize(
    ("uid", "contact", "expected"),
    [(b"t" * 16, NOW - 10, 0), (b"n" * 16, NOW - 10, 3), (b"t" * 16, NOW - 71, 3), (b"t" * 16, NOW - 65, 0)],
)
def test_sends_all_leases_to_another_partner_or_one_with_older_records(uid: bytes, contact: int, expected: int) -> None:
    """Marks belong to one partner. A partner whose last contact is much older was restored."""
    subject = book()
    for number in range(3):
        bound(subject, number)
    bench = Bench(True, stored_record(INTERRUPTED), subject)
    bench.connect(uid=uid, last_contact=contact)
    bench.report(RECOVER, starting=True)
    assert marked(bench) == expected


def test_requests_all_leases_if_its_own_record_is_much_older() -> None:
    """It was restored from a backup."""
    bench = Bench(True, stored_record(NORMAL, last_contact=NOW - 70))
    bench.connect(last_contact=NOW)
    bench.report(DOWN, since=NOW - 5)
    assert len(bench.take(UpdateRequestAll)) == 1


def test_continues_to_mark_all_leases_after_a_restart() -> None:
    """It takes many turns, so the record has that it is not finished."""
    subject = book(5000)
    for number in range(4000):
        lease = subject.record(FIRST + number)
        assert lease is not None
        subject.set_status(lease, Status.BACKUP, NOW)
    bench = Bench(True, stored_record(INTERRUPTED), subject)
    bench.wait(11)
    bench.connect(uid=b"n" * 16)
    assert 0 < marked(bench) < 4000
    assert bench.records[-1].remark
    again = Bench(True, bench.records[-1], subject)
    for _ in range(10):
        again.turn(lambda now: None)
    assert marked(again) == 4000
    again.wait(30)
    assert not again.records[-1].remark


def test_marks_all_leases_if_there_is_no_record() -> None:
    subject = book()
    bound(subject, 1)
    assert marked(Bench(True, None, subject)) == 1


# Another role, another name, and failover off


def test_a_changed_role_discards_the_state_and_keeps_the_leases() -> None:
    """R-205: the state belongs to the role; the server then starts as on a first start."""
    subject = book()
    lease = bound(subject, 1)
    main = Bench(True, stored_record(INTERRUPTED, main=False, last_contact=NOW - 5), subject)
    main.wait(11)
    assert main.path == [DOWN]
    assert lease.status is Status.ACTIVE
    assert marked(main) == 1, "it is sent to the new partner"
    view = main.core.view(main.now)
    assert not view.ever_communicated
    backup = Bench(False, stored_record(NORMAL, main=True))
    backup.wait(11)
    assert backup.path == [RECOVER]


def test_a_changed_name_keeps_the_state() -> None:
    """R-204; C-13: the name is a label."""
    bench = Bench(True, stored_record(NORMAL), name="another")
    bench.wait(11)
    assert bench.state is INTERRUPTED
    assert bench.core.view(bench.now).ever_communicated


@pytest.mark.parametrize("main", [True, False])
def test_a_start_after_failover_was_off_leads_to_partner_down(main: bool) -> None:
    """R-197: since failover was switched off; and all leases are marked."""
    subject = book()
    for number in range(3):
        bound(subject, number)
    record = stored_record(NORMAL, main, out_of_relationship=NOW - DAY)
    bench = Bench(main, record, subject)
    assert marked(bench) == 3
    bench.wait(11)
    assert bench.state is DOWN
    assert bench.core.view(bench.now).partner_down_time == NOW - DAY
    assert bench.core.view(bench.now).state_since == NOW - DAY
    assert "failover was off" in bench.core.view(bench.now).state_reason
    assert bench.records[-1].out_of_relationship == 0, "in a relationship again"
    assert bench.core.lease_seconds(None, 3 * DAY, bench.now) == 3 * DAY


@pytest.mark.parametrize(
    ("partner", "since", "end"),
    [(RECOVER, 0, DOWN), (INTERRUPTED, 0, CONFLICT), (DOWN, -5, CONFLICT), (DOWN, 4, CONFLICT)],
)
def test_after_failover_was_off_the_partners_state_decides(partner: State, since: int, end: State) -> None:
    """If both served, they resolve a conflict, whichever began first. A partner in RECOVER did not serve."""
    bench = Bench(True, stored_record(NORMAL, out_of_relationship=NOW - DAY))
    bench.connect()
    bench.report(partner, since=NOW + since)
    assert bench.state is end


def test_failover_recover_applies_after_failover_was_off() -> None:
    bench = Bench(True, stored_record(NORMAL, out_of_relationship=NOW - DAY), failover_recover=NOW - 600)
    bench.wait(11)
    assert bench.state is RECOVER
    assert bench.core.view(bench.now).partner_down_time is None


def test_sends_all_leases_to_a_new_partner_after_failover_was_off() -> None:
    """R-197: and NORMAL follows the partner's RECOVER-DONE."""
    subject = book()
    lease = bound(subject, 1)
    old = Bench(True, stored_record(NORMAL, out_of_relationship=NOW - DAY), subject)
    old.connect(communicated=0)
    old.report(RECOVER)
    assert old.state is DOWN
    old.deliver(UpdateRequestAll(9))
    (update,) = old.take(BindingUpdate)
    assert update.address == lease.address
    assert not old.take(UpdateDone)
    old.acknowledge(update)
    assert [done.xid for done in old.take(UpdateDone)] == [9]
    old.report(DONE)
    assert old.state is NORMAL


# MCLT changed


def test_a_reduced_mclt_applies_to_new_leases_and_the_old_one_to_reuse_until_old_leases_end() -> None:
    """A client may have a lease that was granted under the old MCLT."""
    subject = book()
    old = bound(subject, 9)
    old.acked_pl = old.sent_pl
    bench = Bench(True, stored_record(INTERRUPTED, mclt=2 * HOUR), subject, use_safe_period=False)
    bench.connect(last_contact=NOW - 10)
    bench.report(INTERRUPTED)
    assert bench.state is NORMAL
    last = old.sent_pl + 2 * HOUR
    assert bench.records[-1].mclt_until == last
    assert grant(bench, 1, DAY).state_exp == NOW + HOUR, "new leases follow the new MCLT"
    bench.acknowledge_all()
    bench.lose_connection()
    bench.turn(lambda now: bench.core.set_partner_down(None, now, operator="jo", expert=False))
    assert bench.core.view(bench.now).partner_pool_usable_at == NOW + 2 * HOUR
    bench.wait(last + 20 - bench.now)
    assert (bench.records[-1].mclt, bench.records[-1].mclt_until) == (HOUR, 0)


def test_an_increased_mclt_applies_at_once() -> None:
    bench = Bench(True, replace(down(), mclt=600))
    bench.wait(11)
    assert bench.records[-1].mclt == HOUR
    assert bench.core.view(bench.now).partner_pool_usable_at == NOW - 100 + HOUR


def test_recover_wait_uses_the_larger_mclt() -> None:
    bench = Bench(True, stored_record(RECOVER, time_of_failure=NOW - 60, mclt=2 * HOUR))
    bench.connect()
    bench.report(INTERRUPTED)
    (request,) = bench.take(UpdateRequest)
    bench.deliver(UpdateDone(request.xid))
    assert bench.core.view(bench.now).recover_deadline == NOW - 60 + 2 * HOUR

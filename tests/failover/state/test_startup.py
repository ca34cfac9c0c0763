"""The start of a server: without a record, with a stored state, and with failover-recover."""

from itertools import pairwise

import pytest

from dhcpserver.failover.pools.answering import MessageKind
from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.failover.states import State
from dhcpserver.wire.failover4 import UpdateDone, UpdateRequest, UpdateRequestAll
from tests.failover.books import DAY, HOUR, NOW
from tests.failover.scripted import Bench, stored_record

STARTUP = State.STARTUP
NORMAL, INTERRUPTED, DOWN = State.NORMAL, State.COMMUNICATIONS_INTERRUPTED, State.PARTNER_DOWN
CONFLICT, RESOLUTION, CONFLICT_DONE = State.POTENTIAL_CONFLICT, State.RESOLUTION_INTERRUPTED, State.CONFLICT_DONE
RECOVER, WAIT, DONE = State.RECOVER, State.RECOVER_WAIT, State.RECOVER_DONE
SERVING = (NORMAL, INTERRUPTED, DOWN, CONFLICT, RESOLUTION, CONFLICT_DONE, RECOVER, WAIT, DONE)


def down(main: bool = True, since: int = NOW - 100) -> FailoverRecord:
    return stored_record(DOWN, main, since=since, partner_down_time=since, partner_down_entered=since)


# Without a record


def test_a_new_main_serves_alone_and_a_new_backup_waits_for_its_partner() -> None:
    """RFC 8156 section 8.2; R-190, R-229; C-20."""
    main = Bench(True)
    main.wait(11)
    assert main.path == [DOWN]
    assert main.core.answers(MessageKind.NEW, b"\0\1a").answer
    backup = Bench(False)
    backup.wait(11)
    assert backup.path == [RECOVER]
    assert not backup.core.answers(MessageKind.NEW, b"\0\1a").answer


def test_a_new_backup_requests_all_leases_and_skips_the_wait_for_mclt() -> None:
    """R-190, R-229: neither server has a record of the other, so nothing can be lost."""
    bench = Bench(False)
    bench.connect(communicated=0)
    bench.report(DOWN)
    (request,) = bench.take(UpdateRequestAll)
    bench.deliver(UpdateDone(request.xid))
    assert bench.path == [RECOVER, WAIT, DONE]


@pytest.mark.parametrize("main", [True, False])
@pytest.mark.parametrize("partner", [INTERRUPTED, DOWN])
def test_a_server_without_a_record_recovers_if_its_partner_has_one(main: bool, partner: State) -> None:
    """R-195, R-218; C-20: it lost its database. MCLT counts from the start: the time of failure is unknown."""
    bench = Bench(main)
    bench.connect(communicated=1)
    bench.report(partner)
    assert bench.state is RECOVER
    (request,) = bench.take(UpdateRequestAll)
    bench.deliver(UpdateDone(request.xid))
    assert bench.state is WAIT
    assert bench.core.view(bench.now).recover_deadline == NOW + HOUR
    assert not bench.core.answers(MessageKind.NEW, b"\0\1a").answer


def test_a_main_that_served_alone_without_its_database_resolves_a_conflict() -> None:
    """C-20: it has served without the leases of its partner."""
    bench = Bench(True)
    bench.wait(11)
    bench.connect(communicated=1)
    bench.report(INTERRUPTED, starting=True)
    assert bench.path == [DOWN, CONFLICT]


# With a stored state: the steps of RFC 8156 section 8.3


def test_step_1_stores_the_time_of_the_last_heartbeat() -> None:
    """R-031: every ten seconds; it shows when the server last ran."""
    bench = Bench(True, stored_record(INTERRUPTED))
    bench.wait(60)
    beats = [record.last_operational for record in bench.records[1:]]
    assert beats == sorted(beats)
    assert bench.records[-1].last_operational >= bench.now - 10
    assert max(later - earlier for earlier, later in pairwise(beats)) <= 10


def test_step_1_failover_recover_requests_all_leases_once() -> None:
    """R-196: RECOVER from any stored state, MCLT from the time of the backup. A restart does not repeat it."""
    bench = Bench(True, stored_record(NORMAL), failover_recover=NOW - 600)
    bench.connect()
    bench.report(INTERRUPTED)
    assert bench.state is RECOVER
    (request,) = bench.take(UpdateRequestAll)
    bench.deliver(UpdateDone(request.xid))
    assert bench.core.view(bench.now).recover_deadline == NOW - 600 + HOUR
    again = Bench(True, bench.records[-1], failover_recover=NOW - 600)
    again.wait(11)
    assert again.state is WAIT
    cut_short = Bench(True, stored_record(NORMAL), failover_recover=NOW - 600)
    assert cut_short.state_records() == [stored_record(NORMAL)], "after a stop in STARTUP it is repeated"


def test_step_1_failover_recover_of_now_minus_mclt_means_no_wait() -> None:
    """R-197: the new partner of a server on which failover was off."""
    bench = Bench(False, failover_recover=NOW - HOUR)
    bench.connect()
    bench.report(DOWN)
    (request,) = bench.take(UpdateRequestAll)
    bench.deliver(UpdateDone(request.xid))
    assert bench.path == [RECOVER, WAIT, DONE]
    bench.report(NORMAL)
    assert bench.state is NORMAL


@pytest.mark.parametrize("state", SERVING)
def test_step_2_resumes_the_state_that_a_loss_of_contact_leads_to(state: State) -> None:
    """R-031: PAUSED and SHUTDOWN are never stored (step 7), so these are all stored states."""
    bench = Bench(True, stored_record(state, time_of_failure=NOW - 60))
    bench.wait(11)
    assert bench.state is {NORMAL: INTERRUPTED, CONFLICT: RESOLUTION}.get(state, state)


@pytest.mark.parametrize("state", SERVING)
def test_step_3_startup_answers_no_client_and_reports_the_state_to_resume(state: State) -> None:
    """R-179: with the STARTUP flag."""
    bench = Bench(True, stored_record(state))
    assert bench.state is STARTUP
    assert not any(bench.core.answers(kind, b"\0\1a").answer for kind in MessageKind)
    assert bench.core.sources(bench.book.pools["scope"], bench.now) == ()
    assert bench.dials == 1
    bench.connect()
    assert bench.reported() == [({NORMAL: INTERRUPTED, CONFLICT: RESOLUTION}.get(state, state), True)]


def test_step_4_contact_ends_startup_and_the_table_follows() -> None:
    """R-191: COMMUNICATIONS-INTERRUPTED and at once NORMAL; the flag is gone."""
    bench = Bench(True, stored_record(NORMAL))
    bench.connect()
    bench.reported()
    bench.report(INTERRUPTED)
    assert bench.path == [INTERRUPTED, NORMAL]
    assert bench.reported() == [(INTERRUPTED, False), (NORMAL, False)]


def test_step_4_recovers_if_the_partner_took_over_after_this_server_failed() -> None:
    """R-193, R-213, R-216, R-217: the partner's PARTNER-DOWN began after the last heartbeat."""
    bench = Bench(True, stored_record(NORMAL))
    bench.connect()
    bench.report(DOWN, since=NOW - 5)
    assert bench.state is RECOVER
    assert len(bench.take(UpdateRequest)) == 1, "the leases that it missed, not all"
    assert bench.records[-1].time_of_failure == NOW - 10


def test_step_4_resolves_a_conflict_if_the_partner_took_over_while_this_server_ran() -> None:
    """R-194: the partner's PARTNER-DOWN began before the last heartbeat."""
    bench = Bench(True, stored_record(NORMAL))
    bench.connect()
    bench.report(DOWN, since=NOW - 15)
    assert bench.state is CONFLICT


def test_a_restart_keeps_the_start_of_partner_down() -> None:
    """The partner compares it with the time of its own failure, so a restart must not make it later."""
    bench = Bench(True, down(since=NOW - 5000))
    bench.connect()
    bench.report(RECOVER, starting=True)
    assert bench.state is DOWN
    assert bench.core.view(bench.now).state_since == NOW - 5000
    assert bench.records[-1].since == NOW - 5000
    assert bench.records[-1].partner_down_time == NOW - 5000


def test_step_5_resumes_the_stored_state_without_contact() -> None:
    """R-179: after startup-time, and not before."""
    bench = Bench(True, stored_record(NORMAL))
    bench.wait(9.9)
    assert bench.state is STARTUP
    bench.wait(0.2)
    assert bench.state is INTERRUPTED
    view = bench.core.view(bench.now)
    assert view.start_of_communications_interrupted == NOW + 10
    assert view.safe_period_ends == NOW + 10 + 14_400
    assert bench.trap_kinds() == ["other-server-not-responding"]


def test_step_5_startup_wait_waits_for_contact_for_ever() -> None:
    """R-215: for a replaced server, so that it does not start to serve alone."""
    bench = Bench(True, startup_wait=True)
    bench.wait(30 * DAY)
    assert bench.state is STARTUP
    assert not bench.core.answers(MessageKind.NEW, b"\0\1a").answer
    bench.connect(communicated=1)
    bench.report(DOWN)
    assert bench.state is RECOVER


def test_step_6_partner_down_ignores_a_report_with_the_startup_flag() -> None:
    bench = Bench(True, down())
    bench.connect()
    bench.report(INTERRUPTED, starting=True)
    assert bench.state is DOWN
    bench.report(RECOVER)
    assert bench.state is DOWN
    assert bench.core.communications_ok


def test_a_stop_in_startup_stores_nothing() -> None:
    """The time of failure is still that of the last run that left STARTUP (step 1)."""
    bench = Bench(True, stored_record(NORMAL))
    bench.connect()
    bench.turn(lambda now: bench.core.link_down(1, now, "reset"))
    bench.turn(lambda now: bench.core.stop(now, long=False))
    assert {record == stored_record(NORMAL) for record in bench.state_records()} == {True}


def test_a_date_of_failure_in_the_future_delays_nothing_beyond_mclt() -> None:
    """A wrong failover-recover, or the clock was ahead when it was stored."""
    for bench in (
        Bench(True, stored_record(NORMAL), failover_recover=NOW + 30 * DAY),
        Bench(True, stored_record(RECOVER, time_of_failure=NOW + 30 * DAY, recover_all=True)),
    ):
        bench.connect()
        bench.report(INTERRUPTED)
        (request,) = bench.take(UpdateRequestAll)
        bench.deliver(UpdateDone(request.xid))
        assert bench.state is WAIT
        bench.wait(HOUR + 1, alive=True)
        assert bench.state is DONE
        bench.report(NORMAL)
        assert bench.state is NORMAL
        assert bench.core.sources(bench.book.pools["scope"], bench.now) != ()

"""Every cell of the tables of states, at a real endpoint: the partner's reports, and the other events."""

import pytest

from dhcpserver.failover.errors import CannotSetPartnerDown, LeasesMissing
from dhcpserver.failover.pools.answering import MessageKind
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status, client_key
from dhcpserver.wire.failover4 import Disconnect, PoolRequest, StateReport, UpdateDone, UpdateRequest, UpdateRequestAll
from dhcpserver.wire.failover4_bindings import BindingUpdate
from tests.failover.books import DAY, FIRST, HOUR, MAC, NOW, book, bound, lease_of
from tests.failover.inputs import partner_update
from tests.failover.scripted import Bench, bench_in, stored_record

STARTUP = State.STARTUP
NORMAL, INTERRUPTED, DOWN = State.NORMAL, State.COMMUNICATIONS_INTERRUPTED, State.PARTNER_DOWN
CONFLICT, RESOLUTION, CONFLICT_DONE = State.POTENTIAL_CONFLICT, State.RESOLUTION_INTERRUPTED, State.CONFLICT_DONE
RECOVER, WAIT, DONE = State.RECOVER, State.RECOVER_WAIT, State.RECOVER_DONE
PAUSED, SHUTDOWN = State.PAUSED, State.SHUTDOWN
COLUMNS = (NORMAL, INTERRUPTED, DOWN, CONFLICT, RESOLUTION, CONFLICT_DONE, RECOVER, WAIT, DONE, PAUSED, SHUTDOWN)
STATES = {"N": NORMAL, "I": INTERRUPTED, "D": DOWN, "C": CONFLICT, "R": RESOLUTION}

# A letter: the next state; "-": stay; in lower case: the same, through COMMUNICATIONS-INTERRUPTED.
#                    NORM INT DOWN CONF RES CDONE REC WAIT DONE PAUSE SHUT
TABLE = {
    NORMAL: "         -    n    c    c    c   -     I   I    -    I     D",
    INTERRUPTED: "    N    N    C    C    C   C     -   -    N    -     D",
    DOWN: "           C    C    C    C    C   C     -   -    N    -     -",
    CONFLICT: "       -    -    -    -    -   -     -   -    -    R     R",
    RESOLUTION: "     C    C    C    C    C   C     C   C    C    -     -",
    CONFLICT_DONE: "  N    -    C    -    -   -     -   -    -    -     -",
    RECOVER: "        -    -    -    C    C   C     -   -    -    -     -",
    WAIT: "           -    -    -    -    -   -     -   -    -    -     -",
    DONE: "           N    -    -    C    C   C     I   I    N    -     -",
}
CELLS = [
    (state, partner, cell, main)
    for state, row in TABLE.items()
    for partner, cell in zip(COLUMNS, row.split(), strict=True)
    for main in (True, False)
    if main or state is not CONFLICT_DONE
]


def expected_request(end: State, partner: State, main: bool) -> bool:
    """A server that recovers requests updates, unless its partner stops; in a conflict one after the other."""
    if end is RECOVER:
        return partner not in (PAUSED, SHUTDOWN)
    if end is CONFLICT:
        return partner is (CONFLICT if main else CONFLICT_DONE)
    return False


@pytest.mark.parametrize(("state", "partner", "cell", "main"), CELLS)
def test_a_report_leads_to_the_state_of_the_table(state: State, partner: State, cell: str, main: bool) -> None:
    """Cell by cell, in both roles (R-178 to R-195)."""
    bench = bench_in(state, main)
    before = len(bench.path)
    bench.report(partner)
    end = state if cell == "-" else STATES[cell.upper()]
    assert bench.state is end
    entered = bench.path[before:]
    if cell == "-":
        assert entered == []
    else:
        assert entered == ([INTERRUPTED, end] if cell.islower() else [end])
        assert bench.records[-1].state is end, "the state to resume"
        assert bench.reported()[-1] == (end, False), "the state is reported to the partner"
    requests = bench.take(UpdateRequest) + bench.take(UpdateRequestAll)
    assert bool(requests) is expected_request(end, partner, main)


@pytest.mark.parametrize("partner", COLUMNS)
@pytest.mark.parametrize("state", TABLE)
def test_a_report_with_the_startup_flag_changes_nothing(state: State, partner: State) -> None:
    """RFC 8156 section 8.3: it has the state to resume, not the present one (R-179)."""
    bench = bench_in(state)
    bench.report(partner, starting=True)
    assert bench.state is state
    assert bench.core.view(bench.now).partner_state is STARTUP


@pytest.mark.parametrize("main", [True, False])
@pytest.mark.parametrize(
    ("state", "after"),
    [
        (NORMAL, INTERRUPTED),
        (INTERRUPTED, INTERRUPTED),
        (DOWN, DOWN),
        (CONFLICT, RESOLUTION),
        (RESOLUTION, RESOLUTION),
        (CONFLICT_DONE, CONFLICT_DONE),
        (RECOVER, RECOVER),
        (WAIT, WAIT),
        (DONE, DONE),
    ],
)
def test_a_lost_connection_leads_to_the_state_of_the_table(state: State, after: State, main: bool) -> None:
    """Only NORMAL and POTENTIAL-CONFLICT end with the connection (R-176, R-178)."""
    bench = bench_in(state, main)
    bench.lose_connection()
    assert bench.state is after
    view = bench.core.view(bench.now)
    assert not view.communications_ok
    assert view.start_of_communications_interrupted == bench.now
    assert bench.trap_kinds() == ["other-server-not-responding"]
    assert (view.safe_period_ends is not None) is (after is INTERRUPTED)


@pytest.mark.parametrize("state", TABLE)
def test_sets_the_partner_down_where_this_server_has_all_leases(state: State) -> None:
    """R-148, R-150, R-183: with a name. The partner may be lost for good while this server recovers or has resolved."""
    bench = bench_in(state)
    if state not in (NORMAL, INTERRUPTED, RESOLUTION, CONFLICT_DONE, WAIT, DONE):
        with pytest.raises(LeasesMissing if state is RECOVER else CannotSetPartnerDown):
            bench.core.set_partner_down(None, bench.now, operator="jo", expert=False)
        assert bench.state is state
        return
    bench.turn(lambda now: bench.core.set_partner_down(None, now, operator="jo", expert=False))
    assert bench.state is DOWN
    assert not bench.core.communications_ok, "the connection is closed"
    assert len(bench.take(Disconnect)) == 1
    assert bench.core.view(bench.now).state_reason == "set by operator jo"
    assert any(line.id == 18105 and f"{int(bench.now)}" in line.text for line in bench.log)


@pytest.mark.parametrize("lost_database", [True, False])
def test_a_takeover_in_recover_wait_gives_no_new_address_before_the_wait_would_be_over(lost_database: bool) -> None:
    """What this server promised before its failure, and lost, ends MCLT after the failure."""
    failed = NOW if lost_database else NOW - 2000
    bench = Bench(True, stored_record(WAIT, time_of_failure=failed))
    bench.connect()
    bench.report(INTERRUPTED)
    assert bench.update(partner_update(Status.ACTIVE, end=NOW + 10_000)).reject is None
    bench.lose_connection()
    assert bench.state is WAIT
    bench.turn(lambda now: bench.core.set_partner_down(None, now, operator="jo", expert=False))
    assert bench.state is DOWN
    pool = bench.book.pools["scope"]
    known, unknown = client_key(None, MAC), client_key(None, MAC[:-1] + b"\x77")
    lease, other = lease_of(bench.book), lease_of(bench.book, FIRST + 5)
    restarted = Bench(True, bench.records[-1], bench.book)
    restarted.wait(11)
    for server in (bench, restarted):
        assert server.state is DOWN
        assert server.core.answers(MessageKind.RENEWING, known).answer
        assert server.core.may_give(lease, known, server.now)
        for when in (NOW, failed + HOUR - 1):
            assert server.core.sources(pool, when) == ()
            assert not server.core.may_give(other, unknown, when)
        assert server.core.sources(pool, failed + HOUR + 1) != ()
        assert server.core.may_give(other, unknown, failed + HOUR + 1)
    usable = bench.core.view(bench.now).partner_pool_usable_at
    assert usable == max(bench.now + HOUR, failed + HOUR)


def test_a_conflict_after_such_a_takeover_does_not_end_the_wait() -> None:
    """Found by the simulator: the connection came back, and the server gave new addresses in RESOLUTION-INTERRUPTED."""
    bench = Bench(True, stored_record(WAIT, time_of_failure=NOW))
    bench.connect()
    bench.report(INTERRUPTED)
    bench.turn(lambda now: bench.core.set_partner_down(None, now, operator="jo", expert=False))
    pool = bench.book.pools["scope"]
    bench.connect()
    bench.report(INTERRUPTED)
    assert bench.state is CONFLICT
    bench.lose_connection()
    assert bench.state is RESOLUTION
    assert bench.core.sources(pool, bench.now) == ()
    bench.connect()
    bench.report(CONFLICT)
    (request,) = bench.take(UpdateRequest)
    bench.deliver(UpdateDone(request.xid))
    bench.report(NORMAL)
    assert bench.state is NORMAL
    assert bench.core.sources(pool, NOW + HOUR - 1) == ()
    assert bench.core.sources(pool, NOW + HOUR + 1) == (pool.free,)
    again = Bench(True, bench.records[-1], bench.book)
    again.wait(11)
    assert again.core.sources(pool, NOW + HOUR - 1) == ()


def test_a_refusal_in_recover_names_the_ways_out() -> None:
    """`tests/service/test_probing.py` has the way of an expert."""
    bench = bench_in(RECOVER)
    with pytest.raises(LeasesMissing, match="a machine with a copy of its data"):
        bench.core.set_partner_down(None, bench.now, operator="jo", expert=True)


def test_the_main_resolves_a_conflict_first() -> None:
    """R-185, R-194; C-11: the main requests updates, then the backup; each waits for UPDDONE."""
    main = bench_in(CONFLICT, True)
    main.report(CONFLICT)
    (request,) = main.take(UpdateRequest)
    assert main.state is CONFLICT
    main.deliver(UpdateDone(request.xid))
    assert main.state is CONFLICT_DONE
    assert main.reported() == [(CONFLICT_DONE, False)]
    main.deliver(UpdateRequest(77))
    assert [done.xid for done in main.take(UpdateDone)] == [77]
    main.report(NORMAL)
    assert main.state is NORMAL

    backup = bench_in(CONFLICT, False)
    backup.report(CONFLICT)
    assert not backup.take(UpdateRequest), "the main is first"
    backup.deliver(UpdateRequest(78))
    assert [done.xid for done in backup.take(UpdateDone)] == [78]
    backup.report(CONFLICT_DONE)
    (request,) = backup.take(UpdateRequest)
    backup.deliver(UpdateDone(request.xid))
    assert backup.state is NORMAL
    assert len(backup.take(PoolRequest)) == 1, "and requests its share"


def test_sends_an_interrupted_update_request_again() -> None:
    """R-178: RECOVER stays until all updates have arrived, however often the connection ends."""
    bench = bench_in(RECOVER)
    bench.report(INTERRUPTED)
    assert len(bench.take(UpdateRequest)) == 1
    for _ in range(3):
        bench.lose_connection()
        bench.wait(10)
        assert bench.state is RECOVER
        bench.connect()
        bench.report(INTERRUPTED)
        (request,) = bench.take(UpdateRequest)
    bench.deliver(UpdateDone(request.xid - 1))
    assert bench.state is RECOVER, "an answer to another request"
    bench.deliver(UpdateDone(request.xid))
    assert bench.state is WAIT


def test_recover_wait_continues_without_contact_and_over_a_restart() -> None:
    """R-125, R-193; C-10: until the time of failure plus MCLT."""
    bench = bench_in(RECOVER)
    bench.report(INTERRUPTED)
    (request,) = bench.take(UpdateRequest)
    bench.deliver(UpdateDone(request.xid))
    assert bench.core.view(bench.now).recover_deadline == NOW - 60 + HOUR
    bench.lose_connection()
    bench.wait(1000)
    again = Bench(True, bench.records[-1], bench.book)
    again.now = bench.now
    again.turn(again.core.start)
    again.wait(NOW - 60 + HOUR - again.now - 1)
    assert again.state is WAIT
    again.wait(2)
    assert again.state is DONE


def test_the_end_of_recover_wait_applies_the_last_report() -> None:
    """Otherwise two servers that both recover would wait for each other for ever (R-187)."""
    for partner, end in ((DONE, NORMAL), (NORMAL, NORMAL), (CONFLICT, CONFLICT), (INTERRUPTED, DONE)):
        bench = bench_in(WAIT)
        bench.report(partner)
        bench.wait(HOUR, alive=True)
        assert bench.state is end


def test_recover_done_ends_when_the_partner_is_normal() -> None:
    """R-187; C-08: an interlock. Known clients may renew, new clients get no answer."""
    bench = bench_in(DONE)
    assert bench.core.answers(MessageKind.RENEWING, b"\0\1abc").answer
    assert not bench.core.answers(MessageKind.NEW, b"\0\1abc").answer
    bench.report(INTERRUPTED)
    assert bench.state is DONE
    bench.report(NORMAL)
    assert bench.state is NORMAL


def test_partner_down_ends_when_the_partner_has_acknowledged_the_leases() -> None:
    """R-178: NORMAL waits for the acknowledgement of every marked lease."""
    subject = book()
    for number in range(3):
        bound(subject, number).needs_update = True
    record = stored_record(DOWN, partner_down_time=NOW - 100, partner_down_entered=NOW - 100)
    bench = Bench(True, record, subject)
    bench.connect()
    bench.report(RECOVER)
    bench.report(DONE)
    updates = bench.take(BindingUpdate)
    assert len(updates) == 3
    assert bench.state is DOWN
    assert not bench.core.sources(subject.pools["scope"], bench.now)[1:], "its share is not used from now on"
    for update in updates[:2]:
        bench.acknowledge(update)
    assert bench.state is DOWN
    bench.acknowledge(updates[2], reject=15)
    assert bench.state is NORMAL, "a rejection counts too; the update is sent again later"


def test_answers_no_client_in_silent_states() -> None:
    """I8: a server that stops, or does not have all leases yet, does not answer clients."""
    for state in (RECOVER, WAIT, CONFLICT):
        bench = bench_in(state)
        for kind in MessageKind:
            assert not bench.core.answers(kind, b"\0\1abc").answer
        assert bench.core.sources(bench.book.pools["scope"], bench.now) == ()
    bench.turn(lambda now: bench.core.stop(now, long=True))
    assert not any(bench.core.answers(kind, b"\0\1abc").answer for kind in MessageKind)


def test_stores_a_change_of_state_before_it_reports_it() -> None:
    """The record is in the same turn as the STATE message, and octets are sent after it is stored."""
    bench = bench_in(INTERRUPTED)
    bench.records.clear()
    bench.report(NORMAL)
    assert bench.records[-1].state is NORMAL
    assert bench.records[-1].partner_state is NORMAL
    assert [report.state for report in bench.take(StateReport)] == [NORMAL.number]


def test_sends_one_notification_for_each_loss_and_return_of_contact() -> None:
    """R-108, R-192, R-241: when contact is lost, not repeatedly while it is lost."""
    bench = bench_in(NORMAL)
    bench.lose_connection()
    bench.wait(HOUR)
    bench.connect()
    bench.report(INTERRUPTED)
    bench.wait(100, alive=True)
    assert bench.trap_kinds() == ["other-server-not-responding", "other-server-responding"]
    assert bench.state is NORMAL


def test_closes_the_connection_if_an_update_request_is_not_answered() -> None:
    """The partner keeps the connection open, but sends no updates."""
    bench = bench_in(RECOVER)
    bench.report(INTERRUPTED)
    bench.wait(135, alive=True)
    assert not bench.core.communications_ok
    assert bench.state is RECOVER
    assert "unanswered" in (bench.take(Disconnect)[0].message or "")


def test_closes_the_connection_if_updates_are_not_acknowledged() -> None:
    """After two minutes; the partner may not have received them. NORMAL ends."""
    subject = book()
    bench = bench_in(NORMAL, subject=subject)
    lease = bound(subject, 1)
    bench.turn(lambda now: bench.core.granted(lease, DAY, now))
    assert lease.needs_update
    bench.wait(135, alive=True)
    assert bench.state is INTERRUPTED
    assert lease.status is Status.ACTIVE

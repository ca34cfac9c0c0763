"""Every cell of the tables of states, at a real endpoint: what the partner reports, and what else happens."""

import pytest

from dhcpserver.failover.errors import CannotSetPartnerDown
from dhcpserver.failover.pools.answering import MessageKind
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from dhcpserver.wire.failover4 import Disconnect, PoolRequest, StateReport, UpdateDone, UpdateRequest, UpdateRequestAll
from dhcpserver.wire.failover4_bindings import BindingUpdate
from tests.failover.books import DAY, HOUR, NOW, book, bound
from tests.failover.scripted import Bench, brought_to, stored

STARTUP = State.STARTUP
NORMAL, INTERRUPTED, DOWN = State.NORMAL, State.COMMUNICATIONS_INTERRUPTED, State.PARTNER_DOWN
CONFLICT, RESOLUTION, CONFLICT_DONE = State.POTENTIAL_CONFLICT, State.RESOLUTION_INTERRUPTED, State.CONFLICT_DONE
RECOVER, WAIT, DONE = State.RECOVER, State.RECOVER_WAIT, State.RECOVER_DONE
PAUSED, SHUTDOWN = State.PAUSED, State.SHUTDOWN
COLUMNS = (NORMAL, INTERRUPTED, DOWN, CONFLICT, RESOLUTION, CONFLICT_DONE, RECOVER, WAIT, DONE, PAUSED, SHUTDOWN)
LETTERS = {"N": NORMAL, "I": INTERRUPTED, "D": DOWN, "C": CONFLICT, "R": RESOLUTION}

# A letter: the state gone to; "-": stay; in lower case: the same through COMMUNICATIONS-INTERRUPTED.
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
    (state, partner, letter, main)
    for state, row in TABLE.items()
    for partner, letter in zip(COLUMNS, row.split(), strict=True)
    for main in (True, False)
    if main or state is not CONFLICT_DONE
]


def expected_request(end: State, partner: State, main: bool) -> bool:
    """Who asks for updates: whoever recovers, from a partner that serves or recovers; in a conflict one by one."""
    if end is RECOVER:
        return partner not in (PAUSED, SHUTDOWN)
    if end is CONFLICT:
        return partner is (CONFLICT if main else CONFLICT_DONE)
    return False


@pytest.mark.parametrize(("state", "partner", "letter", "main"), CELLS)
def test_what_the_partner_reports_moves_the_endpoint_as_the_table_says(
    state: State, partner: State, letter: str, main: bool
) -> None:
    """Cell by cell, in both roles (R-178 to R-195)."""
    bench = brought_to(state, main)
    before = len(bench.path)
    bench.report(partner)
    end = state if letter == "-" else LETTERS[letter.upper()]
    assert bench.state is end
    went = bench.path[before:]
    if letter == "-":
        assert went == []
    else:
        assert went == ([INTERRUPTED, end] if letter.islower() else [end])
        assert bench.records[-1].state is end, "what it resumes from"
        assert bench.reported()[-1] == (end, False), "the partner is told"
    asked = bench.take(UpdateRequest) + bench.take(UpdateRequestAll)
    assert bool(asked) is expected_request(end, partner, main)


@pytest.mark.parametrize("partner", COLUMNS)
@pytest.mark.parametrize("state", TABLE)
def test_a_partner_in_startup_moves_nothing(state: State, partner: State) -> None:
    """RFC 8156 section 8.3: what it will resume in is not what it is in (R-179)."""
    bench = brought_to(state)
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
def test_losing_the_partner_moves_the_endpoint_as_the_table_says(state: State, after: State, main: bool) -> None:
    """Only NORMAL and POTENTIAL-CONFLICT end with the connection (R-176, R-178)."""
    bench = brought_to(state, main)
    bench.lose()
    assert bench.state is after
    view = bench.core.view(bench.now)
    assert not view.communications_ok
    assert view.start_of_communications_interrupted == bench.now
    assert bench.trap_kinds() == ["other-server-not-responding"]
    assert (view.safe_period_ends is not None) is (after is INTERRUPTED)


@pytest.mark.parametrize("state", TABLE)
def test_who_may_set_the_partner_down(state: State) -> None:
    """R-148, R-150, R-183: from NORMAL, COMMUNICATIONS-INTERRUPTED and RESOLUTION-INTERRUPTED, at once, with a name."""
    bench = brought_to(state)
    if state not in (NORMAL, INTERRUPTED, RESOLUTION):
        with pytest.raises(CannotSetPartnerDown):
            bench.core.set_partner_down(None, bench.now, operator="jo", expert=False)
        assert bench.state is state
        return
    bench.turn(lambda now: bench.core.set_partner_down(None, now, operator="jo", expert=False))
    assert bench.state is DOWN
    assert not bench.core.communications_ok, "the connection is dropped"
    assert len(bench.take(Disconnect)) == 1
    assert bench.core.view(bench.now).state_reason == "set by operator jo"
    assert any(line.id == 18105 and f"{int(bench.now)}" in line.text for line in bench.log)


def test_a_resolved_conflict_ends_with_the_main_first() -> None:
    """R-185, R-194; C-11: the main asks, then the backup; UPDDONE is what each waits for."""
    main = brought_to(CONFLICT, True)
    main.report(CONFLICT)
    (request,) = main.take(UpdateRequest)
    assert main.state is CONFLICT
    main.say(UpdateDone(request.xid))
    assert main.state is CONFLICT_DONE
    assert main.reported() == [(CONFLICT_DONE, False)]
    main.say(UpdateRequest(77))
    assert [done.xid for done in main.take(UpdateDone)] == [77]
    main.report(NORMAL)
    assert main.state is NORMAL

    backup = brought_to(CONFLICT, False)
    backup.report(CONFLICT)
    assert not backup.take(UpdateRequest), "the main is first"
    backup.say(UpdateRequest(78))
    assert [done.xid for done in backup.take(UpdateDone)] == [78]
    backup.report(CONFLICT_DONE)
    (request,) = backup.take(UpdateRequest)
    backup.say(UpdateDone(request.xid))
    assert backup.state is NORMAL
    assert len(backup.take(PoolRequest)) == 1, "and asks for its share"


def test_an_update_request_that_is_cut_short_is_sent_again() -> None:
    """R-178: RECOVER stays RECOVER until all is there, however often the connection ends."""
    bench = brought_to(RECOVER)
    bench.report(INTERRUPTED)
    assert len(bench.take(UpdateRequest)) == 1
    for _ in range(3):
        bench.lose()
        bench.wait(10)
        assert bench.state is RECOVER
        bench.connect()
        bench.report(INTERRUPTED)
        (request,) = bench.take(UpdateRequest)
    bench.say(UpdateDone(request.xid - 1))
    assert bench.state is RECOVER, "an answer to another question"
    bench.say(UpdateDone(request.xid))
    assert bench.state is WAIT


def test_the_wait_for_mclt_runs_without_a_partner_and_over_a_restart() -> None:
    """R-125, R-193; C-10: time of failure plus MCLT, whatever happens meanwhile."""
    bench = brought_to(RECOVER)
    bench.report(INTERRUPTED)
    (request,) = bench.take(UpdateRequest)
    bench.say(UpdateDone(request.xid))
    assert bench.core.view(bench.now).recover_deadline == NOW - 60 + HOUR
    bench.lose()
    bench.wait(1000)
    again = Bench(True, bench.records[-1], bench.book)
    again.now = bench.now
    again.turn(again.core.start)
    again.wait(NOW - 60 + HOUR - again.now - 1)
    assert again.state is WAIT
    again.wait(2)
    assert again.state is DONE


def test_the_end_of_the_wait_takes_up_what_the_partner_said_during_it() -> None:
    """Two servers that recover from each other do not wait for each other for ever (R-187)."""
    for partner, end in ((DONE, NORMAL), (NORMAL, NORMAL), (CONFLICT, CONFLICT), (INTERRUPTED, DONE)):
        bench = brought_to(WAIT)
        bench.report(partner)
        bench.wait(HOUR, alive=True)
        assert bench.state is end


def test_recover_done_is_left_when_the_partner_follows() -> None:
    """R-187; C-08: an interlock; known clients may renew, nobody gets anything new."""
    bench = brought_to(DONE)
    assert bench.core.answers(MessageKind.RENEWING, b"\0\1abc").answer
    assert not bench.core.answers(MessageKind.NEW, b"\0\1abc").answer
    bench.report(INTERRUPTED)
    assert bench.state is DONE
    bench.report(NORMAL)
    assert bench.state is NORMAL


def test_partner_down_is_left_when_the_partner_knows_what_was_given() -> None:
    """R-178: NORMAL waits for the acknowledgement of every lease that the partner was not told of."""
    subject = book()
    for number in range(3):
        bound(subject, number).needs_update = True
    record = stored(DOWN, partner_down_time=NOW - 100, partner_down_entered=NOW - 100)
    bench = Bench(True, record, subject)
    bench.connect()
    bench.report(RECOVER)
    bench.report(DONE)
    updates = bench.take(BindingUpdate)
    assert len(updates) == 3
    assert bench.state is DOWN
    assert not bench.core.sources(subject.pools["scope"], bench.now)[1:], "its share is left alone from now on"
    for update in updates[:2]:
        bench.answer(update)
    assert bench.state is DOWN
    bench.answer(updates[2], reject=15)
    assert bench.state is NORMAL, "an answer is an answer; what was refused is sent again later"


def test_silence_answers_nobody() -> None:
    """I8: what is on the way out, or does not know yet, says nothing to clients."""
    for state in (RECOVER, WAIT, CONFLICT):
        bench = brought_to(state)
        for kind in MessageKind:
            assert not bench.core.answers(kind, b"\0\1abc").answer
        assert bench.core.sources(bench.book.pools["scope"], bench.now) == ()
    bench.turn(lambda now: bench.core.stop(now, long=True))
    assert not any(bench.core.answers(kind, b"\0\1abc").answer for kind in MessageKind)


def test_every_change_is_stored_before_the_partner_hears_of_it() -> None:
    """The record of a change is in the turn whose octets tell it, and octets leave after the store."""
    bench = brought_to(INTERRUPTED)
    bench.records.clear()
    bench.report(NORMAL)
    assert bench.records[-1].state is NORMAL
    assert bench.records[-1].partner_state is NORMAL
    assert [report.state for report in bench.take(StateReport)] == [NORMAL.number]


def test_an_alarm_is_raised_once_and_taken_back_once() -> None:
    """R-108, R-192, R-241: when contact is lost, not while it is lost."""
    bench = brought_to(NORMAL)
    bench.lose()
    bench.wait(HOUR)
    bench.connect()
    bench.report(INTERRUPTED)
    bench.wait(100, alive=True)
    assert bench.trap_kinds() == ["other-server-not-responding", "other-server-responding"]
    assert bench.state is NORMAL


def test_a_stalled_recovery_gives_the_connection_up() -> None:
    """Update-stall: a partner that is there and answers nothing is not waited for over this connection for ever."""
    bench = brought_to(RECOVER)
    bench.report(INTERRUPTED)
    bench.wait(135, alive=True)
    assert not bench.core.communications_ok
    assert bench.state is RECOVER
    assert "unanswered" in (bench.take(Disconnect)[0].message or "")


def test_updates_without_acknowledgement_lead_out_of_normal() -> None:
    """Ack timeout: what the partner does not acknowledge for two minutes it may not have."""
    subject = book()
    bench = brought_to(NORMAL, subject=subject)
    lease = bound(subject, 1)
    bench.turn(lambda now: bench.core.granted(lease, DAY, now))
    assert lease.needs_update
    bench.wait(135, alive=True)
    assert bench.state is INTERRUPTED
    assert lease.status is Status.ACTIVE

"""Every cell of the tables of states, at a real endpoint: what the partner reports, and what else happens."""

import pytest

from dhcpserver.failover.errors import CannotSetPartnerDown, SafePeriodOver, StillRecovering
from dhcpserver.failover.gate import MessageKind
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


def test_the_end_of_the_safe_period_counts_from_the_loss_of_contact() -> None:
    """R-139, R-144, R-183: PARTNER-DOWN as of the start of the interruption, and the reason says so."""
    bench = brought_to(NORMAL)
    lost = bench.now
    bench.lose()
    bench.wait(14_399)
    assert bench.state is INTERRUPTED
    bench.wait(2)
    assert bench.state is DOWN
    view = bench.core.view(bench.now)
    assert view.partner_down_time == lost
    assert "safe" in view.state_reason
    again = Bench(True, bench.records[-1])
    again.wait(11)
    assert again.state is DOWN
    assert "safe" in again.core.view(again.now).state_reason, "a restart does not make it an operator's doing"


def test_switching_the_safe_period_off_stops_it_and_on_counts_from_the_loss_of_contact() -> None:
    """R-052, R-141: one of the two ways out when both servers run and cannot hear each other."""
    bench = brought_to(NORMAL)
    lost = bench.now
    bench.lose()
    bench.wait(14_000)
    bench.turn(lambda now: bench.core.use_safe_period(False, now, operator="jo"))
    assert bench.core.view(bench.now).safe_period_ends is None
    assert any(line.id == 18120 and "off by operator jo" in line.text for line in bench.log)
    bench.wait(30 * DAY)
    assert bench.state is INTERRUPTED
    bench.turn(lambda now: bench.core.use_safe_period(True, now, operator="jo"))
    assert bench.core.view(bench.now).use_safe_period
    assert bench.state is DOWN, "it is long over"
    assert bench.core.view(bench.now).partner_down_time == lost


def test_a_longer_safe_period_counts_from_the_loss_of_contact_too() -> None:
    """R-137, R-141: more time to find out; never a way to PARTNER-DOWN that asks for no date."""
    bench = brought_to(NORMAL)
    lost = bench.now
    bench.lose()
    bench.wait(10_000)
    bench.turn(lambda now: bench.core.set_safe_period(20_000, now, operator="jo"))
    assert bench.core.view(bench.now).safe_period_ends == lost + 20_000
    assert any(line.id == 18124 and "20000 s by operator jo" in line.text for line in bench.log)
    with pytest.raises(SafePeriodOver, match="set the partner down"):
        bench.core.set_safe_period(9_000, bench.now, operator="jo")
    assert bench.core.view(bench.now).safe_period == 20_000, "what is refused changes nothing"
    bench.wait(lost + 19_999 - bench.now)
    assert bench.state is INTERRUPTED
    bench.wait(2)
    assert bench.state is DOWN


def test_a_safe_period_can_be_set_before_contact_is_lost() -> None:
    """R-137."""
    bench = brought_to(NORMAL)
    bench.turn(lambda now: bench.core.set_safe_period(60, now, operator="jo"))
    assert bench.state is NORMAL
    bench.lose()
    bench.wait(59)
    assert bench.state is INTERRUPTED
    bench.wait(2)
    assert bench.state is DOWN


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


# Stopping


@pytest.mark.parametrize("state", [*TABLE, STARTUP])
def test_a_restart_says_paused_and_keeps_the_state(state: State) -> None:
    """R-188: in every state; what the server resumes from is what it was in."""
    bench = Bench(True, stored(INTERRUPTED)) if state is STARTUP else brought_to(state)
    bench.turn(lambda now: bench.core.stop(now, long=False))
    assert bench.state is PAUSED
    assert bench.core.stopped
    if state is STARTUP:
        assert bench.records == [], "nothing of STARTUP is remembered"
    else:
        assert bench.reported() == [(PAUSED, False)]
        assert len(bench.take(Disconnect)) == 1
        assert bench.records[-1].state is state
        assert bench.records[-1].last_operational == bench.now


@pytest.mark.parametrize("state", [state for state in TABLE if state is not DOWN])
def test_a_shutdown_waits_three_seconds_for_the_partner_to_take_over(state: State) -> None:
    """R-189: if it says PARTNER-DOWN, this server comes back in RECOVER; if not, in the state that it was in."""
    silent = brought_to(state)
    silent.turn(lambda now: silent.core.stop(now, long=True))
    assert silent.state is SHUTDOWN
    assert silent.reported() == [(SHUTDOWN, False)]
    silent.wait(2.9)
    waiting = not silent.core.stopped
    silent.wait(0.2)
    assert (waiting, silent.core.stopped) == (True, True)
    assert silent.records[-1].state is state

    answered = brought_to(state)
    answered.turn(lambda now: answered.core.stop(now, long=True))
    answered.report(DOWN)
    assert answered.core.stopped
    assert answered.records[-1].state is RECOVER
    assert answered.records[-1].time_of_failure == answered.now
    again = Bench(True, answered.records[-1])
    again.wait(11)
    assert again.state is RECOVER


def test_a_shutdown_ends_when_the_partner_goes() -> None:
    bench = brought_to(NORMAL)
    bench.turn(lambda now: bench.core.stop(now, long=True))
    bench.lose()
    assert bench.core.stopped
    assert bench.state is SHUTDOWN


@pytest.mark.parametrize("long", [True, False])
def test_a_server_that_recovers_is_not_stopped_without_force(long: bool) -> None:
    """R-186: a refusal that changes nothing, and a warning when it is forced."""
    bench = brought_to(RECOVER)
    with pytest.raises(StillRecovering, match="takes in its partner's leases"):
        bench.core.stop(bench.now, long=long, force=False)
    assert bench.state is RECOVER
    assert bench.reported() == []
    bench.turn(lambda now: bench.core.stop(now, long=long, force=True))
    assert bench.state in (PAUSED, SHUTDOWN)
    assert any(line.id == 18121 for line in bench.log)


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

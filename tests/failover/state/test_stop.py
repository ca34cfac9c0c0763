"""The orderly stop: what the partner receives, what is stored, and when the server exits."""

import pytest

from dhcpserver.failover.errors import StillRecovering
from dhcpserver.failover.states import State
from dhcpserver.wire.failover4 import Disconnect
from tests.failover.scripted import Bench, bench_in, stored_record

NORMAL, INTERRUPTED, DOWN = State.NORMAL, State.COMMUNICATIONS_INTERRUPTED, State.PARTNER_DOWN
CONFLICT, RESOLUTION, CONFLICT_DONE = State.POTENTIAL_CONFLICT, State.RESOLUTION_INTERRUPTED, State.CONFLICT_DONE
RECOVER, WAIT, DONE = State.RECOVER, State.RECOVER_WAIT, State.RECOVER_DONE
STARTUP, PAUSED, SHUTDOWN = State.STARTUP, State.PAUSED, State.SHUTDOWN
RUNNING = (NORMAL, INTERRUPTED, DOWN, CONFLICT, RESOLUTION, CONFLICT_DONE, RECOVER, WAIT, DONE)


@pytest.mark.parametrize("state", [*RUNNING, STARTUP])
def test_a_short_stop_reports_paused_and_keeps_the_state(state: State) -> None:
    """R-188: in every state; the server resumes the state that it was in."""
    bench = Bench(True, stored_record(INTERRUPTED)) if state is STARTUP else bench_in(state)
    bench.turn(lambda now: bench.core.stop(now, long=False))
    assert bench.state is PAUSED
    assert bench.core.stopped
    if state is STARTUP:
        assert bench.state_records() == [stored_record(INTERRUPTED)], "nothing is stored in STARTUP"
    else:
        assert bench.reported() == [(PAUSED, False)]
        assert len(bench.take(Disconnect)) == 1
        assert bench.records[-1].state is state
        assert bench.records[-1].last_operational == bench.now


@pytest.mark.parametrize("long", [False, True])
def test_a_stop_in_partner_down_keeps_the_time_from_which_mclt_counts(long: bool) -> None:
    """R-144: the restart resumes PARTNER-DOWN, and does not count MCLT from the beginning again."""
    bench = bench_in(DOWN)
    down = bench.records[-1].partner_down_time
    assert down
    bench.wait(100)
    bench.turn(lambda now: bench.core.stop(now, long=long))
    stored = bench.records[-1]
    assert (stored.state, stored.partner_down_time) == (DOWN, down)
    again = Bench(True, stored)
    again.wait(30)
    assert again.state is DOWN
    assert again.core.view(again.now).partner_down_time == down


@pytest.mark.parametrize("state", [state for state in RUNNING if state is not DOWN])
def test_a_shutdown_waits_three_seconds_for_partner_down(state: State) -> None:
    """R-189: if the partner reports it, this server resumes RECOVER; if not, the state that it was in."""
    without_answer = bench_in(state)
    without_answer.turn(lambda now: without_answer.core.stop(now, long=True))
    assert without_answer.state is SHUTDOWN
    assert without_answer.reported() == [(SHUTDOWN, False)]
    without_answer.wait(2.9)
    waiting = not without_answer.core.stopped
    without_answer.wait(0.2)
    assert (waiting, without_answer.core.stopped) == (True, True)
    assert without_answer.records[-1].state is state

    with_answer = bench_in(state)
    with_answer.turn(lambda now: with_answer.core.stop(now, long=True))
    with_answer.report(DOWN)
    assert with_answer.core.stopped
    assert with_answer.records[-1].state is RECOVER
    assert with_answer.records[-1].time_of_failure == with_answer.now
    again = Bench(True, with_answer.records[-1])
    again.wait(11)
    assert again.state is RECOVER


def test_a_shutdown_ends_with_the_connection() -> None:
    bench = bench_in(NORMAL)
    bench.turn(lambda now: bench.core.stop(now, long=True))
    bench.lose_connection()
    assert bench.core.stopped
    assert bench.state is SHUTDOWN


@pytest.mark.parametrize("long", [True, False])
def test_refuses_to_stop_in_recover_without_force(long: bool) -> None:
    """R-186: a refusal changes nothing; a forced stop logs a warning."""
    bench = bench_in(RECOVER)
    with pytest.raises(StillRecovering, match="receives its partner's leases"):
        bench.core.stop(bench.now, long=long, force=False)
    assert bench.state is RECOVER
    assert bench.reported() == []
    bench.turn(lambda now: bench.core.stop(now, long=long, force=True))
    assert bench.state in (PAUSED, SHUTDOWN)
    assert any(line.id == 18121 for line in bench.log)

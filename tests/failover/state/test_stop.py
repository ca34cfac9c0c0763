"""The orderly stop: what the partner receives, what is stored, and when the server exits."""

import pytest

from dhcpserver.failover.errors import StillRecovering
from dhcpserver.failover.states import State
from dhcpserver.wire.failover4 import Disconnect
from tests.failover.scripted import Bench, brought_to, stored

NORMAL, INTERRUPTED, DOWN = State.NORMAL, State.COMMUNICATIONS_INTERRUPTED, State.PARTNER_DOWN
CONFLICT, RESOLUTION, CONFLICT_DONE = State.POTENTIAL_CONFLICT, State.RESOLUTION_INTERRUPTED, State.CONFLICT_DONE
RECOVER, WAIT, DONE = State.RECOVER, State.RECOVER_WAIT, State.RECOVER_DONE
STARTUP, PAUSED, SHUTDOWN = State.STARTUP, State.PAUSED, State.SHUTDOWN
RUNNING = (NORMAL, INTERRUPTED, DOWN, CONFLICT, RESOLUTION, CONFLICT_DONE, RECOVER, WAIT, DONE)


@pytest.mark.parametrize("state", [*RUNNING, STARTUP])
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


@pytest.mark.parametrize("state", [state for state in RUNNING if state is not DOWN])
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
    with pytest.raises(StillRecovering, match="receives its partner's leases"):
        bench.core.stop(bench.now, long=long, force=False)
    assert bench.state is RECOVER
    assert bench.reported() == []
    bench.turn(lambda now: bench.core.stop(now, long=long, force=True))
    assert bench.state in (PAUSED, SHUTDOWN)
    assert any(line.id == 18121 for line in bench.log)

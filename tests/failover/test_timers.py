"""The timers of the endpoint: the earliest deadline, and which timer has expired."""

from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.failover.timers import NEVER, Timer, Timers

ACTIONS = st.lists(st.tuples(st.sampled_from(Timer), st.none() | st.integers(0, 100)))


@given(ACTIONS, st.integers(0, 100))
def test_the_earliest_deadline_is_that_of_the_running_timers(actions: list[tuple[Timer, int | None]], now: int) -> None:
    """None stops a timer, a number sets it."""
    timers, expected = Timers(), dict[Timer, int]()
    for timer, when in actions:
        if when is None:
            timers.stop(timer)
            expected.pop(timer, None)
        else:
            timers.set(timer, when)
            expected[timer] = when
        assert timers.earliest == min(expected.values(), default=NEVER)
    expired = set()
    while (taken := timers.take(now)) is not None:
        expired.add(taken)
    assert expired == {timer for timer, when in expected.items() if when <= now}
    assert timers.earliest > now


def test_no_timer_runs_after_all_are_stopped() -> None:
    timers = Timers()
    timers.set(Timer.RETRY, 5.0)
    timers.clear()
    assert timers.earliest == NEVER
    assert timers.take(10.0) is None

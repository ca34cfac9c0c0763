"""The safe period: when it ends, what an operator may change, and what the log lines report about it."""

import pytest

from dhcpserver.failover.errors import SafePeriodOver
from dhcpserver.failover.states import State
from tests.failover.books import DAY
from tests.failover.scripted import Bench, bench_in

NORMAL, INTERRUPTED, DOWN = State.NORMAL, State.COMMUNICATIONS_INTERRUPTED, State.PARTNER_DOWN


def line(bench: Bench, number: int) -> str:
    """The text of the last log line with this message id."""
    return [line.text for line in bench.log if line.id == number][-1]


def test_partner_down_after_the_safe_period_counts_from_the_loss_of_contact() -> None:
    """R-139, R-144, R-183: and the reason of the state names the safe period."""
    bench = bench_in(NORMAL)
    lost = bench.now
    bench.lose_connection()
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
    assert "safe" in again.core.view(again.now).state_reason, "the reason is the same after a restart"


def test_switching_the_safe_period_off_stops_it_and_on_counts_from_the_loss_of_contact() -> None:
    """R-052, R-141: one of the two solutions when both servers run without contact."""
    bench = bench_in(NORMAL)
    lost = bench.now
    bench.lose_connection()
    bench.wait(14_000)
    bench.turn(lambda now: bench.core.use_safe_period(False, now, operator="jo"))
    assert bench.core.view(bench.now).safe_period_ends is None
    assert any(line.id == 18120 and "off by operator jo" in line.text for line in bench.log)
    bench.wait(30 * DAY)
    assert bench.state is INTERRUPTED
    bench.turn(lambda now: bench.core.use_safe_period(True, now, operator="jo"))
    assert bench.core.view(bench.now).use_safe_period
    assert bench.state is DOWN, "it ended long ago"
    assert bench.core.view(bench.now).partner_down_time == lost


def test_a_longer_safe_period_counts_from_the_loss_of_contact_too() -> None:
    """R-137, R-141: more time to find the cause. It never leads to PARTNER-DOWN at once, which needs a date."""
    bench = bench_in(NORMAL)
    lost = bench.now
    bench.lose_connection()
    bench.wait(10_000)
    bench.turn(lambda now: bench.core.set_safe_period(20_000, now, operator="jo"))
    assert bench.core.view(bench.now).safe_period_ends == lost + 20_000
    assert any(line.id == 18124 and "20000 s by operator jo" in line.text for line in bench.log)
    with pytest.raises(SafePeriodOver, match="set the partner down"):
        bench.core.set_safe_period(9_000, bench.now, operator="jo")
    assert bench.core.view(bench.now).safe_period == 20_000, "a refused command changes nothing"
    bench.wait(lost + 19_999 - bench.now)
    assert bench.state is INTERRUPTED
    bench.wait(2)
    assert bench.state is DOWN


def test_a_safe_period_can_be_set_before_contact_is_lost() -> None:
    """R-137."""
    bench = bench_in(NORMAL)
    bench.turn(lambda now: bench.core.set_safe_period(60, now, operator="jo"))
    assert bench.state is NORMAL
    bench.lose_connection()
    bench.wait(59)
    assert bench.state is INTERRUPTED
    bench.wait(2)
    assert bench.state is DOWN


def test_the_line_of_lost_contact_reports_the_safe_period_that_an_operator_switched_off() -> None:
    """R-141: not the configured one."""
    bench = bench_in(NORMAL)
    bench.turn(lambda now: bench.core.use_safe_period(False, now, operator="jo"))
    bench.lose_connection()
    assert line(bench, 18101).endswith("safe period is not used.")
    bench.wait(DAY)
    assert bench.state is INTERRUPTED


def test_the_line_of_lost_contact_reports_the_safe_period_that_an_operator_switched_on() -> None:
    bench = bench_in(NORMAL, use_safe_period=False)
    bench.turn(lambda now: bench.core.use_safe_period(True, now, operator="jo"))
    bench.lose_connection()
    assert line(bench, 18101).endswith("safe period ends in 14400 s.")


@pytest.mark.parametrize("state", [State.PARTNER_DOWN, State.RECOVER, State.RECOVER_DONE, State.POTENTIAL_CONFLICT])
def test_the_line_of_lost_contact_announces_no_end_where_the_safe_period_does_not_count(state: State) -> None:
    """It counts in COMMUNICATIONS-INTERRUPTED alone."""
    bench = bench_in(state)
    bench.lose_connection()
    assert line(bench, 18101).endswith("safe period does not count in this state.")
    assert bench.core.view(bench.now).safe_period_ends is None


def test_the_lines_report_the_length_that_an_operator_set() -> None:
    """R-137: at the loss of contact, and when PARTNER-DOWN is entered automatically."""
    bench = bench_in(NORMAL)
    bench.turn(lambda now: bench.core.set_safe_period(60, now, operator="jo"))
    bench.lose_connection()
    assert line(bench, 18101).endswith("safe period ends in 60 s.")
    bench.wait(61)
    assert bench.state is DOWN
    assert "automatically after safe period 60 s;" in line(bench, 18104)

"""The skew of the partner's clock, from messages with whole seconds and unknown delays."""

import math

from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.failover.link.skew import SkewMeter
from dhcpserver.failover.view import Skew

START = 1_700_000_000.0
WINDOW = 60.0


def meter(
    offset: float, delays: list[float], round_trip: float = 0.02, every: float = 15.25
) -> tuple[SkewMeter, float]:
    """Return a meter of a connection whose messages are `every` seconds apart, and its last time."""
    clock = SkewMeter(START)
    clock.asked(START)
    now = START + round_trip
    clock.answered(now)
    clock.open(math.floor(now - round_trip / 2 + offset), now, WINDOW)
    sent = START
    for delay in delays:
        sent += every
        now = max(now, sent + delay)
        clock.take(math.floor(sent + offset), now)
        clock.behind(now, 5.0, WINDOW)
    return clock, now


@given(st.floats(-40, 40), st.lists(st.floats(0, 0.02), min_size=1, max_size=40))
def test_the_true_difference_is_within_the_uncertainty(offset: float, delays: list[float]) -> None:
    """Whatever the phase of the clocks, the measured skew is wrong by the uncertainty at most."""
    skew = meter(offset, delays)[0].skew()
    assert skew is not None
    assert abs(skew.seconds - offset) <= skew.uncertainty + 1e-6
    assert skew.uncertainty <= 1.1


@given(st.floats(6, 109), st.integers(0, 9))
def test_messages_that_waited_in_a_cut_link_are_no_skew(cut: float, phase: int) -> None:
    """Messages that arrive together after the link heals are old; the ones before and after them show the clocks."""
    clock, now = meter(0.0, [0.01] * 5)
    sent = now + phase / 10
    healed = sent + cut
    while sent < healed:
        clock.take(math.floor(sent), healed)
        sent += 15
    skew = clock.skew()
    assert skew is not None
    assert skew.seconds == 0.0
    clock.behind(healed, 5.0, WINDOW)
    clock.take(math.floor(healed + 15), healed + 15.01)
    skew = clock.skew()
    assert skew is not None
    assert skew.seconds == 0.0


def test_two_processes_of_one_machine_show_zero() -> None:
    """The time of a message is up to a second old when it arrives; that is no skew."""
    for phase in range(10):
        clock = SkewMeter(START)
        now = START + phase / 10
        clock.open(math.floor(now), now, WINDOW)
        clock.take(math.floor(now + 15), now + 15.001)
        skew = clock.skew()
        assert skew is not None
        assert skew.seconds == 0.0


def test_a_real_difference_is_shown() -> None:
    """3 s ahead and 3 s behind are shown, with what is not certain."""
    for offset in (3.0, -3.0):
        skew = meter(offset, [0.01] * 5)[0].skew()
        assert skew is not None
        assert skew.seconds * offset > 0
        assert abs(skew.seconds - offset) < 0.6


def test_a_step_of_this_clock_is_followed_at_once() -> None:
    """A clock that was set 100 s ahead differs from the partner's by 100 s more, before any message arrives."""
    clock, now = meter(0.0, [0.01] * 3)
    clock.shift(100.0)
    skew = clock.skew()
    assert skew is not None
    assert -101.1 < skew.seconds < -98.9
    clock.take(math.floor(now + 1), now + 101)
    assert skew == clock.skew() or clock.skew() is not None


def test_a_drift_is_followed() -> None:
    """After two windows with other times, the former ones do not count."""
    clock, now = meter(2.0, [0.01] * 10)
    for _ in range(10):
        now += 15
        clock.take(math.floor(now - 2.0), now)
        clock.behind(now, 5.0, WINDOW)
    skew = clock.skew()
    assert skew is not None
    assert skew.seconds < 0


def test_nothing_is_known_before_the_first_message() -> None:
    """An unknown skew is not zero."""
    assert SkewMeter(START).skew() is None


def test_a_late_window_is_late_only_if_all_of_it_is() -> None:
    """One message in time is enough; a complete window of late ones shows a wrong clock."""
    clock = SkewMeter(START)
    clock.open(int(START), START, WINDOW)
    clock.take(int(START) - 20, START + 30)
    assert not clock.behind(START + 30, 5.0, WINDOW)
    assert clock.behind(START + 61, 5.0, WINDOW)
    clock.take(int(START) + 61, START + 61)
    assert not clock.behind(START + 61, 5.0, WINDOW)
    assert clock.skew() == Skew(0.0, 2.0)

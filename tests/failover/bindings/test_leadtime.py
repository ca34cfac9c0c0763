"""The arithmetic of the maximum client lead time."""

from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.failover.bindings.leadtime import (
    granted_seconds,
    latest_end,
    partner_pool_usable_at,
    potential_expiration,
    usable_at,
)
from dhcpserver.leases.lease import FOREVER
from tests.failover.books import DAY, HOUR, NOW, book, lease_of

TIMES = st.integers(0, 4 * DAY).map(lambda seconds: NOW + seconds)


def test_the_worked_example() -> None:
    """R-127, R-129 to R-131; C-12: desired three days, MCLT one hour."""
    desired = 3 * DAY
    assert granted_seconds(desired, 0, 0, NOW, HOUR) == HOUR
    assert potential_expiration(NOW, desired) == NOW + 388_800
    renewal = NOW + 1800
    assert latest_end(NOW + 388_800, 0, renewal, HOUR) == NOW + 388_800 + HOUR
    assert granted_seconds(desired, NOW + 388_800, 0, renewal, HOUR) == desired
    assert potential_expiration(renewal, desired) == renewal + 388_800


def test_the_potential_expiration_is_one_and_a_half_times_the_desired_time() -> None:
    """C-12: of the desired time, not of the granted one."""
    assert potential_expiration(NOW, 3 * DAY) == NOW + 3 * DAY + 3 * DAY // 2


@given(st.integers(1, 30 * DAY), TIMES, TIMES, TIMES, st.integers(300, 7 * DAY))
def test_no_lease_exceeds_the_partners_record_by_more_than_mclt(
    desired: int, acked: int, received: int, now: int, mclt: int
) -> None:
    """R-121, R-127."""
    seconds = granted_seconds(desired, acked, received, now, mclt)
    assert 0 < seconds <= desired
    assert now + seconds <= mclt + max(acked, received, now)
    assert seconds >= min(desired, mclt)


@given(TIMES, TIMES, TIMES, TIMES, TIMES)
def test_an_address_is_reused_only_after_every_promise_has_ended(
    end: int, sent: int, acked: int, received: int, down: int
) -> None:
    """R-123: all four times count, and the partner-down time."""
    lease = lease_of(book())
    lease.state_exp, lease.sent_pl, lease.acked_pl, lease.recv_pl = end, sent, acked, received
    assert usable_at(lease, down, HOUR) == HOUR + max(end, sent, acked, received, down)


def test_a_lease_that_was_never_sent_is_reusable_at_its_end() -> None:
    lease = lease_of(book())
    lease.state_exp = NOW
    assert usable_at(lease, NOW + DAY, HOUR) == NOW
    lease.state_exp = FOREVER
    assert usable_at(lease, NOW, HOUR) == float("inf")


def test_the_partners_share_is_usable_at_once_after_a_long_safe_period() -> None:
    """R-144; C-05."""
    assert partner_pool_usable_at(NOW + 4 * HOUR, NOW, HOUR) == NOW + 4 * HOUR
    assert partner_pool_usable_at(NOW + 60, NOW, HOUR) == NOW + HOUR


def test_a_desired_time_below_mclt_is_granted_in_full_at_once() -> None:
    """R-121: MCLT is an upper limit."""
    assert granted_seconds(600, 0, 0, NOW, HOUR) == 600


@given(st.integers(HOUR, 30 * DAY), TIMES, TIMES, TIMES)
def test_a_lease_is_never_shorter_than_mclt(desired: int, acked: int, received: int, now: int) -> None:
    """R-122, R-182: a client gets that much even if no update arrives."""
    assert granted_seconds(desired, acked, received, now, HOUR) >= HOUR


def test_a_received_potential_counts_like_an_acknowledged_one() -> None:
    """R-127: the larger of the two counts; the partner may have granted its client as much as it sent."""
    assert granted_seconds(3 * DAY, 0, NOW + DAY, NOW, HOUR) == DAY + HOUR
    assert granted_seconds(3 * DAY, NOW + DAY, NOW, NOW, HOUR) == DAY + HOUR


def test_an_infinite_lease_begins_with_mclt() -> None:
    """The potential expiration is infinite at once, the lease after that is acknowledged."""
    assert granted_seconds(FOREVER, 0, 0, NOW, HOUR) == HOUR
    assert potential_expiration(NOW, FOREVER) == FOREVER
    assert granted_seconds(FOREVER, FOREVER, 0, NOW, HOUR) == FOREVER
    assert granted_seconds(3 * DAY, FOREVER, 0, NOW, HOUR) == 3 * DAY


def test_mclt_counts_from_the_potential_expiration_that_was_sent() -> None:
    """R-124, R-123: or from the partner-down time, if that is later."""
    lease = lease_of(book())
    lease.state_exp, lease.sent_pl = NOW + HOUR, potential_expiration(NOW, 3 * DAY)
    assert usable_at(lease, NOW + DAY, HOUR) == NOW + 3 * DAY + 3 * DAY // 2 + HOUR
    assert usable_at(lease, NOW + 9 * DAY, HOUR) == NOW + 9 * DAY + HOUR


@given(TIMES, TIMES, TIMES, TIMES, TIMES, st.sampled_from(("sent_pl", "acked_pl", "recv_pl", "state_exp", "down")))
def test_each_of_the_times_delays_the_reuse(
    end: int, sent: int, acked: int, received: int, down: int, which: str
) -> None:
    """None of them is ignored."""
    lease = lease_of(book())
    lease.state_exp, lease.sent_pl, lease.acked_pl, lease.recv_pl = end, sent, acked, received
    latest = max(end, sent, acked, received, down) + 1
    if which == "down":
        down = latest
    else:
        setattr(lease, which, latest)
    assert usable_at(lease, down, HOUR) == latest + HOUR

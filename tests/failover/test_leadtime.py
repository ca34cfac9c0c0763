"""The arithmetic of the maximum client lead time."""

from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.failover import leadtime
from dhcpserver.leases.lease import FOREVER
from tests.failover.books import DAY, HOUR, NOW, book, lease_of

TIMES = st.integers(0, 4 * DAY).map(lambda seconds: NOW + seconds)


def test_the_worked_example() -> None:
    """R-127, R-129 to R-131; C-12: desired three days, MCLT one hour."""
    desired = 3 * DAY
    assert leadtime.granted_seconds(desired, 0, 0, NOW, HOUR) == HOUR
    assert leadtime.potential(NOW, desired) == NOW + 388_800
    renewal = NOW + 1800
    assert leadtime.limit(NOW + 388_800, 0, renewal, HOUR) == NOW + 388_800 + HOUR
    assert leadtime.granted_seconds(desired, NOW + 388_800, 0, renewal, HOUR) == desired
    assert leadtime.potential(renewal, desired) == renewal + 388_800


def test_both_readings_of_the_announced_lifetime() -> None:
    """C-12: the document's own is desired plus half of what was granted, and never later."""
    assert leadtime.partner_lifetime(NOW, 3 * DAY, HOUR) == NOW + 3 * DAY + 1800
    assert leadtime.potential(NOW, 3 * DAY) == NOW + 3 * DAY + 3 * DAY // 2


@given(st.integers(1, 30 * DAY), TIMES, TIMES, TIMES, st.integers(300, 7 * DAY))
def test_no_client_is_ahead_of_the_partner_by_more_than_mclt(
    desired: int, acked: int, received: int, now: int, mclt: int
) -> None:
    """R-121, R-127."""
    seconds = leadtime.granted_seconds(desired, acked, received, now, mclt)
    assert 0 < seconds <= desired
    assert now + seconds <= mclt + max(acked, received, now)
    assert seconds >= min(desired, mclt)


@given(TIMES, TIMES, TIMES, TIMES, TIMES)
def test_an_address_is_reused_only_when_every_promise_is_over(
    end: int, sent: int, acked: int, received: int, down: int
) -> None:
    """R-123: all four times count, and so does when the partner went."""
    lease = lease_of(book())
    lease.state_exp, lease.sent_pl, lease.acked_pl, lease.recv_pl = end, sent, acked, received
    assert leadtime.usable_at(lease, down, HOUR) == HOUR + max(end, sent, acked, received, down)


def test_a_lease_that_the_partner_never_heard_of_ends_with_itself() -> None:
    lease = lease_of(book())
    lease.state_exp = NOW
    assert leadtime.usable_at(lease, NOW + DAY, HOUR) == NOW
    lease.state_exp = FOREVER
    assert leadtime.usable_at(lease, NOW, HOUR) == float("inf")


def test_the_other_share_is_usable_at_once_after_a_long_safe_period() -> None:
    """R-144; C-05."""
    assert leadtime.others_usable_at(NOW + 4 * HOUR, NOW, HOUR) == NOW + 4 * HOUR
    assert leadtime.others_usable_at(NOW + 60, NOW, HOUR) == NOW + HOUR

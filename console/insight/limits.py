"""Every limit that the console judges by, once. Where a server reports its own limit, that one counts.

Percentages of free addresses are not here: the thresholds travel with the pools (`PoolFacts.thresholds`).
"""

from collections.abc import Iterable

from console.insight.wording import DAY, HOUR, MINUTE
from console.model.facts import PairFacts

SKEW_WARNING_SECONDS = 2.0
"""Between the clocks of the two partners."""
SKEW_LIMIT_SECONDS = 5.0
"""Partners whose clocks are further apart refuse each other (RFC 8156 section 5.4), unless the server reports its own
limit."""
CLOCK_NOISE_SECONDS = 2.0
"""Below this a difference between a server's clock and ours is travel time and rounding."""
SAME_TIME_SECONDS = SKEW_LIMIT_SECONDS
"""Times that two servers recorded of one event may differ by as much as their clocks may."""

STALE_AFTER_SECONDS = 15.0
"""An answer older than this is last known, not live."""
UNSEEN_AFTER_FAILURES = 3
"""So many failed polls in a row mean that a server is not seen, even within the fifteen seconds."""

UNACKED_SECONDS = 30.0
"""How old an unacknowledged update may be."""
DISAGREE_SECONDS = 60.0
"""For how long the two servers may report different things about their link."""
STALLED_SECONDS = 120.0
"""A transfer that has not moved for so long has stalled."""
RELOAD_SECONDS = HOUR
"""For how long a server may wait for a reload."""

TAKEOVER_WARNING_SECONDS = HOUR
TAKEOVER_CRITICAL_SECONDS = 15 * MINUTE
"""What is left before a server takes over by itself."""
EXHAUSTION_WARNING_SECONDS = 2 * HOUR
EXHAUSTION_CRITICAL_SECONDS = 30 * MINUTE
"""What is left before a pool is empty."""
FORECAST_SECONDS = DAY
"""Beyond this a forecast is worth nothing."""
LONGEST_TAKEOVER_SECONDS = 14 * DAY
"""Beyond two weeks a safe period is not made longer; it is switched off instead."""


def skew_limit(facts: Iterable[PairFacts]) -> float:
    """Beyond how many seconds the partners refuse each other: the smallest limit that a server reports, else 5 s."""
    reported = [each.skew_limit for each in facts if each.skew_limit is not None]
    return min(reported, default=SKEW_LIMIT_SECONDS)

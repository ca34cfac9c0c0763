"""Every limit of the console's judgements, each defined once. Where a server reports its own limit, that one is used.

Percentages of free addresses are not here: each pool has its thresholds (`PoolFacts.thresholds`).
"""

from collections.abc import Iterable

from console.insight.wording import DAY, HOUR, MINUTE
from console.model.facts import PairFacts

SKEW_WARNING_SECONDS = 2.0
"""A larger difference between the clocks of the partners is a warning."""
SKEW_DEADBAND = 0.25
"""A warning about the clocks ends only when the difference is smaller than its limit by this share."""
SKEW_LIMIT_SECONDS = 5.0
"""Partners whose clocks are further apart refuse each other (RFC 8156 section 5.4), unless the server reports its own
limit."""
CLOCK_NOISE_SECONDS = 2.0
"""A smaller difference between a server's clock and the console's is network delay and rounding."""
CLOCKS_AGREE_SECONDS = 1.0
"""If the clocks of both servers differ by less from the console's, they agree: answers arrive within this time."""
SAME_TIME_SECONDS = SKEW_LIMIT_SECONDS
"""The times of one event in the records of two servers may differ by as much as their clocks."""

STALE_AFTER_SECONDS = 15.0
"""An answer older than this is last known, not live."""
UNSEEN_AFTER_FAILURES = 3
"""After this many failed polls in a row a server is not seen, even within the fifteen seconds."""

UNACKED_SECONDS = 30.0
"""How old an unacknowledged update may be."""
RETURN_SECONDS = 10 * MINUTE
"""A fault that is back so soon after its end is one that comes and goes, not a new one."""
RETURNS_ANNOUNCED = 4
"""An alarm that came back so often is announced at once, however short each fault is."""
DISAGREE_SECONDS = 60.0
"""For how long the two servers may report different things about their link."""
DENIED_SECONDS = 15.0
"""For how long a server in contact may report a state of its partner that the partner has left."""
STALLED_SECONDS = 120.0
"""A transfer without progress for longer than this has stalled."""
RELOAD_SECONDS = HOUR
"""For how long a server may wait for a reload."""

TAKEOVER_WARNING_SECONDS = HOUR
TAKEOVER_CRITICAL_SECONDS = 15 * MINUTE
"""The time left before a server takes over automatically."""
EXHAUSTION_WARNING_SECONDS = 2 * HOUR
EXHAUSTION_CRITICAL_SECONDS = 30 * MINUTE
"""The time left before a pool is empty."""
FORECAST_SECONDS = DAY
"""The longest forecast; a longer one would be too uncertain."""
LONGEST_TAKEOVER_SECONDS = 14 * DAY
"""The longest safe period that the console sets. Instead of a longer one it can be switched off."""


def skew_limit(facts: Iterable[PairFacts]) -> float:
    """The clock difference (s) above which the partners refuse the link: the smallest reported limit, else 5 s."""
    reported = [each.skew_limit for each in facts if each.skew_limit is not None]
    return min(reported, default=SKEW_LIMIT_SECONDS)

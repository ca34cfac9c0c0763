"""The difference between the clocks of the two servers: one judgement for the alarm and the diagnosis."""

from console.insight.freshness import clock_offset, live_facts
from console.insight.limits import CLOCK_NOISE_SECONDS, skew_limit
from console.model.picture import PairPicture


def skew(pair: PairPicture, now: float) -> tuple[float, float]:
    """The difference in seconds, and the limit beyond which the servers refuse each other.

    It is what the servers report, or what the console measures, whichever is larger. If the console measures that the
    clocks agree, a report beyond the limit is not a difference: a message that waited in a link that was cut is old.
    """
    known = live_facts(pair, now)
    limit = skew_limit(facts for _, facts in known)
    reported = [abs(facts.time_skew) for _, facts in known if facts.time_skew is not None]
    measured = 0.0
    if len(known) == 2:
        offsets = [clock_offset(server) for server, _ in known]
        measured = max(offsets) - min(offsets)
        if measured <= CLOCK_NOISE_SECONDS:
            reported = [each for each in reported if each <= limit]
    return max([*reported, measured], default=0.0), limit

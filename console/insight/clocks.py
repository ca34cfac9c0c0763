"""The difference between the clocks of the two servers: one judgement for the alarm and the diagnosis."""

from console.insight.freshness import clock_offset, live_facts
from console.insight.limits import CLOCKS_AGREE_SECONDS, skew_limit
from console.model.picture import PairPicture


def skew(pair: PairPicture, now: float) -> tuple[float, float]:
    """The difference in seconds, and the limit beyond which the servers refuse each other.

    It is what the servers report, or what the console measures, whichever is larger. If the console measures that the
    clocks agree, the reports do not count: a message that waited in a link that was cut is old, and looks like a clock
    that is late.
    """
    known = live_facts(pair, now)
    limit = skew_limit(facts for _, facts in known)
    reported = [abs(facts.time_skew) for _, facts in known if facts.time_skew is not None]
    if len(known) < 2:
        return max(reported, default=0.0), limit
    exact = [facts.at - (server.reported_at or now) for server, facts in known]
    if max(exact) - min(exact) <= CLOCKS_AGREE_SECONDS:
        reported = []
    offsets = [clock_offset(server) for server, _ in known]
    return max([*reported, max(offsets) - min(offsets)], default=0.0), limit

"""The difference between the clocks of the two servers: one judgement for the alarm and the diagnosis."""

from dataclasses import dataclass

from console.insight.freshness import clock_offset, live_facts
from console.insight.limits import CLOCKS_AGREE_SECONDS, SAME_TIME_SECONDS, skew_limit
from console.model.picture import PairPicture, ServerPicture
from console.model.profiles import Fact


@dataclass(frozen=True, slots=True)
class RecordsApart:
    """The times of one change of state in the records of both servers. `server` entered the state at `entered` by its
    clock, and its partner received that at `received` by its own."""

    server: ServerPicture
    other: ServerPicture
    entered: float
    received: float

    @property
    def seconds(self) -> float:
        """How far the clock of `server` is ahead."""
        return self.entered - self.received


def records_apart(pair: PairPicture, now: float) -> RecordsApart | None:
    """The clocks by the records of one change, for makes that report no difference themselves; None where they agreed.

    Both servers must be in contact, and agree on the state, so that both records are of the same change. It shows the
    clocks as they were then: a clock that was repaired since is not seen.
    """
    known = live_facts(pair, now)
    if len(known) < 2 or any(Fact.SKEW in server.make.facts for server, _ in known):
        return None
    for (server, mine), (other, theirs) in (known, known[::-1]):
        if not (mine.contact and theirs.contact) or theirs.partner_phase is not mine.phase:
            continue
        if mine.since is None or theirs.partner_since is None:
            continue
        if abs(mine.since - theirs.partner_since) > SAME_TIME_SECONDS:
            return RecordsApart(server, other, mine.since, theirs.partner_since)
    return None


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

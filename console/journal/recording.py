"""What the journal keeps of the polls: changes at once, counts from time to time, whole snapshots once a minute.

A pair that is polled every second says the same thing almost always. Of equal answers the journal keeps a
small `PollUnchanged` every ten seconds, which is often enough that a replay sees live answers as live, and
all facts every minute, so that reading may begin anywhere. The raw answer is kept with these snapshots and with every
change of something else than a count: of each server once a minute at least, and at every event.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Any

from console.model.facts import PairFacts
from console.model.observations import ClockTick, Health, Observation, PollAnswer, PollFailure, PollUnchanged

SNAPSHOT_SECONDS = 60.0
COUNTS_SECONDS = 5.0
UNCHANGED_SECONDS = 10.0
FAILURES_KEPT_AT_ONCE = 3
"""Every one of the first failures: it is by their number that a server counts as unseen."""

MOVING = frozenset(
    {
        "at",
        "takeover",
        "last_contact",
        "time_skew",
        "time_skew_uncertainty",
        "oldest_unacked_age",
        "updates",
        "resyncs",
        "pools",
        "traffic",
        "transports",
        "unacked_updates",
        "updates_pending",
    }
)
"""Facts that move all the time; the others change only when something happens."""
_still = attrgetter(*(each.name for each in fields(PairFacts) if each.name not in MOVING))
_counts = attrgetter("pools", "resyncs", "unacked_updates", "updates_pending")


@dataclass(frozen=True, slots=True)
class _Kept:
    at: float
    whole_at: float
    raw_at: float
    facts: Any
    counts: Any


class Recorder:
    """Thins one stream of observations, by what was last kept of each server.

    `latest` is the last observation of `thin`, if it was an answer that is not kept: as unchanged, or without its raw
    answer if its counts are not those that were kept.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._failures: dict[tuple[str, str], tuple[int, float]] = {}
        self._differs: set[tuple[str, str]] = set()
        self.latest: PollAnswer | PollUnchanged | None = None
        self._health_kept: dict[str, tuple[Mapping[str, str | None] | None, float]] = {}

    def thin(self, observation: Observation) -> Observation | None:
        """What to keep of an observation: itself, a smaller one, or None."""
        self.latest = None
        match observation:
            case PollAnswer():
                self._failures.pop((observation.pair, observation.server), None)
                return self._answer(observation)
            case PollFailure():
                return self._failure(observation)
            case ClockTick():
                return None
            case Health():
                return self._health(observation)
            case _:
                return observation

    def _answer(self, seen: PollAnswer) -> Observation | None:
        key = (seen.pair, seen.server)
        kept = self._kept_of(seen, key)
        if kept is not None and not isinstance(kept, PollUnchanged):
            self._differs.discard(key)
        elif kept is None:
            if _counts(seen.facts) != self._kept[key].counts:
                self._differs.add(key)
            whole = key in self._differs
            self.latest = replace(seen, raw=None) if whole else PollUnchanged(seen.at, seen.pair, seen.server)
        return kept

    def _kept_of(self, seen: PollAnswer, key: tuple[str, str]) -> Observation | None:
        facts, counts = _facts(seen.facts), _counts(seen.facts)
        before = self._kept.get(key)
        if before is None or facts != before.facts or seen.at - before.raw_at >= SNAPSHOT_SECONDS:
            self._kept[key] = _Kept(seen.at, seen.at, seen.at, facts, counts)
            return seen
        if counts != before.counts and seen.at - before.whole_at >= COUNTS_SECONDS:
            self._kept[key] = _Kept(seen.at, seen.at, before.raw_at, facts, counts)
            return replace(seen, raw=None)
        if seen.at - before.at < UNCHANGED_SECONDS or counts != before.counts or key in self._differs:
            return None
        self._kept[key] = _Kept(seen.at, before.whole_at, before.raw_at, facts, counts)
        return PollUnchanged(seen.at, seen.pair, seen.server)

    def _health(self, seen: Health) -> Observation | None:
        """Facts at once; counters, and that it lives, once a minute."""
        facts, at = self._health_kept.get(seen.host, (None, 0.0))
        if seen.facts == facts and seen.at - at < SNAPSHOT_SECONDS:
            return None
        self._health_kept[seen.host] = (dict(seen.facts), seen.at)
        return seen

    def _failure(self, seen: PollFailure) -> Observation | None:
        key = (seen.pair, seen.server)
        # The first answer after an outage is always kept.
        self._kept.pop(key, None)
        count, kept_at = self._failures.get(key, (0, 0.0))
        keep = count < FAILURES_KEPT_AT_ONCE or seen.at - kept_at >= SNAPSHOT_SECONDS
        self._failures[key] = (count + 1, seen.at if keep else kept_at)
        return seen if keep else None


def _facts(facts: PairFacts) -> Any:
    """The facts that change only with an event; of a takeover all but its countdown."""
    takeover = facts.takeover
    return _still(facts), None if takeover is None else replace(takeover, remaining=None)

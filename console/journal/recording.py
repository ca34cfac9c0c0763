"""What is worth keeping: changes at once, counts now and then, whole snapshots once a minute.

A pair that is polled every second says the same thing almost always. Of equal answers the journal keeps a
small `PollUnchanged` every ten seconds, which is often enough that a replay sees live reports as live, and
a whole answer every minute, so that reading may begin anywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.model.observations import ClockTick, Health, Observation, PollAnswer, PollFailure, PollUnchanged

SNAPSHOT_SECONDS = 60.0
COUNTS_SECONDS = 5.0
UNCHANGED_SECONDS = 10.0
FAILURES_KEPT_AT_ONCE = 3
"""Every one of the first failures: it is by their number that a server counts as unseen."""

RUNNING = frozenset(
    {
        "safe_period_remaining",
        "last_contact",
        "time_skew",
        "oldest_unacked_age",
        "updates",
        "resync",
        "pools",
        "traffic",
        "transports",
    }
)
"""Fields that move all the time; the rest of a pair's status changes only when something happens."""
COUNTS = ("pools", "resync", "unacked_updates", "updates_pending")
STILL_COUNTS = frozenset({"unacked_updates", "updates_pending"})


@dataclass(frozen=True, slots=True)
class _Kept:
    at: float
    whole_at: float
    facts: Any
    counts: Any


class Recorder:
    """Thins one stream of observations. It remembers what it kept last of each server."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._failures: dict[tuple[str, str], tuple[int, float]] = {}
        self._health_kept: dict[str, tuple[Mapping[str, str | None] | None, float]] = {}

    def thin(self, observation: Observation) -> Observation | None:
        """What to keep of the observation: itself, something smaller, or nothing."""
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
        facts, counts = _facts(seen.status, seen.pair), _counts(seen.status, seen.pair)
        before = self._kept.get(key)
        whole = (
            before is None
            or facts != before.facts
            or seen.at - before.whole_at >= SNAPSHOT_SECONDS
            or (counts != before.counts and seen.at - before.whole_at >= COUNTS_SECONDS)
        )
        if whole or before is None:
            self._kept[key] = _Kept(seen.at, seen.at, facts, counts)
            return seen
        if seen.at - before.at < UNCHANGED_SECONDS or counts != before.counts:
            return None
        self._kept[key] = _Kept(seen.at, before.whole_at, facts, counts)
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
        # What comes after an outage is news whatever it says.
        self._kept.pop(key, None)
        count, kept_at = self._failures.get(key, (0, 0.0))
        keep = count < FAILURES_KEPT_AT_ONCE or seen.at - kept_at >= SNAPSHOT_SECONDS
        self._failures[key] = (count + 1, seen.at if keep else kept_at)
        return seen if keep else None


def _facts(status: Mapping[str, Any], pair: str) -> Any:
    """What changes only when something happens."""
    moving = RUNNING | STILL_COUNTS
    return [
        status.get("server"),
        {key: value for key, value in _pair(status, pair).items() if key not in moving},
    ]


def _counts(status: Mapping[str, Any], pair: str) -> Any:
    return [_pair(status, pair).get(name) for name in COUNTS]


def _pair(status: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    pairs = status.get("pairs")
    found = pairs if isinstance(pairs, list) else []
    return next((each for each in found if isinstance(each, Mapping) and each.get("name") == name), {})

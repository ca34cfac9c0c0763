"""How fast new clients arrive in a pool: two moving averages, and a day of hourly counts, in a few numbers.

They are folded from the counter of new clients that a server keeps since its start. Between two answers the clients are
taken to have come evenly, so that a journal that kept fewer answers gives nearly the same, and a gap (the console was
away) is filled from the counter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from typing import Any

HOUR = 3600.0
FAST_SECONDS = 900.0
SLOW_SECONDS = 86_400.0
HOURS_KEPT = 26
"""A day, the present hour, and one more, so that the same hour yesterday is complete."""
LEAST_SECONDS = 300.0
"""A shorter time gives no rate: at a site that was just started all clients are new."""
EVERY_SECONDS = 5.0

Hours = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """New clients of one pool at one server.

    `counter` is what the server said at `at`, `boot` when that server had started. `since` is when watching began.
    `fast` and `slow` are moving averages, clients an hour, that began at nothing then. `hours` are counts by the hour
    (Unix seconds over 3600), the latest last.
    """

    at: float
    since: float
    counter: int
    boot: float | None
    fast: float = 0.0
    slow: float = 0.0
    hours: Hours = ()

    @property
    def fast_per_hour(self) -> float | None:
        """New clients an hour over the last 15 minutes; None while that is unknown."""
        return self._settled(self.fast, FAST_SECONDS)

    @property
    def slow_per_hour(self) -> float | None:
        """New clients an hour over the last 24 hours, or since watching began."""
        return self._settled(self.slow, SLOW_SECONDS)

    def _settled(self, average: float, window: float) -> float | None:
        """Correct an average for the time that was not watched yet."""
        watched = self.at - self.since
        return None if watched < LEAST_SECONDS else average / (1 - exp(-watched / window))

    def in_hour(self, hour: int) -> float | None:
        """New clients of that hour; None when it was not watched completely."""
        if hour * HOUR < self.since or (hour + 1) * HOUR > self.at:
            return None
        return next((count for each, count in self.hours if each == hour), 0.0)


def begun(at: float, counter: int, boot: float | None) -> Arrivals:
    """Arrivals of which only the counter is known."""
    return Arrivals(at, at, counter, boot)


def counted(before: Arrivals, at: float, counter: int, boot: float | None) -> Arrivals:
    """Arrivals after the next value of the counter. A counter that was restarted, or is smaller, began at zero."""
    seconds = at - before.at
    if seconds < EVERY_SECONDS:
        return before
    anew = boot != before.boot or counter < before.counter
    came = float(counter if anew else counter - before.counter)
    per_hour = came * HOUR / seconds
    return Arrivals(
        at=at,
        since=before.since,
        counter=counter,
        boot=boot,
        fast=_averaged(before.fast, per_hour, seconds, FAST_SECONDS),
        slow=_averaged(before.slow, per_hour, seconds, SLOW_SECONDS),
        hours=_spread(before.hours, before.at, at, came),
    )


def _averaged(average: float, value: float, seconds: float, window: float) -> float:
    weight = exp(-seconds / window)
    return average * weight + value * (1 - weight)


def _spread(
    hours: tuple[tuple[int, float], ...], start: float, end: float, came: float
) -> tuple[tuple[int, float], ...]:
    """The clients that came between two times, evenly, in the hours that lie between."""
    found = dict(hours)
    last = int(end // HOUR)
    for hour in range(max(int(start // HOUR), last - HOURS_KEPT + 1), last + 1):
        seconds = min(end, (hour + 1) * HOUR) - max(start, hour * HOUR)
        if came and seconds > 0:
            found[hour] = found.get(hour, 0.0) + came * seconds / (end - start)
    return tuple(sorted((hour, count) for hour, count in found.items() if hour > last - HOURS_KEPT))


def kept(arrivals: Arrivals) -> list[Any]:
    """The form for the journal."""
    hours = [[hour, round(count, 2)] for hour, count in arrivals.hours]
    averages = [round(arrivals.fast, 3), round(arrivals.slow, 3)]
    return [arrivals.at, arrivals.since, arrivals.counter, arrivals.boot, *averages, hours]


def read_kept(raw: object) -> Arrivals | None:
    """What `kept` wrote; `None` for anything else."""
    if not isinstance(raw, list | tuple) or len(raw) != 7:
        return None
    at, since, counter, boot, fast, slow, hours = raw
    try:
        counts = tuple((int(hour), float(count)) for hour, count in hours)
        began = None if boot is None else float(boot)
        return Arrivals(float(at), float(since), int(counter), began, float(fast), float(slow), counts)
    except (TypeError, ValueError):
        return None


def longer(ours: Mapping[str, Arrivals], theirs: Mapping[str, object]) -> Mapping[str, Arrivals]:
    """By pool, the arrivals that were watched for longer: those of the journal or those folded here."""
    found = dict(ours)
    for name, raw in theirs.items():
        known, other = found.get(name), read_kept(raw)
        if other is not None and (known is None or other.since < known.since):
            found[name] = other
    return found

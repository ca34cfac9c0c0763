"""The rate of new clients (arrival): over 15 minutes, over a day, and in the same hour yesterday.

A new client is one that gets an address that it did not have. While the pair is NORMAL, almost all new clients use the
main. So a server whose partner is not seen must first expect the clients of both. Its own average grows while the last
average of its partner decreases, so the sum stays the same and no client is counted twice. While both servers are seen,
each has its own rate.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from math import exp

from console.insight.freshness import is_seen
from console.insight.wording import HOUR, MINUTE
from console.model.arrivals import FAST_SECONDS, SLOW_SECONDS, Arrivals
from console.model.facts import PoolFacts
from console.model.picture import PairPicture, ServerPicture

DAY_HOURS = 24
WORKING_HOURS = range(7, 19)
"""Working hours, in the operator's zone; the other twelve hours are the night of R-118."""
SERVERS_OWN_WINDOW_SECONDS = 15 * MINUTE


@dataclass(frozen=True, slots=True)
class Rates:
    """New clients an hour; `None` where that is not known."""

    fast: float | None
    slow: float | None
    yesterday: float | None

    @property
    def expected(self) -> float | None:
        """The rate to expect now: max(arrival_15m, arrival_same_hour); None where neither is known."""
        known = [rate for rate in (self.fast, self.yesterday) if rate is not None]
        return max(known) if known else None


def arrival(pair: PairPicture, server: ServerPicture, pool: PoolFacts, now: float) -> Rates:
    """The rates that this server must expect in that pool."""
    both = [each.arrivals[pool.name] for each in pair.servers.values() if pool.name in each.arrivals]
    own, partner = server.arrivals.get(pool.name), pair.partner_of(server.name)
    lost = None if is_seen(partner, now) else partner.arrivals.get(pool.name)
    fast = slow = None
    if own is not None:
        fast, slow = own.fast_per_hour, own.slow_per_hour
    if lost is not None:
        fast = _known((fast, _decayed(lost.fast_per_hour, now - lost.at, FAST_SECONDS)))
        slow = _known((slow, _decayed(lost.slow_per_hour, now - lost.at, SLOW_SECONDS)))
    if fast is None and pool.new_clients_15m is not None:
        # A server without a counter, or with too few polls so far, may report its own count.
        fast = pool.new_clients_15m * HOUR / SERVERS_OWN_WINDOW_SECONDS
    hour = int(now // HOUR) - DAY_HOURS
    return Rates(fast, slow, _sum(both, lambda each: each.in_hour(hour)))


def total(pair: PairPicture, server: ServerPicture, now: float) -> Rates:
    """The rates of all pools of the server together."""
    pools = () if server.facts is None else server.facts.pools or ()
    found = [arrival(pair, server, pool, now) for pool in pools]
    return Rates(
        _known(each.fast for each in found),
        _known(each.slow for each in found),
        _known(each.yesterday for each in found),
    )


@dataclass(frozen=True, slots=True)
class DayAndNight:
    """New clients an hour by day and by night, over the last day; `None` where there is no such hour with full data."""

    day: float | None
    night: float | None


def day_and_night(pair: PairPicture, pool: str, now: float, zone: tzinfo) -> DayAndNight:
    """The rates of the pair in that pool over the last 24 hours, by day and by night in `zone`."""
    both = [each.arrivals[pool] for each in pair.servers.values() if pool in each.arrivals]
    light: list[float] = []
    dark: list[float] = []
    this = int(now // HOUR)
    for hour in range(this - DAY_HOURS, this):
        came = _sum(both, lambda each, hour=hour: each.in_hour(hour))  # type: ignore[misc]  # bound at once
        if came is not None:
            working = datetime.fromtimestamp(hour * HOUR, zone).hour in WORKING_HOURS
            (light if working else dark).append(came)
    return DayAndNight(_mean(light), _mean(dark))


def _decayed(per_hour: float | None, seconds: float, window: float) -> float | None:
    """The last average of a server that is not seen, reduced with time as the average of its partner grows."""
    return None if per_hour is None else per_hour * exp(-max(0.0, seconds) / window)


def _sum(arrivals: Iterable[Arrivals], read: Callable[[Arrivals], float | None]) -> float | None:
    return _known(read(each) for each in arrivals)


def _known(values: Iterable[float | None]) -> float | None:
    """The sum of the known values; `None` when none is known."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None

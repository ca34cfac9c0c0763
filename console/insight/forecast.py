"""The forecast of when a server runs out of free addresses, from the rate of new clients and the consumption.

arrival      new clients per hour: the largest of the average over 15 minutes, the same hour yesterday, and, for a
             server without contact, the decrease of its free addresses over 15 minutes (R-138, R-142)
own pool     the addresses that the server may lease in its state: its own share without contact; its partner's too
             in PARTNER-DOWN after MCLT; both while the pair is NORMAL and balances
exhaustion   now + own pool / arrival; none where that is more than a day away, because it would be too uncertain

A pool whose own pool or arrival is not known has no forecast; `cannot_forecast` returns the reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from console.insight.arrival import arrival
from console.insight.freshness import live_facts
from console.insight.limits import FORECAST_SECONDS
from console.insight.memo import once
from console.insight.shares import free, nouns
from console.insight.wording import HOUR, MINUTE
from console.model.fact_table import lacking
from console.model.facts import PairFacts, PoolFacts
from console.model.phases import SILENT, TOGETHER, Phase
from console.model.picture import PairPicture, Sample, ServerPicture
from console.model.profiles import Fact

WINDOW_SECONDS = 15 * MINUTE
SHORTEST_WINDOW_SECONDS = 60
"""The shortest time over which a decrease is measured."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """One pool on one server: addresses that it may lease, new clients per hour (None: not known), and when it is empty
    (Unix seconds; `None`: not within 24 hours, or the rate is not known)."""

    server: str
    pool: str
    usable: int
    per_hour: float | None
    at: float | None
    nouns: tuple[str, str] = ("address", "addresses")
    """What the pool has, one and several."""


def usable_addresses(pool: PoolFacts, facts: PairFacts, now: float) -> int | None:
    """The number of free addresses of the pool that this server may lease at `now` (server's clock); None: unknown."""
    if facts.phase in TOGETHER or (pool.undivided is not None and facts.phase is not Phase.UNKNOWN):
        return free(pool)
    gain = facts.partner_pool_usable_at
    if facts.phase is Phase.TAKEN_OVER and gain is not None and now >= gain:
        return free(pool)
    return None if facts.phase is Phase.UNKNOWN else pool.available


def consumption(samples: tuple[Sample, ...], pool: str, now: float) -> float | None:
    """The decrease of the pool over the window, in addresses per hour, never negative; `None` when the samples cover
    less than the shortest window."""
    window = [each for each in samples if each.at >= now - WINDOW_SECONDS and pool in each.pools]
    if len(window) < 2 or window[-1].at - window[0].at < SHORTEST_WINDOW_SECONDS:
        return None
    fall = window[0].pools[pool] - window[-1].pools[pool]
    return max(0.0, fall * HOUR / (window[-1].at - window[0].at))


def _serving(pair: PairPicture, now: float) -> Iterator[tuple[ServerPicture, PairFacts]]:
    """The servers that are seen now and may serve."""
    for server, facts in live_facts(pair, now):
        if facts.phase not in SILENT:
            yield server, facts


@once
def forecasts(pair: PairPicture, now: float) -> tuple[Forecast, ...]:
    """The forecast of each pool of each server that is seen and may serve, soonest empty first."""
    found = []
    for server, facts in _serving(pair, now):
        for pool in facts.pools or ():
            usable = usable_addresses(pool, facts, now)
            if usable is None:
                continue
            rates = [arrival(pair, server, pool, now).expected]
            if facts.phase is not Phase.NORMAL:
                # In NORMAL, balancing also changes the share of a server, and that is not consumption.
                rates.append(consumption(server.samples, pool.name, now))
            known = [rate for rate in rates if rate is not None]
            found.append(_forecast(server.name, pool, usable, max(known) if known else None, now))
    never = now + 10 * FORECAST_SECONDS
    return tuple(sorted(found, key=lambda each: (each.at or never, each.usable, each.server, each.pool)))


@once
def cannot_forecast(pair: PairPicture, now: float) -> str | None:
    """Why a pool of a server that is seen and may serve has no forecast; None when all have one."""
    for server, _ in _serving(pair, now):
        missing = lacking(server, Fact.STATE, Fact.POOLS, Fact.FREE, Fact.ARRIVALS)
        if missing is not None:
            return missing
    return rate_unknown(pair, now)


def rate_unknown(pair: PairPicture, now: float) -> str | None:
    """The reason where a server reports new clients and there is too little data for a rate yet; None elsewhere."""
    for each in forecasts(pair, now):
        if each.per_hour is None and each.usable and Fact.ARRIVALS in pair.servers[each.server].make.facts:
            return f"the rate of new clients at {each.server} is not known yet"
    return None


def worst_forecast(pair: PairPicture, now: float) -> Forecast | None:
    """The forecast of the pool that is empty first; None when none is empty within a day."""
    first = next(iter(forecasts(pair, now)), None)
    return first if first is not None and first.at is not None else None


def _forecast(server: str, pool: PoolFacts, usable: int, per_hour: float | None, now: float) -> Forecast:
    seconds = usable / per_hour * HOUR if per_hour else None
    within = seconds is not None and seconds <= FORECAST_SECONDS
    at = now + seconds if within and seconds is not None else None
    return Forecast(server, pool.name, usable, per_hour, at, nouns(pool))

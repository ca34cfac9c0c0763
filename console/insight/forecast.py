"""When a server runs out of free addresses, from the new clients that came and the consumption that was seen.

arrival      new clients per hour: the largest of the average over 15 minutes, of the same hour yesterday, and, where
             a server is alone, of the observed fall of its free count over 15 minutes (R-138, R-142)
own pool     what the server may give out in its state: its own share while it is alone; its partner's too
             once it is in PARTNER-DOWN and MCLT has passed; both while the pair is NORMAL and balances
exhaustion   now + own pool / arrival, unless that is more than a day away, where a guess is worth nothing
"""

from dataclasses import dataclass

from console.insight.arrival import arrival
from console.insight.freshness import live_reports
from console.insight.memo import once
from console.insight.wording import DAY, HOUR, MINUTE
from console.model.picture import PairPicture, Sample
from console.model.reports import Pool, Report
from console.model.states import SERVING, State

WINDOW_SECONDS = 15 * MINUTE
SHORTEST_WINDOW_SECONDS = 60
"""A fall that was watched for less than this says nothing about the next hour."""
HORIZON_SECONDS = DAY
WARNING_SECONDS = 2 * HOUR
CRITICAL_SECONDS = 30 * MINUTE


@dataclass(frozen=True, slots=True)
class Forecast:
    """One pool on one server: addresses it may give out, new clients per hour, and when it is empty
    (`None`: not within 24 hours, or consumption is not known)."""

    server: str
    pool: str
    usable: int
    per_hour: float
    at: float | None


def usable_addresses(pool: Pool, report: Report, now: float) -> int:
    """How many free addresses of the pool this server may give out at `now` (server's clock)."""
    if report.state is State.NORMAL:
        return pool.available + pool.other_available
    gain = report.partner_pool_usable_at
    if report.state is State.PARTNER_DOWN and gain is not None and now >= gain:
        return pool.available + pool.other_available
    return pool.available


def consumption(samples: tuple[Sample, ...], pool: str, now: float) -> float | None:
    """Addresses per hour by which the pool fell over the window, never negative; `None` when it was not
    watched for long enough."""
    window = [each for each in samples if each.at >= now - WINDOW_SECONDS and pool in each.pools]
    if len(window) < 2 or window[-1].at - window[0].at < SHORTEST_WINDOW_SECONDS:
        return None
    fall = window[0].pools[pool] - window[-1].pools[pool]
    return max(0.0, fall * HOUR / (window[-1].at - window[0].at))


@once
def forecasts(pair: PairPicture, now: float) -> tuple[Forecast, ...]:
    """One for each pool of each server that serves and is seen now, soonest empty first."""
    found = []
    for server, report in live_reports(pair, now):
        if report.state not in SERVING:
            continue
        for pool in report.pools:
            counted = arrival(pair, server, pool, now).expected
            observed = 0.0
            if report.state is not State.NORMAL:
                # While NORMAL the share of one server also moves by balancing, which is no consumption.
                observed = consumption(server.samples, pool.name, now) or 0.0
            found.append(_forecast(server.name, pool, report, max(counted, observed), now))
    never = now + 10 * HORIZON_SECONDS
    return tuple(sorted(found, key=lambda each: (each.at or never, each.usable, each.server, each.pool)))


def worst_forecast(pair: PairPicture, now: float) -> Forecast | None:
    """The pool that is empty first, when one is within a day."""
    first = next(iter(forecasts(pair, now)), None)
    return first if first is not None and first.at is not None else None


def _forecast(server: str, pool: Pool, report: Report, per_hour: float, now: float) -> Forecast:
    usable = usable_addresses(pool, report, now)
    seconds = usable / per_hour * HOUR if per_hour > 0 else None
    within = seconds is not None and seconds <= HORIZON_SECONDS
    return Forecast(server, pool.name, usable, per_hour, now + seconds if within and seconds is not None else None)

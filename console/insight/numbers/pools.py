"""Numbers of addresses: how many are left, how long they last, and how many a night without anybody takes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from math import ceil

from console.insight.arrival import DayAndNight, Rates, day_and_night, total
from console.insight.countdowns import pool_gain_at
from console.insight.forecast import CRITICAL_SECONDS, WARNING_SECONDS, forecasts
from console.insight.freshness import on_our_clock
from console.insight.numbers.reading import NOT_SAID, Reading, below
from console.insight.verdict import Joint
from console.insight.wording import duration, left, plural, rough, wall
from console.model.picture import PairPicture, ServerPicture, Severity
from console.model.reports import Pool, Report
from console.model.states import ALONE, State

DAY_REACTION_HOURS = 2
NIGHT_REACTION_HOURS = 12
"""How long it takes somebody to act, by day and by night (R-118)."""


def reaction_need(rates: DayAndNight) -> int | None:
    """Addresses that a server needs to serve alone until somebody acts: max(2 h x day, 12 h x night) (R-118)."""
    products = [
        hours * rate
        for hours, rate in ((DAY_REACTION_HOURS, rates.day), (NIGHT_REACTION_HOURS, rates.night))
        if rate is not None
    ]
    return ceil(max(products)) if products else None


@dataclass(frozen=True, slots=True)
class Cover:
    """What the backup of one pool would need until somebody acts, and what it has. `percent` is the backup's share of
    the free addresses that would be enough: more than 100 where the pool has too few for that."""

    pool: str
    need: int
    available: int
    percent: int
    rates: DayAndNight

    @property
    def short(self) -> bool:
        return self.need > self.available


def covers(pair: PairPicture, backup: ServerPicture, now: float, zone: tzinfo) -> Iterator[Cover]:
    """Every pool whose arrivals are known, at the backup."""
    report = backup.report
    for pool in () if report is None else report.pools:
        rates = day_and_night(pair, pool.name, now, zone)
        need = reaction_need(rates)
        if need is not None:
            free = pool.available + pool.other_available
            percent = ceil(100 * need / free) if free else 101
            yield Cover(pool.name, need, pool.available, percent, rates)


def own_pool(both: Joint, server: ServerPicture) -> Reading:
    """Free addresses that the server may give out itself, the pool with the smallest share first."""
    report = server.report
    if report is None:
        return NOT_SAID
    if not report.pools:
        return Reading("no pools")
    pools = sorted(report.pools, key=lambda pool: pool.available / max(1, pool.total))
    worst = pools[0]
    lines = tuple(f"{pool.name}: {pool.available:,} own of {pool.total:,}, {_others(pool)}" for pool in pools)
    severity = Severity.OK if worst.available or report.state is State.NORMAL else Severity.CRITICAL
    return Reading(f"{sum(pool.available for pool in pools):,}, {worst.name} {worst.available:,}", severity, lines)


def _others(pool: Pool) -> str:
    blocked = pool.pending_available + pool.unavailable
    held = f", {blocked:,} held back" if blocked else ""
    return f"{pool.other_available:,} the partner's{held}"


def arrival_fast(both: Joint, server: ServerPicture) -> Reading:
    """New clients an hour, over the last 15 minutes."""
    return _rate(both, server, total(both.pair, server, both.now), "fast")


def arrival_slow(both: Joint, server: ServerPicture) -> Reading:
    """New clients an hour, over the last 24 hours."""
    return _rate(both, server, total(both.pair, server, both.now), "slow")


def arrival_yesterday(both: Joint, server: ServerPicture) -> Reading:
    """New clients in the same hour yesterday, of the pair."""
    return _rate(both, server, total(both.pair, server, both.now), "yesterday")


NOT_YET = Reading("not watched long enough", Severity.UNKNOWN)


def _rate(both: Joint, server: ServerPicture, rates: Rates, which: str) -> Reading:
    value: float | None = getattr(rates, which)
    if value is None:
        if server.report is None or (which != "fast" and not server.arrivals):
            return NOT_SAID
        return NOT_YET
    return Reading(f"{value:,.0f} an hour" if value >= 10 or value == 0 else f"{value:.1f} an hour")


def exhaustion(both: Joint, server: ServerPicture) -> Reading:
    """When the first pool of the server is empty."""
    found = [each for each in forecasts(both.pair, both.now) if each.server == server.name]
    if not found:
        return Reading("it serves nobody now") if both.seen(server) else Reading("not seen now", Severity.UNKNOWN)
    lines = []
    for each in found:
        when = "not within 24 h" if each.at is None else f"in {left(each.at - both.now, estimate=True)}"
        lines.append(
            f"{each.pool}: {when} ({plural(each.usable, 'address', 'addresses')}, {each.per_hour:,.0f} an hour)"
        )
    empty = [each for each in found if not each.usable]
    if empty:
        return Reading(f"EMPTY: {empty[0].pool}", Severity.CRITICAL, tuple(lines))
    worst = found[0]
    if worst.at is None:
        return Reading("not within 24 h", Severity.OK, tuple(lines))
    seconds = worst.at - both.now
    severity = below(seconds, WARNING_SECONDS, CRITICAL_SECONDS)
    return Reading(f"{left(seconds, estimate=True)}, {worst.pool}", severity, tuple(lines))


def pool_gain(both: Joint, server: ServerPicture) -> Reading:
    """When the server may give out its partner's addresses: as it is, or as it would be if it declared it down now."""
    report = server.report
    if report is None:
        return NOT_SAID
    count = sum(pool.other_available for pool in report.pools)
    gain = pool_gain_at(report)
    if gain is not None:
        at = on_our_clock(server, gain)
        words = "now" if at <= both.now else f"in {duration(at - both.now)}"
        return Reading(f"{words}, {count:,}", Severity.OK, (f"from {wall(at, both.zone, both.now)}",))
    if report.state not in ALONE:
        return Reading("it is not alone")
    lines = tuple(f"{label}: {_gained(at, both)}" for label, at in gain_previews(server, report, both.now))
    left = _lost(server, report, both.now) + report.mclt - both.now
    return Reading(f"{'at once' if left <= 0 else rough(left)}, if declared down", Severity.OK, lines)


def gain_previews(server: ServerPicture, report: Report, now: float) -> Iterator[tuple[str, float]]:
    """When the partner's addresses would be usable, entering PARTNER-DOWN now: max(entry, date + MCLT) for each date
    that comes into question (R-144, R-151)."""
    yield "date = contact lost", max(now, _lost(server, report, now) + report.mclt)
    yield "date = now", now + report.mclt
    if report.use_safe_period and report.safe_period_ends is not None:
        entry = on_our_clock(server, report.safe_period_ends)
        yield "by itself, at the end of the safe period", max(entry, _lost(server, report, now) + report.mclt)


def _lost(server: ServerPicture, report: Report, now: float) -> float:
    started = report.start_of_communications_interrupted
    return now if started is None else on_our_clock(server, started)


def _gained(at: float, both: Joint) -> str:
    if at <= both.now:
        return "at once"
    return f"{wall(at, both.zone, both.now)}, in {duration(at - both.now)}"


def readiness(both: Joint, server: ServerPicture) -> Reading:
    """Whether the server could serve alone until somebody acts: the worst pool."""
    found = sorted(covers(both.pair, server, both.now, both.zone), key=lambda each: each.available - each.need)
    if not found:
        missing = not server.arrivals and not both.pair.partner_of(server.name).arrivals
        return NOT_SAID if missing else Reading("no whole hour watched yet", Severity.UNKNOWN)
    lines = tuple(
        f"{each.pool}: needs {each.need:,}, has {each.available:,}; by day {_told(each.rates.day)}, by night "
        f"{_told(each.rates.night)}; enough would be {_share(each)}"
        for each in found
    )
    worst = found[0]
    words = f"needs {worst.need:,}, has {worst.available:,} ({worst.pool})"
    return Reading(words, Severity.WARNING if worst.short else Severity.OK, lines)


def _told(rate: float | None) -> str:
    return "not known" if rate is None else f"{rate:,.0f} an hour"


def _share(cover: Cover) -> str:
    return f"backup-pct {cover.percent}" if cover.percent <= 100 else "more addresses than the scope has free"

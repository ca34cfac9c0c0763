"""Numbers of addresses: how many are free, how long they last, and how many are needed until an operator acts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from math import ceil

from console.insight.arrival import DayAndNight, Rates, day_and_night, total
from console.insight.countdowns import pool_gain_at
from console.insight.forecast import Forecast, forecasts
from console.insight.freshness import on_our_clock
from console.insight.joint import Joint
from console.insight.limits import EXHAUSTION_CRITICAL_SECONDS, EXHAUSTION_WARNING_SECONDS
from console.insight.numbers.reading import NOT_KNOWN, Reading, below, missing
from console.insight.shares import free, own, partner_addresses, partner_free
from console.insight.wording import duration, left, plural, rough, wall
from console.model.facts import PairFacts, PoolFacts
from console.model.phases import INTERRUPTED, SILENT, Phase
from console.model.picture import PairPicture, ServerPicture, Severity
from console.model.profiles import Fact

DAY_REACTION_HOURS = 2
NIGHT_REACTION_HOURS = 12
"""The time until an operator acts, by day and by night (R-118)."""


def reaction_need(rates: DayAndNight) -> int | None:
    """Addresses that a server needs to serve alone until an operator acts: max(2 h x day, 12 h x night) (R-118)."""
    products = [
        hours * rate
        for hours, rate in ((DAY_REACTION_HOURS, rates.day), (NIGHT_REACTION_HOURS, rates.night))
        if rate is not None
    ]
    return ceil(max(products)) if products else None


@dataclass(frozen=True, slots=True)
class Cover:
    """The addresses of one pool that the backup needs until an operator acts, and that it has. `percent` is the share
    of the free addresses that would be enough for the backup: more than 100 where the pool has too few."""

    pool: str
    need: int
    available: int
    percent: int
    rates: DayAndNight

    @property
    def short(self) -> bool:
        """Whether the backup has fewer than it needs."""
        return self.need > self.available


def covers(pair: PairPicture, backup: ServerPicture, now: float, zone: tzinfo) -> Iterator[Cover]:
    """The cover of every pool of the backup whose free addresses and arrivals are known."""
    facts = backup.facts
    for pool in () if facts is None else facts.pools or ():
        rates, both = day_and_night(pair, pool.name, now, zone), free(pool)
        need = reaction_need(rates)
        if need is not None and both is not None and pool.available is not None:
            percent = ceil(100 * need / both) if both else 101
            yield Cover(pool.name, need, pool.available, percent, rates)


def own_pool(both: Joint, server: ServerPicture) -> Reading:
    """Free addresses that the server may lease itself, the pool with the smallest share first."""
    facts = server.facts
    lacks = missing(server, Fact.POOLS, Fact.FREE)
    if facts is None or facts.pools is None or lacks is not None:
        return lacks or NOT_KNOWN
    if not facts.pools:
        return Reading("no pools")
    pools = sorted(facts.pools, key=lambda pool: (own(pool) or 0) / max(1, pool.total or 0))
    worst = pools[0]
    lines = tuple(_own_line(pool) for pool in pools)
    severity = Severity.OK if own(worst) or facts.phase is Phase.NORMAL else Severity.CRITICAL
    if facts.phase is Phase.UNKNOWN:
        severity = Severity.UNKNOWN
    # Addresses of both families and prefixes have no useful sum.
    alike = len({pool.family for pool in pools}) == 1
    together = f"{sum(own(pool) or 0 for pool in pools):,}, " if alike else "lowest "
    return Reading(f"{together}{worst.name} {own(worst):,}", severity, lines)


def _own_line(pool: PoolFacts) -> str:
    blocked = (pool.pending_available or 0) + (pool.unavailable or 0)
    held = f", {blocked:,} blocked" if blocked else ""
    if pool.undivided is not None:
        return f"{pool.name}: {pool.undivided:,} free of {pool.total:,}, without shares{held}"
    return f"{pool.name}: {pool.available:,} own of {pool.total:,}, {pool.other_available:,} of the partner{held}"


def arrival_fast(both: Joint, server: ServerPicture) -> Reading:
    """New clients an hour, average of the last 15 minutes."""
    return _rate(both, server, total(both.pair, server, both.now), "fast")


def arrival_slow(both: Joint, server: ServerPicture) -> Reading:
    """New clients an hour, average of the last 24 hours."""
    return _rate(both, server, total(both.pair, server, both.now), "slow")


def arrival_yesterday(both: Joint, server: ServerPicture) -> Reading:
    """New clients of the pair in the same hour yesterday."""
    return _rate(both, server, total(both.pair, server, both.now), "yesterday")


NOT_YET = Reading("not enough data yet", Severity.UNKNOWN)


def _rate(both: Joint, server: ServerPicture, rates: Rates, which: str) -> Reading:
    value: float | None = getattr(rates, which)
    if value is None:
        if server.facts is None or (which != "fast" and not server.arrivals):
            return missing(server, Fact.ARRIVALS) or NOT_KNOWN
        lacks = missing(server, Fact.ARRIVALS)
        if lacks is not None:
            return lacks
        return NOT_YET
    return Reading(f"{value:,.0f} an hour" if value >= 10 or value == 0 else f"{value:.1f} an hour")


def exhaustion(both: Joint, server: ServerPicture) -> Reading:
    """When the first pool of the server runs out."""
    found = [each for each in forecasts(both.pair, both.now) if each.server == server.name]
    if not both.seen(server):
        return Reading("not seen now", Severity.UNKNOWN)
    lines = tuple(_forecast_line(each, both.now) for each in found)
    empty = [each for each in found if not each.usable]
    if empty:
        return Reading(f"EMPTY: {empty[0].pool}", Severity.CRITICAL, lines)
    if found and found[0].at is not None:
        seconds = found[0].at - both.now
        severity = below(seconds, EXHAUSTION_WARNING_SECONDS, EXHAUSTION_CRITICAL_SECONDS)
        return Reading(f"{left(seconds, estimate=True)}, {found[0].pool}", severity, lines)
    lacks = missing(server, Fact.STATE)
    if both.phase(server) in SILENT:
        return Reading("it serves no clients now")
    lacks = lacks or missing(server, Fact.POOLS, Fact.FREE)
    if lacks is not None:
        return lacks
    if any(each.per_hour is None for each in found):
        return missing(server, Fact.ARRIVALS) or NOT_YET
    return Reading("not within 24 h" if found else "no pools", Severity.OK, lines)


def _forecast_line(each: Forecast, now: float) -> str:
    when = "not within 24 h" if each.at is None else f"in {left(each.at - now, estimate=True)}"
    rate = f"{each.per_hour or 0:,.0f} an hour"
    if each.per_hour is None:
        when, rate = "cannot tell", "new clients not known"
    return f"{each.pool}: {when} ({plural(each.usable, *each.nouns)}, {rate})"


def pool_gain(both: Joint, server: ServerPicture) -> Reading:
    """When the server may lease its partner's addresses: now, or after it would declare the partner down."""
    facts = server.facts
    lacks = missing(server, Fact.STATE)
    if facts is None or lacks is not None:
        return lacks or NOT_KNOWN
    gain = pool_gain_at(facts)
    if gain is not None:
        at, count = on_our_clock(server, gain), partner_addresses(facts)
        words = "now" if at <= both.now else f"in {duration(at - both.now)}"
        number = "number not known" if count is None else f"{count:,}"
        gained = (partner_free(facts) or "number not known", f"from {wall(at, both.zone, both.now)}")
        return Reading(f"{words}, {number}", Severity.OK, gained)
    if facts.phase is Phase.TAKEN_OVER:
        return missing(server, Fact.PARTNER_DOWN_TIME, Fact.STATE_SINCE, Fact.MCLT) or NOT_KNOWN
    if facts.phase not in INTERRUPTED:
        return Reading("not in this state")
    lacks = missing(server, Fact.CONTACT_LOST, Fact.MCLT)
    if lacks is not None or facts.mclt is None:
        return lacks or NOT_KNOWN
    lines = tuple(f"{label}: {_gained(at, both)}" for label, at in gain_previews(server, facts, both.now))
    left = _lost(server, facts, both.now) + facts.mclt - both.now
    return Reading(f"{'at once' if left <= 0 else rough(left)}, if declared down", Severity.OK, lines)


def gain_previews(server: ServerPicture, facts: PairFacts, now: float) -> Iterator[tuple[str, float]]:
    """When the partner's addresses would be usable after PARTNER-DOWN: max(entry, date + MCLT), for each possible date
    (R-144, R-151). Each item is a label and a time. None where MCLT is not known."""
    if facts.mclt is None:
        return
    if facts.contact_lost_at is not None:
        yield "date = contact lost", max(now, _lost(server, facts, now) + facts.mclt)
    yield "date = now", now + facts.mclt
    automatic = facts.takeover
    if automatic is None or not automatic.automatic or automatic.due_at is None or facts.contact_lost_at is None:
        return
    entry = on_our_clock(server, automatic.due_at)
    yield "automatically, at the end of the safe period", max(entry, _lost(server, facts, now) + facts.mclt)


def _lost(server: ServerPicture, facts: PairFacts, now: float) -> float:
    started = facts.contact_lost_at
    return now if started is None else on_our_clock(server, started)


def _gained(at: float, both: Joint) -> str:
    if at <= both.now:
        return "at once"
    return f"{wall(at, both.zone, both.now)}, in {duration(at - both.now)}"


def readiness(both: Joint, server: ServerPicture) -> Reading:
    """Whether the server could serve alone until an operator acts: the worst pool."""
    found = sorted(covers(both.pair, server, both.now, both.zone), key=lambda each: each.available - each.need)
    if not found:
        if not server.arrivals and not both.pair.partner_of(server.name).arrivals:
            return missing(server, Fact.ARRIVALS, Fact.FREE) or NOT_KNOWN
        return missing(server, Fact.FREE) or Reading("less than one hour of data", Severity.UNKNOWN)
    lines = tuple(
        f"{each.pool}: needs {each.need:,}, has {each.available:,}; by day {_per_hour(each.rates.day)}, by night "
        f"{_per_hour(each.rates.night)}; it needs {_share(each)}"
        for each in found
    )
    worst = found[0]
    words = f"needs {worst.need:,}, has {worst.available:,} ({worst.pool})"
    return Reading(words, Severity.WARNING if worst.short else Severity.OK, lines)


def _per_hour(rate: float | None) -> str:
    return "not known" if rate is None else f"{rate:,.0f} an hour"


def _share(cover: Cover) -> str:
    return f"backup-pct {cover.percent}" if cover.percent <= 100 else "more addresses than the scope has free"

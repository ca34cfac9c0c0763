"""Alarms about free addresses. The thresholds are the server's own and travel with its pools.

Without thresholds a poll can tell of an empty pool only; it raises no other alarm and settles none that a trap raised.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from console.insight.alarms.keys import NETWORK, TAGS, WIDE
from console.insight.alarms.row import AlarmRow, Fault, all_seen, seen_again
from console.insight.forecast import forecasts, usable_addresses
from console.insight.freshness import live_facts
from console.insight.limits import EXHAUSTION_CRITICAL_SECONDS, EXHAUSTION_WARNING_SECONDS
from console.insight.wording import duration
from console.model.alarm_kinds import AlarmKind
from console.model.facts import PairFacts, PoolFacts, Thresholds
from console.model.phases import SERVING
from console.model.picture import AlarmSource, PairPicture, Severity
from console.model.profiles import Fact

POLLED_ONLY = (AlarmSource.POLL,)


@dataclass(frozen=True, slots=True)
class Level:
    """How far a pool, or several that are counted together, are from their thresholds. `percent` of the addresses are
    free; `low` and `fine` are None where that cannot be told. Between the two thresholds both are False."""

    name: str
    percent: float | None
    low: bool | None
    fine: bool | None
    limit: float | None = None


def low_pool(pair: PairPicture, now: float) -> Iterator[Fault]:
    for entity, level in _levels(pair, now).items():
        server = entity.partition("/")[0]
        empty = level.percent == 0
        if empty or level.low:
            text = f"{level.name} on {server}: "
            text += "no free address left" if empty else f"fewer than {level.limit:.0f} % of addresses are free here"
            severity = Severity.CRITICAL if empty else Severity.WARNING
            yield Fault(AlarmKind.FREE_ADDRESS_LOW, entity, severity, text)


def low_pool_settled(pair: PairPicture, now: float, entity: str) -> bool:
    levels = _levels(pair, now)
    name = entity.partition("/")[2]
    if entity in levels:
        return _over(pair, entity, levels[entity])
    if name.startswith(WIDE):
        # No pool reports the sum that it is about; its trap ends it.
        return False
    # A trap that named no server, or a pool that is configured no more.
    anywhere = [level for key, level in levels.items() if key.endswith("/" + name)]
    return all_seen(pair, now) and all(level.fine is True for level in anywhere)


def _over(pair: PairPicture, entity: str, level: Level) -> bool:
    if level.fine is not None:
        return level.fine
    alarm = pair.alarms.get(f"{pair.name}/{AlarmKind.FREE_ADDRESS_LOW}/{entity}")
    # That a pool is empty needs no threshold, and neither does that it is not empty any more.
    return alarm is not None and alarm.sources == POLLED_ONLY and bool(level.percent)


def _levels(pair: PairPicture, now: float) -> dict[str, Level]:
    """By entity (server and pool, or what is counted together) the levels that the serving servers report."""
    found: dict[str, Level] = {}
    for server, facts in live_facts(pair, now):
        if facts.phase not in SERVING:
            continue
        for pool in facts.pools or ():
            if not pool.total:
                continue
            own = _of_pool(pool, facts, now)
            if own.percent is not None or own.low is not None:
                found[f"{server.name}/{pool.name}"] = own
            together = _together(pool)
            if together is not None:
                found[f"{server.name}/{together.name}"] = together
    return found


def _of_pool(pool: PoolFacts, facts: PairFacts, now: float) -> Level:
    usable = usable_addresses(pool, facts, now)
    percent = None if usable is None or not pool.total else 100 * usable / pool.total
    told = pool.thresholds
    if told is None or told.over != "scope":
        return Level(pool.name, percent, None, None)
    return _judged(pool.name, percent, told)


def _together(pool: PoolFacts) -> Level | None:
    """The level of a network or of selection tags, under the name that its trap gives it; None of a scope."""
    told = pool.thresholds
    prefix = None if told is None else {"network": NETWORK, "selection-tags": TAGS}.get(told.over)
    if told is None or prefix is None or not told.value:
        return None
    return _judged(f"{prefix}{told.value}", None, told)


def _judged(name: str, percent: float | None, told: Thresholds) -> Level:
    """By the level that the server compares where it reports that, else by the pool's own numbers."""
    if told.free is not None and told.configured:
        compared: float | None = 100 * told.free / told.configured
    else:
        compared = percent
    if told.is_low is not None:
        return Level(name, percent, told.is_low, not told.is_low, told.low)
    if compared is None:
        return Level(name, percent, None, None, told.low)
    return Level(name, percent, compared <= told.low, compared >= told.high, told.low)


def exhaustion(pair: PairPicture, now: float) -> Iterator[Fault]:
    for each in forecasts(pair, now):
        if each.at is not None and each.at - now < EXHAUSTION_WARNING_SECONDS and each.usable:
            urgent = each.at - now < EXHAUSTION_CRITICAL_SECONDS
            limit = duration(EXHAUSTION_CRITICAL_SECONDS if urgent else EXHAUSTION_WARNING_SECONDS)
            text = f"{each.pool} on {each.server} runs out in less than {limit} as new clients arrive"
            severity = Severity.CRITICAL if urgent else Severity.WARNING
            yield Fault(AlarmKind.POOL_EXHAUSTION, f"{each.server}/{each.pool}", severity, text)


POOL_ROWS: tuple[AlarmRow, ...] = (
    AlarmRow(
        AlarmKind.FREE_ADDRESS_LOW,
        Severity.WARNING,
        "traps 11 and 1, DHCPv6 1; log 18112; polls: at the low threshold of the server. None left: critical",
        "traps 12 and 2, DHCPv6 2; polls: at its high threshold (of a server without thresholds: the trap alone)",
        "see the forecast; bring the partner back, or widen the pool",
        follows=(AlarmKind.OTHER_SERVER_NOT_RESPONDING, AlarmKind.PARTNER_DOWN, AlarmKind.RECOVERING),
        find=low_pool,
        settled=low_pool_settled,
        needs=(
            Fact.STATE,
            Fact.POOLS,
            Fact.FREE,
            Fact.THRESHOLDS,
        ),
        needs_to_settle=(
            Fact.STATE,
            Fact.POOLS,
            Fact.FREE,
        ),
    ),
    AlarmRow(
        AlarmKind.POOL_EXHAUSTION,
        Severity.CRITICAL,
        "polls: it runs out within 30 minutes as clients arrive. Within 2 hours: warning",
        "polls: it does not",
        "as with free-address-low, sooner",
        follows=(AlarmKind.OTHER_SERVER_NOT_RESPONDING, AlarmKind.PARTNER_DOWN, AlarmKind.RECOVERING),
        find=exhaustion,
        settled=seen_again,
        needs=(
            Fact.STATE,
            Fact.POOLS,
            Fact.FREE,
            Fact.ARRIVALS,
        ),
    ),
)

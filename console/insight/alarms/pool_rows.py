"""Alarms about free addresses. The thresholds are the server's own; each pool in a poll has them.

Without thresholds a poll raises an alarm for an empty pool only, and it settles no alarm that a trap raised.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from console.insight.alarms.keys import NETWORK, TAGS, WIDE
from console.insight.alarms.row import AlarmRow, Fault, all_seen, seen_again
from console.insight.forecast import forecasts, usable_addresses
from console.insight.freshness import live_facts
from console.insight.limits import EXHAUSTION_CRITICAL_SECONDS, EXHAUSTION_WARNING_SECONDS
from console.insight.shares import nouns
from console.insight.wording import duration
from console.model.alarm_kinds import AlarmKind
from console.model.facts import PairFacts, PoolFacts, Thresholds
from console.model.phases import SERVING
from console.model.picture import AlarmSource, PairPicture, Severity
from console.model.profiles import Fact

POLLED_ONLY = (AlarmSource.POLL,)


@dataclass(frozen=True, slots=True)
class Level:
    """The free addresses of a pool, or of several pools counted together, against their thresholds.

    `percent` of the addresses are free. `low` and `fine` are None where they are not known. Between the two thresholds
    both are False. `limit` is the low threshold (percent). `nouns`: what the pool has, one and several.
    """

    name: str
    percent: float | None
    low: bool | None
    fine: bool | None
    limit: float | None = None
    nouns: tuple[str, str] = ("address", "addresses")


def low_pool(pair: PairPicture, now: float) -> Iterator[Fault]:
    """A pool is empty or at its low threshold."""
    for entity, level in _levels(pair, now).items():
        server = entity.partition("/")[0]
        empty = level.percent == 0
        if empty or level.low:
            text = f"{level.name} on {server}: "
            one, many = level.nouns
            text += f"no free {one} left" if empty else f"fewer than {level.limit:.0f} % of {many} are free here"
            severity = Severity.CRITICAL if empty else Severity.WARNING
            yield Fault(AlarmKind.FREE_ADDRESS_LOW, entity, severity, text)


def low_pool_settled(pair: PairPicture, now: float, entity: str) -> bool:
    """Whether the pool is at its high threshold again."""
    levels = _levels(pair, now)
    name = entity.partition("/")[2]
    if entity in levels:
        return _over(pair, entity, levels[entity])
    if name.startswith(WIDE):
        # No pool reports this sum, so only its trap clears it.
        return False
    # The trap named no server, or the pool is no longer configured.
    anywhere = [level for key, level in levels.items() if key.endswith("/" + name)]
    return all_seen(pair, now) and all(level.fine is True for level in anywhere)


def _over(pair: PairPicture, entity: str, level: Level) -> bool:
    if level.fine is not None:
        return level.fine
    alarm = pair.alarms.get(f"{pair.name}/{AlarmKind.FREE_ADDRESS_LOW}/{entity}")
    # An alarm about an empty pool needs no threshold, neither to raise it nor to clear it.
    return alarm is not None and alarm.sources == POLLED_ONLY and bool(level.percent)


def _levels(pair: PairPicture, now: float) -> dict[str, Level]:
    """The levels that the serving servers report, by entity: server and pool, network or tags."""
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
    thresholds = pool.thresholds
    if thresholds is None or thresholds.over != "scope":
        return Level(pool.name, percent, None, None, nouns=nouns(pool))
    return replace(_level(pool.name, percent, thresholds), nouns=nouns(pool))


def _together(pool: PoolFacts) -> Level | None:
    """The level of a network or of selection tags, with the name that its trap gives it; None for a scope."""
    thresholds = pool.thresholds
    prefix = None if thresholds is None else {"network": NETWORK, "selection-tags": TAGS}.get(thresholds.over)
    if thresholds is None or prefix is None or not thresholds.value:
        return None
    return _level(f"{prefix}{thresholds.value}", None, thresholds)


def _level(name: str, percent: float | None, thresholds: Thresholds) -> Level:
    """The level by the numbers that the server itself compares, where it reports them; else by those of the pool."""
    if thresholds.free is not None and thresholds.configured:
        compared: float | None = 100 * thresholds.free / thresholds.configured
    else:
        compared = percent
    if thresholds.is_low is not None:
        return Level(name, percent, thresholds.is_low, not thresholds.is_low, thresholds.low)
    if compared is None:
        return Level(name, percent, None, None, thresholds.low)
    return Level(name, percent, compared <= thresholds.low, compared >= thresholds.high, thresholds.low)


def exhaustion(pair: PairPicture, now: float) -> Iterator[Fault]:
    """A pool runs out of free addresses soon."""
    for each in forecasts(pair, now):
        if each.at is not None and each.at - now < EXHAUSTION_WARNING_SECONDS and each.usable:
            urgent = each.at - now < EXHAUSTION_CRITICAL_SECONDS
            limit = duration(EXHAUSTION_CRITICAL_SECONDS if urgent else EXHAUSTION_WARNING_SECONDS)
            text = f"{each.pool} on {each.server} runs out of free {each.nouns[1]} in less than {limit}"
            severity = Severity.CRITICAL if urgent else Severity.WARNING
            yield Fault(AlarmKind.POOL_EXHAUSTION, f"{each.server}/{each.pool}", severity, text)


POOL_ROWS: tuple[AlarmRow, ...] = (
    AlarmRow(
        AlarmKind.FREE_ADDRESS_LOW,
        Severity.WARNING,
        "traps 11 and 1, DHCPv6 1; log 18112; polls: at the server's low threshold. No free address: critical",
        "traps 12 and 2, DHCPv6 2; log 18127; polls: at its high threshold (without thresholds: the trap alone)",
        "look at the forecast; if the partner is down, start it again; else enlarge the pool",
        follows=(AlarmKind.OTHER_SERVER_NOT_RESPONDING, AlarmKind.PARTNER_DOWN, AlarmKind.RECOVERING),
        waits=60,
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
        "polls: it runs out within 30 minutes at the current rate of new clients. Within 2 hours: warning",
        "polls: no longer so",
        "at once: if the partner is down, start it again; else enlarge the pool",
        follows=(AlarmKind.OTHER_SERVER_NOT_RESPONDING, AlarmKind.PARTNER_DOWN, AlarmKind.RECOVERING),
        waits=120,
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

"""The limits of ANSI/ISA-18.2 and how a range compares with them: one row for each measure.

Where the number of alarms is too small for a share to mean something, or nothing was recorded, the row has no result.
"""

from collections.abc import Callable
from dataclasses import dataclass

from console.insight.alarm_quality.measures import Quality
from console.insight.wording import HOUR

ENOUGH = 20
"""With fewer alarms a share of them means nothing."""
ENOUGH_SECONDS = HOUR
"""The shortest recorded time for which a rate is compared."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One measure with its limit: `value` returns it, or None where it is not known. It is kept while value <=
    most."""

    name: str
    most: float
    unit: str
    meaning: str
    value: Callable[[Quality], float | None]


@dataclass(frozen=True, slots=True)
class Compared:
    """A measure of a range: `value` and `kept` are None where it is not known."""

    limit: Limit
    value: float | None
    kept: bool | None


def _long(quality: Quality, value: float | None) -> float | None:
    return value if quality.recorded >= ENOUGH_SECONDS else None


def _share(priority: str) -> Callable[[Quality], float | None]:
    def value(quality: Quality) -> float | None:
        many = quality.priorities is not None and quality.announced >= ENOUGH
        return 100 * quality.priorities[priority] if many and quality.priorities is not None else None

    return value


def _frequent(quality: Quality) -> float | None:
    if quality.frequent_share is None or quality.announced < 10 * ENOUGH:
        return None
    return 100 * quality.frequent_share


LIMITS: tuple[Limit, ...] = (
    Limit(
        "alarms an hour",
        6,
        "",
        "the average that one operator can handle",
        lambda quality: _long(quality, quality.per_hour),
    ),
    Limit(
        "alarms in ten minutes, average",
        1,
        "",
        "the same, for a shorter time",
        lambda quality: _long(quality, quality.per_ten_minutes),
    ),
    Limit(
        "alarms in ten minutes, worst",
        10,
        "",
        "more are a flood",
        lambda quality: quality.worst_ten_minutes if quality.recorded else None,
    ),
    Limit(
        "time in flood",
        1,
        "%",
        "in a flood alarms are missed",
        lambda quality: None if quality.flood_share is None else 100 * quality.flood_share,
    ),
    Limit(
        "chattering",
        0,
        "",
        "announced three times or more within a minute",
        lambda quality: len(quality.chattering) if quality.recorded else None,
    ),
    Limit(
        "stale",
        5,
        "",
        "active for more than a day",
        lambda quality: len(quality.stale) if quality.recorded else None,
    ),
    Limit("priority high", 5, "%", "critical alarms; if many are, none is", _share("high")),
    Limit("priority medium", 15, "%", "major alarms", _share("medium")),
    Limit(
        "ten most frequent", 5, "%", "their share of all alarms; a few sources should not make most of them", _frequent
    ),
)


def compare(quality: Quality) -> tuple[Compared, ...]:
    """Each measure against its limit."""
    found = []
    for limit in LIMITS:
        value = limit.value(quality)
        found.append(Compared(limit, value, None if value is None else value <= limit.most))
    return tuple(found)

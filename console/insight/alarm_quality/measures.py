"""The measures of ANSI/ISA-18.2 over a time range (its section 16), from the episodes of alarms.

Only alarms that were announced count: those that ended before the delay of their kind, that a plan silenced, that
joined a line of the list, or that came back soon after they were announced are counted apart. An alarm of severity
info asks for nothing: by the standard that is not an alarm, so it counts apart too.

All rates are over the time that was recorded. A time without a record is neither calm nor busy: it is left out.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from console.insight.alarm_quality.episodes import Episode, in_range
from console.insight.limits import RETURNS_ANNOUNCED
from console.insight.wording import DAY, HOUR, MINUTE
from console.model.picture import Severity

TEN_MINUTES = 10 * MINUTE
FLOOD_BEGINS, FLOOD_ENDS = 10, 5
"""A flood begins with more than ten alarms in ten minutes, and ends with fewer than five."""
CHATTERING, CHATTERING_SECONDS = 3, MINUTE
"""An alarm chatters that is announced three times or more within a minute."""
STALE_SECONDS = DAY
"""An alarm that has been active for longer is stale."""
FREQUENT = 10

PRIORITIES: Mapping[Severity, str] = {
    Severity.CRITICAL: "high",
    Severity.MAJOR: "medium",
    Severity.WARNING: "low",
    Severity.UNKNOWN: "low",
}
"""The priorities of the standard by severity."""


@dataclass(frozen=True, slots=True)
class Frequent:
    """An alarm with how often it was announced, and its share of all announced alarms."""

    key: str
    kind: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Quality:
    """The measures of one range. Rates are None where nothing was recorded, shares where nothing was announced.

    `recorded` is the recorded time in seconds. `raised` = `announced` + `fleeting` + `silenced` + `folded` + `again` +
    `events`. `following` is how many of the announced alarms followed from another one. `flood_share` is the share of
    the recorded time in flood. `stale` and `chattering` have ids of alarms. `unowned` is the number of announced alarms
    that ended or are active without an owner; `owned_after` the median time to the acknowledgement of the others.
    """

    start: float
    end: float
    recorded: float
    raised: int
    announced: int
    fleeting: int
    silenced: int
    folded: int
    again: int
    events: int
    following: int
    per_hour: float | None
    worst_hour: int
    per_ten_minutes: float | None
    worst_ten_minutes: int
    floods: int
    flood_share: float | None
    chattering: tuple[str, ...]
    stale: tuple[str, ...]
    priorities: Mapping[str, float] | None
    frequent: tuple[Frequent, ...]
    frequent_share: float | None
    unowned: int
    owned_after: float | None


def measure(episodes: Iterable[Episode], start: float, end: float, recorded: Collection[int]) -> Quality:
    """The measures of a range; `recorded` has the numbers of the ten-minute slots (Unix time / 600) with a record."""
    known = in_range(episodes, start, end)
    raised = [each for each in known if start <= each.since <= end]
    alarms = [each for each in raised if each.severity in PRIORITIES]
    announced = [each for each in alarms if each.announced_at is not None and each.announced_at <= end]
    times = sorted(each.announced_at or 0.0 for each in announced)
    slots = [slot for slot in recorded if start - TEN_MINUTES < slot * TEN_MINUTES < end]
    seconds = sum(min(end, (slot + 1) * TEN_MINUTES) - max(start, slot * TEN_MINUTES) for slot in slots)
    counted = Counter(each.key for each in announced)
    kinds = {each.key: each.kind for each in announced}
    total = len(announced)
    frequent = tuple(Frequent(key, kinds[key], count, count / total) for key, count in counted.most_common(FREQUENT))
    owned = sorted(each.owned_at - each.since for each in announced if each.owned_at is not None)
    floods = _floods(times, end)
    waiting = [each for each in alarms if each.announced_at is not None and each.announced_at > end]
    return Quality(
        start=start,
        end=end,
        recorded=seconds,
        raised=len(raised),
        announced=total,
        silenced=sum(each.silenced for each in alarms),
        folded=sum(each.folded and not each.silenced for each in alarms),
        again=sum(each.again and not each.silenced and not each.folded for each in alarms),
        fleeting=len(waiting)
        + sum(not (each.announced_at or each.silenced or each.folded or each.again) for each in alarms),
        events=len(raised) - len(alarms),
        following=sum(bool(each.cause) for each in announced),
        per_hour=total * HOUR / seconds if seconds else None,
        worst_hour=_most(times, HOUR),
        per_ten_minutes=total * TEN_MINUTES / seconds if seconds else None,
        worst_ten_minutes=_most(times, TEN_MINUTES),
        floods=len(floods),
        flood_share=min(1.0, sum(two - one for one, two in floods) / seconds) if seconds else None,
        chattering=tuple(sorted(_chattering(each for each in alarms if not each.silenced))),
        stale=tuple(sorted(each.key for each in known if _is_stale(each, end))),
        priorities=_priorities(announced),
        frequent=frequent,
        frequent_share=sum(each.count for each in frequent) / total if total else None,
        unowned=sum(each.owned_at is None for each in announced),
        owned_after=owned[len(owned) // 2] if owned else None,
    )


def _most(times: Sequence[float], seconds: float) -> int:
    """The most alarms in any window of that length. A window begins with an alarm and does not include its end."""
    return max((bisect_left(times, at + seconds) - number for number, at in enumerate(times)), default=0)


def _floods(times: Sequence[float], end: float) -> list[tuple[float, float]]:
    """The beginnings and ends of the floods, by the number of alarms in the last ten minutes."""
    changes = sorted({*times, *(at + TEN_MINUTES for at in times)})
    found: list[tuple[float, float]] = []
    began: float | None = None
    for at in changes:
        # An alarm counts from its time until ten minutes after it.
        lately = bisect_right(times, at) - bisect_right(times, at - TEN_MINUTES)
        if began is None and lately > FLOOD_BEGINS:
            began = at
        elif began is not None and lately < FLOOD_ENDS:
            found.append((began, min(at, end)))
            began = None
    return found if began is None else [*found, (began, end)]


def _chattering(alarms: Iterable[Episode]) -> set[str]:
    """Every time that an alarm appears in the list counts, also one that comes back or joins a line. One that comes
    and goes stays in the list meanwhile."""
    times: dict[str, list[float]] = {}
    for each in alarms:
        if each.shown_at is not None and each.returned <= RETURNS_ANNOUNCED:
            times.setdefault(each.key, []).append(each.shown_at)
    return {key for key, known in times.items() if _most(sorted(known), CHATTERING_SECONDS) >= CHATTERING}


def _is_stale(episode: Episode, end: float) -> bool:
    if episode.severity not in PRIORITIES:
        return False
    return (end if episode.ended is None else min(end, episode.ended)) - episode.since > STALE_SECONDS


def _priorities(announced: Sequence[Episode]) -> dict[str, float] | None:
    if not announced:
        return None
    counted = Counter(PRIORITIES[each.severity] for each in announced)
    return {name: counted[name] / len(announced) for name in ("high", "medium", "low")}

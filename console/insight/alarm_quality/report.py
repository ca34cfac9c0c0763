"""The quality of the alarms as text and as JSON."""

from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from console.insight.alarm_quality.limits import Compared, compare
from console.insight.alarm_quality.measures import Quality
from console.insight.wording import duration, plural, wall
from console.model.times import rfc3339

SHORTFALL_SECONDS = 600.0
"""A range whose record is shorter by less than this is called recorded."""


def shown_value(compared: Compared) -> str:
    """The value with its unit; `cannot tell` where there is none."""
    if compared.value is None:
        return "cannot tell"
    number = f"{compared.value:.1f}".removesuffix(".0")
    return f"{number} {compared.limit.unit}".strip()


def shown_result(compared: Compared) -> str:
    """`ok`, `TOO MANY`, or `?` where it is not known."""
    return {True: "ok", False: "TOO MANY", None: "?"}[compared.kept]


def heading(quality: Quality, zone: tzinfo, now: float) -> list[str]:
    """The range, how much of it was recorded, and what became of the alarms."""
    length = quality.end - quality.start
    lines = [f"Alarms from {wall(quality.start, zone, now)} to {wall(quality.end, zone, now)}"]
    if quality.recorded < length - SHORTFALL_SECONDS:
        lines.append(
            f"Only {duration(quality.recorded)} of {duration(length)} were recorded; the rates are over that time."
        )
    lines.append(
        f"{plural(quality.announced, 'alarm')} announced, {quality.following} of them the consequence of another; "
        f"{quality.raised} raised."
    )
    lines.append(
        f"Not announced: {quality.fleeting} ended first, {quality.again} came back soon, "
        f"{quality.folded} joined a line, {quality.silenced} silenced, {quality.events} info."
    )
    if quality.announced:
        after = "" if quality.owned_after is None else f"; the others after {duration(quality.owned_after)} (median)"
        lines.append(f"{quality.unowned} had no owner{after}.")
    return lines


def text_report(quality: Quality, zone: tzinfo, now: float) -> Iterator[str]:
    """The lines of `pairwatch alarms kpi`."""
    yield from heading(quality, zone, now)
    yield ""
    compared = compare(quality)
    for each in compared:
        limit = f"{each.limit.most:g} {each.limit.unit}".strip()
        yield f"{each.limit.name:<30} {shown_value(each):>11}   limit {limit:<5} {shown_result(each)}"
    yield f"{'worst hour':<30} {quality.worst_hour:>11}"
    yield f"{'floods':<30} {quality.floods:>11}"
    if quality.priorities is not None:
        shares = ", ".join(f"{name} {100 * share:.0f} %" for name, share in quality.priorities.items())
        yield f"{'priorities':<30} {shares}"
    for each in compared:
        if each.kept is False:
            yield f"{each.limit.name}: {each.limit.meaning}"
    for title, keys in (("chattering", quality.chattering), ("stale", quality.stale)):
        for key in keys:
            yield f"{title}: {key}"
    if quality.frequent:
        yield ""
        yield "The most frequent:"
        for one in quality.frequent:
            yield f"{one.count:>6}  {100 * one.share:>3.0f} %  {one.key}"


def json_report(quality: Quality) -> dict[str, Any]:
    """The object of `pairwatch alarms kpi --json`. Unknown values are null."""
    return {
        "from": rfc3339(quality.start),
        "to": rfc3339(quality.end),
        "recorded_seconds": round(quality.recorded),
        "raised": quality.raised,
        "announced": quality.announced,
        "not_announced": {
            "ended_first": quality.fleeting,
            "came_back": quality.again,
            "joined_a_line": quality.folded,
            "silenced": quality.silenced,
            "info": quality.events,
        },
        "following": quality.following,
        "per_hour": quality.per_hour,
        "worst_hour": quality.worst_hour,
        "per_ten_minutes": quality.per_ten_minutes,
        "worst_ten_minutes": quality.worst_ten_minutes,
        "floods": quality.floods,
        "flood_share": quality.flood_share,
        "chattering": list(quality.chattering),
        "stale": list(quality.stale),
        "priorities": None if quality.priorities is None else dict(quality.priorities),
        "frequent": [
            {"alarm": each.key, "kind": str(each.kind), "count": each.count, "share": each.share}
            for each in quality.frequent
        ],
        "frequent_share": quality.frequent_share,
        "unowned": quality.unowned,
        "owned_after_seconds": quality.owned_after,
        "limits": [
            {"name": each.limit.name, "value": each.value, "limit": each.limit.most, "kept": each.kept}
            for each in compare(quality)
        ],
    }

"""Planned silences as text: read from what an operator types, written for the journal, and shown as one line.

    mon,tue 02:00-04:00; environment lab; patching           weekly, by the clock of the operator's zone
    22:00 to 06:00; pair example-pair; new switch            once: times as everywhere in the console
    daily 01:00-01:30; kind link-down, kind server-stop; backup of the switches

The parts are separated by `;`: the window, what it is about, and the reason.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from console.insight.alarms.planned import DAYS, Plan
from console.insight.dates import DateError, parse_date
from console.insight.end_time import UntilError, parse_until
from console.insight.wording import wall
from console.model.alarm_kinds import AlarmKind

WEEKLY = re.compile(r"([a-z,]+)\s+(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})", re.ASCII)
SCOPES = {"pair": "pairs", "environment": "environments", "kind": "kinds"}
EXAMPLE = "sat,sun 02:00-04:00; environment lab; reason"


class PlanError(ValueError):
    """The text is not a planned silence. The message has an example."""


def parse_plan(name: str, text: str, now: float, zone: tzinfo, pairs: Mapping[str, str]) -> Plan:
    """The plan of an operator; `pairs` are the known pairs with their environments. Raises PlanError."""
    parts = [part.strip() for part in text.split(";", 2)]
    if len(parts) < 2 or not name.strip():
        raise PlanError(f"write a window and what it is about, such as: {EXAMPLE}")
    plan = _with_window(Plan(name.strip(), zone=zone, reason=parts[2] if len(parts) > 2 else ""), parts[0], now, zone)
    found: dict[str, list[str]] = {each: [] for each in SCOPES.values()}
    for word in filter(None, (word.strip() for word in parts[1].split(","))):
        what, _, value = word.partition(" ")
        if what not in SCOPES or not value.strip():
            raise PlanError(f"{word!r}: write pair NAME, environment NAME or kind NAME, such as: {EXAMPLE}")
        found[SCOPES[what]].append(value.strip())
    known = {"pairs": set(pairs), "environments": set(pairs.values()), "kinds": {str(each) for each in AlarmKind}}
    for scope, values in found.items():
        for value in values:
            if value not in known[scope]:
                raise PlanError(f"there is no {scope.removesuffix('s')} {value!r}")
    if not any(found.values()):
        raise PlanError(f"it would silence every alarm: name a pair, an environment or a kind, such as: {EXAMPLE}")
    return replace(
        plan, pairs=tuple(found["pairs"]), environments=tuple(found["environments"]), kinds=tuple(found["kinds"])
    )


def _with_window(plan: Plan, text: str, now: float, zone: tzinfo) -> Plan:
    weekly = WEEKLY.fullmatch(text.lower())
    if weekly is not None:
        days = DAYS if weekly[1] == "daily" else tuple(filter(None, weekly[1].split(",")))
        if not days or not set(days) <= set(DAYS):
            raise PlanError(f"{weekly[1]!r}: write days as mon,tue,wed,thu,fri,sat,sun or daily")
        begin, end = _clock(weekly[2]), _clock(weekly[3])
        if begin == end:
            raise PlanError("the window has no length: begin and end are the same")
        return replace(plan, days=days, begin=begin, end=end)
    first, _, last = text.partition(" to ")
    try:
        start = now if first.strip() in ("", "now") else parse_until(first, now, zone)
    except UntilError:
        try:
            start = parse_date(first, now, zone)
        except DateError as error:
            raise PlanError(f"{text!r}: {error}; or weekly, such as: {EXAMPLE}") from error
    try:
        end_at = parse_until(last, start, zone)
    except UntilError:
        try:
            end_at = parse_date(last, now, zone)
        except DateError as error:
            raise PlanError(f"{text!r} needs an end after ' to ': {error}; or weekly, such as: {EXAMPLE}") from error
    if end_at <= max(start, now):
        raise PlanError("the window has passed, or ends before it begins")
    return replace(plan, first=start, last=end_at)


def _clock(text: str) -> time:
    try:
        hour, _, minute = text.partition(":")
        return time(int(hour), int(minute))
    except ValueError as error:
        raise PlanError(f"{text!r} is not a time of day") from error


def plan_detail(plan: Plan, now: float) -> dict[str, Any]:
    """The plan as the detail of an action in the journal."""
    detail: dict[str, Any] = {
        name: list(values)
        for name, values in (("pairs", plan.pairs), ("environments", plan.environments), ("kinds", plan.kinds))
        if values
    }
    if plan.days:
        detail |= {"days": list(plan.days), "begin": f"{plan.begin:%H:%M}", "end": f"{plan.end:%H:%M}"}
        detail |= {"zone": zone_name(plan.zone, now)}
    else:
        detail |= {"first": plan.first, "last": plan.last}
    return detail | ({"reason": plan.reason} if plan.reason else {})


def zone_name(zone: tzinfo, now: float) -> str:
    """The name of a zone for other hosts: its key, or its present difference from UTC, which has no summer time."""
    key = getattr(zone, "key", None)
    if isinstance(key, str):
        return key
    offset = datetime.fromtimestamp(now, zone).strftime("%z")
    return f"{offset[:3]}:{offset[3:5]}"


def read_plan(name: str, detail: Mapping[str, Any]) -> Plan | None:
    """The plan of a journal's entry; None for one that cannot be read, which silences nothing."""
    try:
        pairs, environments, kinds, days = (_words(detail, each) for each in ("pairs", "environments", "kinds", "days"))
        if not (pairs or environments or kinds) or not set(days) <= set(DAYS):
            return None
        plan = Plan(name, pairs, environments, kinds, days)
        plan = replace(plan, reason=str(detail.get("reason") or ""), by=str(detail.get("by") or ""))
        if not days:
            return replace(plan, first=float(detail["first"]), last=float(detail["last"]))
        begin, end = _clock(str(detail["begin"])), _clock(str(detail["end"]))
        return replace(plan, begin=begin, end=end, zone=read_zone(str(detail["zone"])))
    except (KeyError, TypeError, ValueError, ZoneInfoNotFoundError, OSError):
        return None


def _words(detail: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(str(each) for each in detail.get(name, ()))


def read_zone(text: str) -> tzinfo:
    """The zone that `zone_name` wrote. Raises ValueError, ZoneInfoNotFoundError."""
    if text[:1] in "+-":
        found = datetime.strptime(text.replace(":", ""), "%z").tzinfo
        assert found is not None
        return found
    return ZoneInfo(text)


def plans_of(configured: Sequence[Plan], kept: Mapping[str, Mapping[str, Any]]) -> list[Plan]:
    """The configured plans and those of the journal."""
    read = (read_plan(name, detail) for name, detail in kept.items())
    return [*configured, *(plan for plan in read if plan is not None)]


def plan_line(plan: Plan, zone: tzinfo, now: float) -> str:
    """One line about a plan: name, window, what it is about, reason, who planned it, and until when it is in force."""
    if plan.days:
        days = "daily" if set(plan.days) == set(DAYS) else ",".join(plan.days)
        when = f"{days} {plan.begin:%H:%M}-{plan.end:%H:%M} {zone_name(plan.zone, now)}"
    else:
        when = f"{wall(plan.first or 0.0, zone, now)} to {wall(plan.last or 0.0, zone, now)}"
    scopes = [f"pair {each}" for each in plan.pairs] + [f"environment {each}" for each in plan.environments]
    scopes += [f"kind {each}" for each in plan.kinds]
    window = plan.window(now)
    state = f"  SILENT until {wall(window[1], zone, now)}" if window is not None else ""
    if not plan.days and plan.last is not None and plan.last <= now:
        state = "  over"
    by = f" ({plan.by})" if plan.by else " (configuration)"
    return f"{plan.name}: {when}; {', '.join(scopes)}; {plan.reason or 'no reason'}{by}{state}"

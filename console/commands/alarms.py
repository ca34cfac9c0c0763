"""`pairwatch alarms`: the alarms of the journal, their quality over a time range, and planned silences."""

import json
import time
from pathlib import Path

import click

from console.commands.opened_pins import opened_pins
from console.commands.status import recall_alarms
from console.commands.time_option import parse_time_option
from console.errors import ConfigError
from console.insight.alarm_quality.limits import compare
from console.insight.alarm_quality.report import json_report, text_report
from console.insight.alarms.announcing import is_announced
from console.insight.alarms.causes import because_of
from console.insight.alarms.plan_text import PlanError, parse_plan, plan_line, plans_of
from console.insight.alarms.table import BY_KIND
from console.insight.wording import DAY, wall
from console.journal.alarm_history import read_quality
from console.model.picture import OWN, Alarm, PairPicture, worst_first
from console.model.times import rfc3339
from console.settings.setup import chosen, empty_picture, new_store, settings_at
from console.state.store import PictureStore
from console.state.zones import LocalZone


def listed(config: Path | None, name: str | None, *, cleared: bool, as_json: bool) -> int:
    """Print the alarms that the journal has. Returns 1 where they cannot be known."""
    settings = settings_at(config)
    store = new_store(chosen(settings, name))
    view = recall_alarms(settings, store)
    store.tick()
    now = store.clock()
    known = [(pair, alarm) for pair in (*store.picture.pairs.values(), store.picture.own) for alarm in _of(pair)]
    found = [each for each in known if each[1].is_active]
    order = {alarm.id: number for number, alarm in enumerate(worst_first(alarm for _, alarm in found))}
    found.sort(key=lambda each: order[each[1].id])
    if cleared:
        ended = [each for each in known if not each[1].is_active]
        found += sorted(ended, key=lambda each: -(each[1].cleared or 0.0))
    if as_json:
        alarms = [_object(pair, alarm, now) for pair, alarm in found]
        click.echo(json.dumps({"journal": view.state, "alarms": alarms}, indent=2))
    else:
        for pair, alarm in found:
            click.echo(_line(pair, alarm, store, now))
        if not found:
            click.echo("no active alarms" if view.state == "read" else "no alarm is known")
        click.echo(view.text)
    return 0 if view.state == "read" else 1


def _of(pair: PairPicture) -> list[Alarm]:
    return list(pair.alarms.values())


def _line(pair: PairPicture, alarm: Alarm, store: PictureStore, now: float) -> str:
    where = "console" if pair.name == OWN else pair.name
    words = f"{alarm.severity}: {where}: {alarm.kind}: {alarm.text}; since {wall(alarm.since, store.zone, now)}"
    cause = because_of(pair, alarm)
    if cause is not None:
        words += f"; because of {cause.kind}"
    if alarm.acknowledged_by is not None:
        words += f"; owner {alarm.acknowledged_by}"
    if alarm.suppressed_until is not None:
        words += f"; silenced until {wall(alarm.suppressed_until, store.zone, now)}"
    if alarm.cleared is not None:
        return f"{words}; cleared {wall(alarm.cleared, store.zone, now)} by {alarm.cleared_by}"
    return words if is_announced(alarm, now) else f"{words}; not announced yet"


def _object(pair: PairPicture, alarm: Alarm, now: float) -> dict[str, object]:
    cause = because_of(pair, alarm)
    row = BY_KIND.get(alarm.kind)
    return {
        "id": alarm.id,
        "pair": None if pair.name == OWN else pair.name,
        "kind": alarm.kind,
        "level": alarm.severity,
        "text": alarm.text,
        "since": rfc3339(alarm.since),
        "last": rfc3339(alarm.last),
        "count": alarm.count,
        "sources": list(alarm.sources),
        "announced": is_announced(alarm, now),
        "returned": alarm.returned,
        "because_of": None if cause is None else cause.kind,
        "owner": alarm.acknowledged_by,
        "silenced_until": None if alarm.suppressed_until is None else rfc3339(alarm.suppressed_until),
        "cleared": None if alarm.cleared is None else rfc3339(alarm.cleared),
        "to_do": None if row is None else row.act,
    }


def kpi(config: Path | None, start: str | None, end: str | None, *, as_json: bool) -> int:
    """Print the quality of the alarms of a range. Returns 1 where a limit is exceeded. Raises JournalError."""
    settings = settings_at(config)
    zone, now = LocalZone(), time.time()
    first = now - DAY if start is None else parse_time_option("--from", start, now, zone)
    last = now if end is None else parse_time_option("--to", end, now, zone)
    if first >= last:
        raise click.UsageError("--from must be before --to")
    quality = read_quality(settings.journal_url, empty_picture(settings.pair), first, last)
    if as_json:
        click.echo(json.dumps(json_report(quality), indent=2))
    else:
        for line in text_report(quality, zone, now):
            click.echo(line)
    return 1 if any(each.kept is False for each in compare(quality)) else 0


def silence(config: Path | None, name: str | None, plan: str | None, *, remove: bool) -> int:
    """List, add or remove planned silences. Raises ConfigError, JournalError, AuditError."""
    settings = settings_at(config)
    if (name is None) != (plan is None and not remove):
        raise click.UsageError("write NAME and PLAN, or NAME --remove, or neither to list the planned silences")
    with opened_pins(settings) as pins:
        store = pins.store
        own, now = store.picture.own, store.clock()
        if name is not None and remove:
            if name not in own.plans:
                raise ConfigError(f"there is no planned silence {name!r} in the journal")
            pins.actions.unplan(name)
        elif name is not None and plan is not None:
            pairs = {each.name: each.environment for each in settings.pair}
            try:
                pins.actions.plan(parse_plan(name, plan, now, store.zone, pairs))
            except PlanError as error:
                raise ConfigError(str(error)) from error
    for each in plans_of([each.plan() for each in settings.silence], store.picture.own.plans):
        click.echo(plan_line(each, store.zone, now))
    return 0

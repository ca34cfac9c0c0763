"""The lower part of the pair screen as lines: alarms, logs, traps, and the story so far."""

from datetime import tzinfo

from console.insight.alarms.causes import because_of
from console.insight.alarms.listing import rows
from console.insight.log_format import brief
from console.insight.wording import wall
from console.model.picture import PairPicture, Severity
from console.widgets.lines import Entry
from console.widgets.signs import SEVERITIES

STYLE_BY_SEVERITY = {Severity.CRITICAL: "critical", Severity.MAJOR: "warning", Severity.WARNING: "warning"}
STYLE_BY_SOURCE = {"operator": "operator", "alarm": "warning", "trap": "warning"}


def alarm_lines(pair: PairPicture, own: PairPicture, now: float, zone: tzinfo) -> list[Entry]:
    """Alarms that stand, of the pair and of the console: severity, since when, how often, who says so, whether someone
    has it. Many of one kind are one line."""
    lines: list[Entry] = []
    for row in rows((pair, own), "standing", "", frozenset()):
        alarm = row.worst
        if row.folded:
            sign, ours = SEVERITIES[alarm.severity], all(each.acknowledged_by or each.suppressed for each in row.alarms)
            since = wall(min(each.since for each in row.alarms), zone, now)
            text = (
                f"{sign.glyph} {since} {alarm.kind}: {len(row.alarms)} alarms x{row.count} (a opens them) {alarm.text}"
            )
            lines.append((text, "stale" if ours else STYLE_BY_SEVERITY.get(alarm.severity, "plain")))
            continue
        sign = SEVERITIES[alarm.severity]
        count = f" x{alarm.count}" if alarm.count > 1 else ""
        held = f" [ack {alarm.acknowledged_by}]" if alarm.acknowledged_by else ""
        if alarm.suppressed_until is not None:
            held = f" [aside until {wall(alarm.suppressed_until, zone, now)}]"
        cause = because_of(own if alarm.id in own.alarms else pair, alarm)
        because = "" if cause is None else f" [because of {cause.kind}]"
        sources = "+".join(alarm.sources)
        text = (
            f"{sign.glyph} {wall(alarm.since, zone, now)} {alarm.kind}{count}{held} ({sources}) {alarm.text}{because}"
        )
        lines.append(
            (
                text,
                "stale"
                if alarm.acknowledged_by or alarm.suppressed
                else STYLE_BY_SEVERITY.get(alarm.severity, "plain"),
            )
        )
    return lines


def log_lines(pair: PairPicture) -> list[Entry]:
    """The logs of both partners in the order of arrival, each line marked with whose it is."""
    marks = {name: ("M" if server.role == "main" else "B") for name, server in pair.servers.items()}
    styles = {name: server.role for name, server in pair.servers.items()}
    return [
        (f"{marks.get(line.server, '?')} {line.server}  {brief(line.text)}", styles.get(line.server, "plain"))
        for line in pair.logs
    ]


def trap_lines(pair: PairPicture, now: float, zone: tzinfo) -> list[Entry]:
    """Traps as they came."""
    lines = []
    for trap in pair.traps:
        said = " ".join(f"{name}={text}" for name, text in trap.varbinds.items())
        times = f" x{trap.count}" if trap.count > 1 else ""
        name = trap.name if trap.name != "unknown" else f"unknown {trap.oid}"
        text = f"{wall(trap.at, zone, now)} {trap.server or trap.source} {name}{times} {said}".rstrip()
        lines.append((text, pair.servers[trap.server].role if trap.server in pair.servers else "plain"))
    return lines


def story_lines(pair: PairPicture, now: float, zone: tzinfo) -> list[Entry]:
    """States, contacts, traps, alarms and what operators did, on one axis of time."""
    return [
        (
            f"{wall(entry.at, zone, now)}  {entry.source:<8}  {entry.text}",
            STYLE_BY_SOURCE.get(entry.source, "plain"),
        )
        for entry in pair.timeline
    ]

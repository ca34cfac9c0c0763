"""The lines in the lower part of the pair screen: alarms, logs, traps and events."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from console.dialects.reading import brief
from console.insight.alarms.causes import because_of
from console.insight.alarms.listing import rows
from console.insight.incremental import IncrementalMap
from console.insight.wording import wall
from console.model.observations import LogLine, TrapSeen
from console.model.picture import PairPicture, Severity, TimelineEntry
from console.tui.widgets.lines import StyledLine
from console.tui.widgets.signs import SEVERITIES

STYLE_BY_SEVERITY = {Severity.CRITICAL: "critical", Severity.MAJOR: "warning", Severity.WARNING: "warning"}
STYLE_BY_SOURCE = {"operator": "operator", "alarm": "warning", "trap": "warning"}


def alarm_lines(pair: PairPicture, own: PairPicture, now: float, zone: tzinfo) -> list[StyledLine]:
    """The active alarms of the pair and of the console: severity, start, owner, text, kind, count and sources.

    Alarms of one kind are one line. The text comes first, because a small screen cuts the end of a line. The header
    has the zone of the times.
    """
    lines: list[StyledLine] = []
    for row in rows((pair, own), "active", "", frozenset(), now):
        alarm = row.worst
        if row.folded:
            sign, ours = SEVERITIES[alarm.severity], all(each.acknowledged_by or each.suppressed for each in row.alarms)
            since = _clock(min(each.since for each in row.alarms), zone, now)
            text = f"{sign.glyph} {since} {len(row.alarms)} alarms (a: list): {alarm.text} [{alarm.kind} x{row.count}]"
            lines.append((text, "stale" if ours else STYLE_BY_SEVERITY.get(alarm.severity, "plain")))
            continue
        sign = SEVERITIES[alarm.severity]
        count = f" x{alarm.count}" if alarm.count > 1 else ""
        held = f"[ack {alarm.acknowledged_by}] " if alarm.acknowledged_by else ""
        if alarm.suppressed_until is not None:
            held = f"[silenced until {_clock(alarm.suppressed_until, zone, now)}] "
        cause = because_of(own if alarm.id in own.alarms else pair, alarm)
        because = "" if cause is None else f" [caused by {cause.kind}]"
        sources = "+".join(alarm.sources)
        since = _clock(alarm.since, zone, now)
        text = f"{sign.glyph} {since} {held}{alarm.text}{because} [{alarm.kind}{count}, {sources}]"
        lines.append(
            (
                text,
                "stale"
                if alarm.acknowledged_by or alarm.suppressed
                else STYLE_BY_SEVERITY.get(alarm.severity, "plain"),
            )
        )
    return lines


def _clock(at: float, zone: tzinfo, now: float) -> str:
    return wall(at, zone, now).rpartition(" ")[0]


class EvidenceLines:
    """The log lines, traps and events of a pair as styled lines.

    Each line is created once for a pair, a zone and a day: a line of another day has its date.
    """

    def __init__(self) -> None:
        self._context: tuple[object, ...] | None = None

    def prepare(self, pair: PairPicture, now: float, zone: tzinfo) -> "EvidenceLines":
        """Use this pair, this zone and the day of `now`. Returns itself."""
        roles = {name: server.role for name, server in pair.servers.items()}
        context = (pair.name, roles, zone, datetime.fromtimestamp(now, zone).date())
        if context != self._context:
            self._context = context
            self._logs: IncrementalMap[LogLine, StyledLine] = IncrementalMap(
                lambda lines: [_log(line, roles) for line in lines]
            )
            self._traps: IncrementalMap[TrapSeen, StyledLine] = IncrementalMap(
                lambda traps: [_trap(each, roles, now, zone) for each in traps]
            )
            self._events: IncrementalMap[TimelineEntry, StyledLine] = IncrementalMap(
                lambda found: [_entry(each, now, zone) for each in found]
            )
        self._pair = pair
        return self

    def logs(self) -> Sequence[StyledLine]:
        """The log lines of both partners in order of arrival, each with its server."""
        return self._logs.update(self._pair.logs)

    def traps(self) -> Sequence[StyledLine]:
        """The traps in order of arrival."""
        return self._traps.update(self._pair.traps)

    def events(self) -> Sequence[StyledLine]:
        """Changes of state and contact, traps, alarms and operator actions, in order of time."""
        return self._events.update(self._pair.timeline)


def _log(line: LogLine, roles: Mapping[str, str]) -> StyledLine:
    role = roles.get(line.server)
    mark = "?" if role is None else "M" if role == "main" else "B"
    return f"{mark} {line.server}  {brief(line.text)}", role or "plain"


def _trap(trap: TrapSeen, roles: Mapping[str, str], now: float, zone: tzinfo) -> StyledLine:
    varbinds_text = " ".join(f"{name}={text}" for name, text in trap.varbinds.items())
    times = f" x{trap.count}" if trap.count > 1 else ""
    name = trap.name if trap.name != "unknown" else f"unknown {trap.oid}"
    text = (
        f"{wall(trap.at, zone, now)} {trap.server or trap.device or trap.source} {name}{times} {varbinds_text}".rstrip()
    )
    return text, roles.get(trap.server, "plain")


def _entry(entry: TimelineEntry, now: float, zone: tzinfo) -> StyledLine:
    text = f"{wall(entry.at, zone, now)}  {entry.source:<8}  {entry.text}"
    return text, STYLE_BY_SOURCE.get(entry.source, "plain")

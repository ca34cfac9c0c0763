"""The events of a pair from each source: the timeline entries, the state history of each server, and its log.

Times are on this host's clock. A time that a server reported is corrected by the offset of its clock; the reported time
is stored too.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from console.insight.log_format import LINE, STAMP
from console.model.observations import LogLine
from console.model.phases import Phase, phase_of_term
from console.model.picture import EntrySource, ServerPicture, Severity, TimelineEntry

SOURCES = tuple(EntrySource)
ROUTINE_LEVELS = frozenset({"Debug", "Activity", "Info", "Notice"})
STATE_MESSAGE = "18100"
CONTACT_LOST, CONTACT_BACK = "18101", "18102"

LEVELS: Mapping[str, Severity] = {
    "Warning": Severity.WARNING,
    "Error": Severity.MAJOR,
    "Critical": Severity.CRITICAL,
}
PHASES: Mapping[Phase, Severity] = {
    Phase.TAKEN_OVER: Severity.CRITICAL,
    Phase.CONFLICT: Severity.CRITICAL,
    Phase.ALONE: Severity.WARNING,
    Phase.CONFLICT_ALONE: Severity.WARNING,
    Phase.NORMAL: Severity.OK,
}
TRAPS: Mapping[str, tuple[Severity, str]] = {
    "other-server-not-responding": (Severity.WARNING, "lost"),
    "other-server-responding": (Severity.OK, "back"),
}
"""Traps about contact with the partner: the severity, and the contact event that a log line reports too."""

CONTACTS: tuple[tuple[str, Severity, str], ...] = (
    ("cannot see", Severity.WARNING, ""),
    ("lost contact with its partner", Severity.WARNING, "lost"),
    ("has contact with its partner", Severity.OK, "back"),
    ("serves nobody", Severity.CRITICAL, ""),
    ("configured differently", Severity.MAJOR, ""),
    ("answers again", Severity.OK, ""),
)
"""Words in the text of a timeline entry that give its severity and its contact event."""
SEVERITIES = frozenset(str(each) for each in Severity)

ARROW = re.compile(r"([A-Z][A-Z-]+) -> ([A-Z][A-Z-]+)")
TRAP_ENTRY = re.compile(r"^trap (?P<name>\S+)(?: [\d.]+)?(?: x\d+)? from (?P<server>\S+)")


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `at` is on the console's clock; `told_at` is the time as the source reported it, and `offset` (s) is
    how far the clock of the source is ahead.

    `server` is empty for events of the pair or the console. `told_by` are all sources, the first one first; `evidence`
    is the original text of each. Events with the same `fact` are one event. `routine`: an event that can be hidden.
    """

    at: float
    source: EntrySource
    server: str
    severity: Severity
    text: str
    told_at: float
    offset: float = 0.0
    told_by: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    fact: tuple[str, ...] = ()
    routine: bool = False


def timeline_events(entries: Iterable[TimelineEntry], servers: Collection[str]) -> Iterator[Event]:
    """The events of the timeline entries, which the reducer writes; `servers` are the names of the pair's servers."""
    for entry in entries:
        server, severity, fact = _read(entry, servers)
        # The severity of an alarm is a field of the event, so it is removed from the text.
        text = entry.text.removeprefix(f"{severity} ") if entry.source is EntrySource.ALARM else entry.text
        evidence = (f"{entry.source}: {text}",)
        yield Event(entry.at, entry.source, server, severity, text, entry.at, 0.0, (entry.source,), evidence, fact)


def _read(entry: TimelineEntry, servers: Collection[str]) -> tuple[str, Severity, tuple[str, ...]]:
    """Returns the server, the severity and the fact of a timeline entry."""
    source, text = entry.source, entry.text
    if entry.phase is not None:
        severity = PHASES.get(entry.phase, Severity.INFO)
        return entry.server, severity, ("state", entry.server, str(entry.phase))
    if source is EntrySource.TRAP:
        match = TRAP_ENTRY.match(text)
        if match is not None:
            severity, event = TRAPS.get(match["name"], (Severity.INFO, ""))
            server = match["server"] if match["server"] in servers else ""
            return server, severity, ("contact", server, event) if event else ()
    words = re.split(r"[\s:]+", text)
    server = next((word for word in words if word in servers), "")
    if source is EntrySource.ALARM:
        return server, Severity(words[0]) if words[0] in SEVERITIES else Severity.OK, ()
    for marker, severity, event in CONTACTS:
        if marker in text:
            return server, severity, ("contact", server, event) if event else ()
    return server, Severity.INFO, ()


def history_events(server: ServerPicture, offset: float) -> Iterator[Event]:
    """The events of the state history that a server reports. It also has changes from before the console started."""
    for each in (server.facts.transitions or ()) if server.facts is not None else ():
        reason = f" ({each.reason})" if each.reason else ""
        evidence = f"poll: {server.name} reports the change {each.before_word} -> {each.after_word}{reason}"
        yield Event(
            each.at - offset,
            EntrySource.POLL,
            server.name,
            PHASES.get(each.after, Severity.INFO),
            f"{server.name} {each.before_word} -> {each.after_word}{reason}",
            each.at,
            offset,
            ("poll",),
            (evidence,),
            ("state", server.name, str(each.after)),
        )


def log_reader(
    offsets: Mapping[str, float], zones: Mapping[str, tzinfo]
) -> Callable[[Iterable[LogLine]], Iterator[Event]]:
    """Returns a function that reads log lines in their order, in one or more calls. A line without a time gets the time
    of the line before it.

    `offsets`: how far each server's clock is ahead (s); `zones`: the zone of each server's log.
    """
    before: dict[str, float] = {}

    def read(lines: Iterable[LogLine]) -> Iterator[Event]:
        for line in lines:
            written = _written(line, zones.get(line.server, UTC))
            at = before.get(line.server, line.at) if written is None else written
            before[line.server] = at
            yield _log_event(line, at, offsets.get(line.server, 0.0))

    return read


def _log_event(line: LogLine, written: float, offset: float) -> Event:
    match = LINE.match(line.text)
    level, number = ("", "") if match is None else (match["level"], match["id"])
    text = line.text if match is None else f"{number} {match['text']}"
    arrow = ARROW.search(text) if number == STATE_MESSAGE else None
    fact: tuple[str, ...] = ()
    if arrow is not None:
        fact = ("state", line.server, str(phase_of_term(arrow[2])))
        # The change comes first: eighty columns have no room for the words before it.
        text = f"{line.server} {text[arrow.start() :]}"
    elif number in (CONTACT_LOST, CONTACT_BACK):
        fact = ("contact", line.server, "lost" if number == CONTACT_LOST else "back")
    return Event(
        written - offset,
        EntrySource.LOG,
        line.server,
        LEVELS.get(level, Severity.INFO),
        text,
        written,
        offset,
        ("log",),
        (f"log: {line.text}",),
        fact,
        routine=level in ROUTINE_LEVELS and not fact,
    )


def _written(line: LogLine, zone: tzinfo) -> float | None:
    stamp = STAMP.match(line.text)
    if stamp is None:
        return None
    day, clock = stamp[0].split(" ")
    month, number, year = map(int, day.split("/"))
    hour, minute, second = map(int, clock.split(":"))
    try:
        return datetime(year, month, number, hour, minute, second, tzinfo=zone).timestamp()
    except (ValueError, OverflowError):
        return None

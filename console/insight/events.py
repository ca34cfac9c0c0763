"""The events of a pair from each source: the timeline entries, the state history of each server, and its log.

Times are on this host's clock. A time that a server reported is corrected by the offset of its clock; the reported time
is stored too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo

from console.dialects.reading import line_time, read_record
from console.model.observations import LogLine
from console.model.phases import Phase
from console.model.picture import EntryKind, EntrySource, ServerPicture, Severity, TimelineEntry

SOURCES = tuple(EntrySource)
ROUTINE_LEVELS = frozenset({"Debug", "Activity", "Info", "Notice"})

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
    Phase.STANDBY: Severity.OK,
    Phase.TERMINATED: Severity.CRITICAL,
}
KINDS: Mapping[EntryKind, tuple[Severity, str]] = {
    EntryKind.UNREACHABLE: (Severity.WARNING, ""),
    EntryKind.ANSWERS: (Severity.OK, ""),
    EntryKind.CONTACT_LOST: (Severity.WARNING, "lost"),
    EntryKind.CONTACT_BACK: (Severity.OK, "back"),
    EntryKind.NOT_SERVING: (Severity.CRITICAL, ""),
    EntryKind.MISMATCH: (Severity.MAJOR, ""),
}
"""The severity of an entry, and the contact event that other sources report too."""


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


def timeline_events(entries: Iterable[TimelineEntry]) -> Iterator[Event]:
    """The events of the timeline entries, which the reducer writes."""
    for entry in entries:
        severity, fact = _judged(entry)
        # The severity of an alarm is a field of the event, so it is removed from the text.
        text = entry.text.removeprefix(f"{severity} ") if entry.source is EntrySource.ALARM else entry.text
        evidence = (f"{entry.source}: {text}",)
        yield Event(
            entry.at, entry.source, entry.server, severity, text, entry.at, 0.0, (entry.source,), evidence, fact
        )


def _judged(entry: TimelineEntry) -> tuple[Severity, tuple[str, ...]]:
    """Returns the severity and the fact of a timeline entry."""
    if entry.phase is not None:
        return PHASES.get(entry.phase, Severity.INFO), ("state", entry.server, str(entry.phase))
    if entry.source is EntrySource.ALARM:
        return entry.severity or Severity.OK, ()
    severity, event = KINDS.get(entry.kind, (Severity.INFO, ""))
    return severity, ("contact", entry.server, event) if event else ()


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
            written = line_time(line.text, zones.get(line.server, UTC), line.at)
            at = before.get(line.server, line.at) if written is None else written
            before[line.server] = at
            yield _log_event(line, at, offsets.get(line.server, 0.0))

    return read


def _log_event(line: LogLine, written: float, offset: float) -> Event:
    record = read_record(line.text)
    level = "" if record is None else record.level
    text = line.text if record is None else f"{record.id} {record.text}".strip()
    fact: tuple[str, ...] = ()
    if record is not None and record.phase is not None:
        fact = ("state", line.server, str(record.phase))
        # The change comes first: eighty columns have no room for the words before it.
        fields = record.fields
        text = f"{line.server} " + fields.get("change", f"{fields['old']} -> {fields['new']}")
    elif record is not None and record.contact is not None:
        fact = ("contact", line.server, str(record.contact))
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

"""What happened to a pair, an event at a time, as each source tells it: the story, the servers' memory, their logs.

Times are by this host's clock. What a server told with a time of its own is put right by how far its clock is ahead;
the time as it was told is kept beside it.
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
"""Traps that tell of contact with the partner: how bad, and the event that a log line also tells."""

CONTACTS: tuple[tuple[str, Severity, str], ...] = (
    ("cannot see", Severity.WARNING, ""),
    ("lost contact with its partner", Severity.WARNING, "lost"),
    ("has contact with its partner", Severity.OK, "back"),
    ("serves nobody", Severity.CRITICAL, ""),
    ("configured differently", Severity.MAJOR, ""),
    ("answers again", Severity.OK, ""),
)
"""Words of the story that say how bad a line is."""
SEVERITIES = frozenset(str(each) for each in Severity)

ARROW = re.compile(r"([A-Z][A-Z-]+) -> ([A-Z][A-Z-]+)")
STORY_TRAP = re.compile(r"^trap (?P<name>\S+)(?: x\d+)? from (?P<server>\S+)")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `at` is by our clock; `told_at` as its teller has it, `offset` how far that clock is
    ahead.

    `server` is empty where it is about the pair or the console. `told_by` are all who told it, the first teller first;
    `evidence` is what each of them said, word for word. `fact` is what tells that two entries are one event. `routine`:
    nothing that somebody would miss.
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


def of_story(entries: Iterable[TimelineEntry], servers: Collection[str]) -> Iterator[Event]:
    """The lines of the story, which the reducer wrote when it learnt of something; `servers` are those of the pair."""
    for entry in entries:
        server, severity, fact = _read(entry, servers)
        # The severity of an alarm is a word of its own here.
        text = entry.text.removeprefix(f"{severity} ") if entry.source is EntrySource.ALARM else entry.text
        said = (f"{entry.source}: {text}",)
        yield Event(entry.at, entry.source, server, severity, text, entry.at, 0.0, (entry.source,), said, fact)


def _read(entry: TimelineEntry, servers: Collection[str]) -> tuple[str, Severity, tuple[str, ...]]:
    """Whom a line of the timeline is about, how bad it is, and which event it tells."""
    source, text = entry.source, entry.text
    if entry.phase is not None:
        severity = PHASES.get(entry.phase, Severity.INFO)
        return entry.server, severity, ("state", entry.server, str(entry.phase))
    if source is EntrySource.TRAP:
        match = STORY_TRAP.match(text)
        if match is not None:
            severity, event = TRAPS.get(match["name"], (Severity.INFO, ""))
            server = match["server"] if match["server"] in servers else ""
            return server, severity, ("contact", server, event) if event else ()
    words = re.split(r"[\s:]+", text)
    server = next((name for name in servers if name in words), "")
    if source is EntrySource.ALARM:
        return server, Severity(words[0]) if words[0] in SEVERITIES else Severity.OK, ()
    for marker, severity, event in CONTACTS:
        if marker in text:
            return server, severity, ("contact", server, event) if event else ()
    return server, Severity.INFO, ()


def of_memory(server: ServerPicture, offset: float) -> Iterator[Event]:
    """What a server remembers of its own states: also what happened while nobody looked."""
    for each in (server.facts.transitions or ()) if server.facts is not None else ():
        reason = f" ({each.reason})" if each.reason else ""
        said = f"poll: {server.name} remembers {each.before_word} -> {each.after_word}{reason}"
        yield Event(
            each.at - offset,
            EntrySource.POLL,
            server.name,
            PHASES.get(each.after, Severity.INFO),
            f"{server.name} {each.before_word} -> {each.after_word}{reason}",
            each.at,
            offset,
            ("poll",),
            (said,),
            ("state", server.name, str(each.after)),
        )


def log_reader(
    offsets: Mapping[str, float], zones: Mapping[str, tzinfo]
) -> Callable[[Iterable[LogLine]], Iterator[Event]]:
    """What reads lines in their order, however many at a time. A line without a time goes on with the one before it.

    `offsets`: how far each server's clock is ahead; `zones`: in which zone it writes.
    """
    before: dict[str, float] = {}

    def read(lines: Iterable[LogLine]) -> Iterator[Event]:
        for line in lines:
            written = _written(line, zones.get(line.server, UTC))
            told = before.get(line.server, line.at) if written is None else written
            before[line.server] = told
            yield _log_event(line, told, offsets.get(line.server, 0.0))

    return read


def _log_event(line: LogLine, told: float, offset: float) -> Event:
    match = LINE.match(line.text)
    level, number = ("", "") if match is None else (match["level"], match["id"])
    text = line.text if match is None else f"{number} {match['text']}"
    arrow = ARROW.search(text) if number == STATE_MESSAGE else None
    fact: tuple[str, ...] = ()
    if arrow is not None:
        fact = ("state", line.server, str(phase_of_term(arrow[2])))
        # What changed, first: eighty columns have no room for what stands before it in the line.
        text = f"{line.server} {text[arrow.start() :]}"
    elif number in (CONTACT_LOST, CONTACT_BACK):
        fact = ("contact", line.server, "lost" if number == CONTACT_LOST else "back")
    return Event(
        told - offset,
        EntrySource.LOG,
        line.server,
        LEVELS.get(level, Severity.INFO),
        text,
        told,
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

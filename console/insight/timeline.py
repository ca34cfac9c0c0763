"""Everything that happened to a pair on one axis of time: states, contacts, traps, log lines, alarms, and what people
did.

Times are by this host's clock. What a server told with a time of its own is put right by how far its clock is ahead;
the time as it was told is kept beside it. What several sources tell of the same event is one entry, under the earliest
of their times, with everybody who told it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from console.insight.log_format import LINE, STAMP
from console.insight.sight import clock_offset, on_our_clock
from console.model.observations import LogLine
from console.model.picture import PairPicture, Severity
from console.model.states import State

SOURCES = ("state", "contact", "poll", "trap", "log", "alarm", "operator")
"""Who tells. `poll`: facts that a server's answers show to have changed."""
ROUTINE_LEVELS = frozenset({"Debug", "Activity", "Info", "Notice"})
TOLD_TOGETHER_SECONDS = 20.0
"""Within so much several sources tell of one event: a poll, a trap and its retries, a line that is read late."""
STATE_MESSAGE = "18100"
CONTACT_LOST, CONTACT_BACK = "18101", "18102"

LEVELS: Mapping[str, Severity] = {
    "Warning": Severity.WARNING,
    "Error": Severity.MAJOR,
    "Critical": Severity.CRITICAL,
}
STATES: Mapping[State, Severity] = {
    State.PARTNER_DOWN: Severity.CRITICAL,
    State.POTENTIAL_CONFLICT: Severity.CRITICAL,
    State.COMMUNICATIONS_INTERRUPTED: Severity.WARNING,
    State.RESOLUTION_INTERRUPTED: Severity.WARNING,
    State.NORMAL: Severity.OK,
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
STORY_STATE = re.compile(r"^(?P<server>\S+) (?P<before>[A-Z][A-Z-]+) -> (?P<after>[A-Z][A-Z-]+)")
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
    source: str
    server: str
    severity: Severity
    text: str
    told_at: float
    offset: float = 0.0
    told_by: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    fact: tuple[str, ...] = ()
    routine: bool = False


def timeline(pair: PairPicture, zones: Mapping[str, tzinfo], routine: bool = True) -> list[Event]:
    """All that is known of the pair, the oldest first. `zones`: in which zone each server writes its log; without
    `routine` its routine lines are left out, which are by far the most."""
    found = [
        *_story(pair),
        *_transitions(pair),
        *_logs(pair, zones, routine),
    ]
    # The same time keeps the order of SOURCES: a state is named before the trap and the line that follow from it.
    found.sort(key=lambda event: (event.at, SOURCES.index(event.source)))
    return folded(found)


def folded(events: Iterable[Event]) -> list[Event]:
    """Events that are one and the same made one, under the first that was told."""
    kept: list[Event] = []
    latest: dict[tuple[str, ...], int] = {}
    for event in events:
        # About the same thing of the same server; what it became is the rest of the fact. Once it became something
        # else, a second time is another event.
        number = latest.get(event.fact[:2]) if event.fact else None
        if (
            number is not None
            and kept[number].fact == event.fact
            and event.at - kept[number].at <= TOLD_TOGETHER_SECONDS
        ):
            kept[number] = _together(kept[number], event)
            continue
        if event.fact:
            latest[event.fact[:2]] = len(kept)
        kept.append(event)
    return kept


def relative(at: float, mark: float) -> str:
    """`+00:03:12` or `-00:00:07`: the time from a marked event."""
    whole = int(abs(at - mark))
    sign = "-" if at < mark and whole else "+"
    return f"{sign}{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def offsets(pair: PairPicture) -> dict[str, float]:
    """How far each server's clock is ahead of ours, where it is."""
    found = {server.name: clock_offset(server) for server in pair.servers.values()}
    return {name: seconds for name, seconds in found.items() if seconds}


def _together(first: Event, other: Event) -> Event:
    worst = max(first.severity, other.severity, key=_badness)
    return replace(
        first,
        severity=worst,
        told_by=tuple(dict.fromkeys((*first.told_by, *other.told_by))),
        evidence=(*first.evidence, *other.evidence),
        routine=first.routine and other.routine,
        text=first.text if len(first.text) >= len(other.text) or other.source != "state" else other.text,
    )


def _badness(severity: Severity) -> int:
    return (Severity.OK, Severity.INFO, Severity.UNKNOWN, Severity.WARNING, Severity.MAJOR, Severity.CRITICAL).index(
        severity
    )


def _story(pair: PairPicture) -> Iterator[Event]:
    """The lines of the story, which the reducer wrote when it learnt of something."""
    for entry in pair.timeline:
        server, severity, fact = _read(entry.source, entry.text, pair)
        # The severity of an alarm is a word of its own here.
        text = entry.text.removeprefix(f"{severity} ") if entry.source == "alarm" else entry.text
        said = (f"{entry.source}: {text}",)
        yield Event(
            entry.at, entry.source, server, severity, text, entry.at, told_by=(entry.source,), evidence=said, fact=fact
        )


def _read(source: str, text: str, pair: PairPicture) -> tuple[str, Severity, tuple[str, ...]]:
    """Whom a line of the story is about, how bad it is, and which event it tells."""
    if source == "state":
        match = STORY_STATE.match(text)
        if match is not None:
            after = State.read(match["after"])
            return match["server"], STATES.get(after, Severity.INFO), ("state", match["server"], str(after))
    if source == "trap":
        match = STORY_TRAP.match(text)
        if match is not None:
            severity, event = TRAPS.get(match["name"], (Severity.INFO, ""))
            server = match["server"] if match["server"] in pair.servers else ""
            return server, severity, ("contact", server, event) if event else ()
    words = re.split(r"[\s:]+", text)
    server = next((name for name in pair.servers if name in words), "")
    if source == "alarm":
        return server, Severity(words[0]) if words[0] in SEVERITIES else Severity.OK, ()
    for marker, severity, event in CONTACTS:
        if marker in text:
            return server, severity, ("contact", server, event) if event else ()
    return server, Severity.INFO, ()


def _transitions(pair: PairPicture) -> Iterator[Event]:
    """What the servers remember of their own states: also what happened while nobody looked."""
    for server in pair.servers.values():
        for each in server.report.transitions if server.report is not None else ():
            reason = f" ({each.reason})" if each.reason else ""
            text = f"{server.name} {each.before} -> {each.after}{reason}"
            yield Event(
                on_our_clock(server, each.at),
                "poll",
                server.name,
                STATES.get(each.after, Severity.INFO),
                text,
                each.at,
                clock_offset(server),
                told_by=("poll",),
                evidence=(f"poll: {server.name} remembers {each.before} -> {each.after}{reason}",),
                fact=("state", server.name, str(each.after)),
            )


def routine_lines(pair: PairPicture) -> int:
    """How many of its log lines nobody would miss."""
    return sum(_line(line.text).routine for line in pair.logs)


def _logs(pair: PairPicture, zones: Mapping[str, tzinfo], routine: bool) -> Iterator[Event]:
    before: dict[str, float] = {}
    offsets = {name: clock_offset(server) for name, server in pair.servers.items()}
    for line in pair.logs:
        read = _line(line.text)
        written = None if read.stamp is None else _written(read.stamp, zones.get(line.server, UTC))
        # A line without a time goes on with the one before it.
        told = before.get(line.server, line.at) if written is None else written
        before[line.server] = told
        if routine or not read.routine:
            yield _log_event(line, read, told, offsets.get(line.server, 0.0))


@dataclass(frozen=True, slots=True)
class _Line:
    """What a line says, whoever wrote it. `fact` lacks the server."""

    stamp: str | None
    severity: Severity
    text: str
    fact: tuple[str, str] | None
    routine: bool


@lru_cache(maxsize=8192)
def _line(written: str) -> _Line:
    """A line read. The same lines are looked at again each time that a screen is drawn."""
    match, stamp = LINE.match(written), STAMP.match(written)
    level, number = ("", "") if match is None else (match["level"], match["id"])
    text = written if match is None else f"{number} {match['text']}"
    arrow = ARROW.search(text) if number == STATE_MESSAGE else None
    fact: tuple[str, str] | None = None
    if arrow is not None:
        fact = ("state", str(State.read(arrow[2])))
        # What changed, first: eighty columns have no room for what stands before it in the line.
        text = text[arrow.start() :]
    elif number in (CONTACT_LOST, CONTACT_BACK):
        fact = ("contact", "lost" if number == CONTACT_LOST else "back")
    routine = level in ROUTINE_LEVELS and fact is None
    return _Line(None if stamp is None else stamp[0], LEVELS.get(level, Severity.INFO), text, fact, routine)


def _log_event(line: LogLine, read: _Line, told: float, offset: float) -> Event:
    return Event(
        told - offset,
        "log",
        line.server,
        read.severity,
        f"{line.server} {read.text}" if read.fact is not None and read.fact[0] == "state" else read.text,
        told,
        offset,
        told_by=("log",),
        evidence=(f"log: {line.text}",),
        fact=() if read.fact is None else (read.fact[0], line.server, read.fact[1]),
        routine=read.routine,
    )


@lru_cache(maxsize=4096)
def _written(stamp: str, zone: tzinfo) -> float | None:
    """The instant that a stamp names. Many lines have the same one."""
    day, clock = stamp.split(" ")
    month, number, year = map(int, day.split("/"))
    hour, minute, second = map(int, clock.split(":"))
    try:
        return datetime(year, month, number, hour, minute, second, tzinfo=zone).timestamp()
    except (ValueError, OverflowError):
        return None

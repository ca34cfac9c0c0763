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

from console.insight.log_format import LINE, STAMP
from console.insight.sight import clock_offset, on_our_clock
from console.model.observations import LogLine
from console.model.picture import PairPicture, ServerPicture, Severity
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


def timeline(pair: PairPicture, zones: Mapping[str, tzinfo]) -> list[Event]:
    """All that is known of the pair, the oldest first. `zones`: in which zone each server writes its log."""
    found = [
        *_story(pair),
        *_transitions(pair),
        *_logs(pair, zones),
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
        kept.append(replace(event, told_by=(event.source,), evidence=(_said(event),)))
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
        told_by=tuple(dict.fromkeys((*first.told_by, other.source))),
        evidence=(*first.evidence, _said(other)),
        routine=first.routine and other.routine,
        text=first.text if len(first.text) >= len(other.text) or other.source != "state" else other.text,
    )


def _badness(severity: Severity) -> int:
    return (Severity.OK, Severity.INFO, Severity.UNKNOWN, Severity.WARNING, Severity.MAJOR, Severity.CRITICAL).index(
        severity
    )


def _said(event: Event) -> str:
    return event.evidence[0] if event.evidence else f"{event.source}: {event.text}"


def _story(pair: PairPicture) -> Iterator[Event]:
    """The lines of the story, which the reducer wrote when it learnt of something."""
    for entry in pair.timeline:
        server, severity, fact = _read(entry.source, entry.text, pair)
        # The severity of an alarm is a word of its own here.
        text = entry.text.removeprefix(f"{severity} ") if entry.source == "alarm" else entry.text
        yield Event(entry.at, entry.source, server, severity, text, entry.at, fact=fact)


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
                evidence=(f"poll: {server.name} remembers {each.before} -> {each.after}{reason}",),
                fact=("state", server.name, str(each.after)),
            )


def _logs(pair: PairPicture, zones: Mapping[str, tzinfo]) -> Iterator[Event]:
    before: dict[str, float] = {}
    for line in pair.logs:
        server = pair.servers.get(line.server)
        written = _written(line, zones.get(line.server, UTC))
        offset = 0.0 if server is None else clock_offset(server)
        # A line without a time goes on with the one before it.
        told = before.get(line.server, line.at) if written is None else written
        before[line.server] = told
        yield _log_event(line, told, offset, server)


def _log_event(line: LogLine, told: float, offset: float, server: ServerPicture | None) -> Event:
    match = LINE.match(line.text)
    level, number = ("", "") if match is None else (match["level"], match["id"])
    text = line.text if match is None else f"{number} {match['text']}"
    arrow = ARROW.search(text) if number == STATE_MESSAGE else None
    fact: tuple[str, ...] = ()
    if arrow is not None:
        fact = ("state", line.server, str(State.read(arrow[2])))
        # What changed, first: eighty columns have no room for what stands before it in the line.
        text = f"{line.server} {text[arrow.start() :]}"
    elif number in (CONTACT_LOST, CONTACT_BACK):
        fact = ("contact", line.server, "lost" if number == CONTACT_LOST else "back")
    return Event(
        told - offset,
        "log",
        line.server,
        LEVELS.get(level, Severity.INFO),
        text,
        told,
        offset,
        evidence=(f"log: {line.text}",),
        fact=fact,
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

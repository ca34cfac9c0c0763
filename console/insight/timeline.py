"""Everything that happened to a pair on one axis of time: states, contacts, traps, log lines, alarms, and what people
did.

What several sources tell of the same event (console.insight.events) is one entry, under the earliest of their times,
with everybody who told it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import tzinfo

from console.insight.events import SOURCES, Event, log_reader, of_memory, of_story
from console.insight.freshness import clock_offset
from console.insight.incremental import Grown
from console.insight.summary import worst
from console.model.observations import LogLine
from console.model.picture import EntrySource, PairPicture, TimelineEntry

TOLD_TOGETHER_SECONDS = 20.0
"""Within so much several sources tell of one event: a poll, a trap and its retries, a line that is read late."""
STEADY_SECONDS = 0.5
"""A clock's offset that was measured anew and differs by less is the same: otherwise all events would tremble."""
ORDER = {source: number for number, source in enumerate(SOURCES)}


class Timeline:
    """The timeline of one pair as its picture goes on: what was read of it once is not read again."""

    def __init__(self) -> None:
        self._context: tuple[object, ...] | None = None
        self._offsets: dict[str, float] = {}

    def of(self, pair: PairPicture, zones: Mapping[str, tzinfo]) -> list[Event]:
        """All that is known of the pair, the oldest first. `zones`: in which zone each server writes its log."""
        self._offsets = {name: self._steady(name, seconds) for name, seconds in offsets(pair).items()}
        context = (dict(zones), self._offsets, tuple(pair.servers))
        if context != self._context:
            names = tuple(pair.servers)
            self._context = context
            self._story: Grown[TimelineEntry, Event] = Grown(lambda entries: of_story(entries, names))
            self._logs: Grown[LogLine, Event] = Grown(log_reader(self._offsets, zones))
        found = [*self._story.after(pair.timeline)]
        for server in pair.servers.values():
            found += of_memory(server, self._offsets.get(server.name, 0.0))
        found += self._logs.after(pair.logs)
        # The same time keeps the order of SOURCES: a state is named before the trap and the line that follow from it.
        found.sort(key=_order)
        return folded(found)

    def _steady(self, server: str, seconds: float) -> float:
        known = self._offsets.get(server)
        return seconds if known is None or abs(seconds - known) >= STEADY_SECONDS else known


def timeline(pair: PairPicture, zones: Mapping[str, tzinfo]) -> list[Event]:
    """The timeline of a pair that is looked at once."""
    return Timeline().of(pair, zones)


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
    return replace(
        first,
        severity=worst((first.severity, other.severity)),
        told_by=tuple(dict.fromkeys((*first.told_by, *other.told_by))),
        evidence=(*first.evidence, *other.evidence),
        routine=first.routine and other.routine,
        text=first.text if len(first.text) >= len(other.text) or other.source is not EntrySource.STATE else other.text,
    )


def _order(event: Event) -> tuple[float, int]:
    return event.at, ORDER[event.source]

"""All events of a pair in the order of time: states, contact, traps, log lines, alarms, and operator actions.

An event that several sources report (console.insight.events) is one entry, at the earliest of their times, with all its
sources.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo

from console.insight.events import SOURCES, Event, history_events, log_reader, timeline_events
from console.insight.freshness import clock_offset
from console.insight.incremental import IncrementalMap
from console.insight.summary import worst
from console.model.observations import LogLine
from console.model.picture import EntrySource, PairPicture, TimelineEntry

SAME_EVENT_SECONDS = 20.0
"""Reports of one event arrive within this time: a poll, a trap and its retries, a log line that is read late."""
STEADY_SECONDS = 0.5
"""A new measurement of a clock's offset that differs by less is ignored, so that the times of events do not change."""
ORDER = {source: number for number, source in enumerate(SOURCES)}


class Timeline:
    """The timeline of one pair while its picture changes. Each entry is read only once."""

    def __init__(self) -> None:
        self._context: tuple[object, ...] | None = None
        self._offsets: dict[str, float] = {}

    def of(self, pair: PairPicture, zones: Mapping[str, tzinfo]) -> list[Event]:
        """All events of the pair, oldest first. `zones`: the zone of each server's log."""
        self._offsets = {name: self._steady_offset(name, seconds) for name, seconds in offsets(pair).items()}
        context = (dict(zones), self._offsets, tuple(pair.servers))
        if context != self._context:
            self._context = context
            self._entries: IncrementalMap[TimelineEntry, Event] = IncrementalMap(timeline_events)
            self._logs: IncrementalMap[LogLine, Event] = IncrementalMap(log_reader(self._offsets, zones))
        found = [*self._entries.update(pair.timeline)]
        for server in pair.servers.values():
            found += history_events(server, self._offsets.get(server.name, 0.0))
        found += self._logs.update(pair.logs)
        # Events at the same time have the order of SOURCES: a state comes before the trap and the log line about it.
        found.sort(key=_order)
        return merge_reports(found)

    def _steady_offset(self, server: str, seconds: float) -> float:
        known = self._offsets.get(server)
        return seconds if known is None or abs(seconds - known) >= STEADY_SECONDS else known


def timeline(pair: PairPicture, zones: Mapping[str, tzinfo]) -> list[Event]:
    """The timeline of a pair, for a single use."""
    return Timeline().of(pair, zones)


def merge_reports(events: Iterable[Event]) -> list[Event]:
    """The events, with reports of the same event merged into the first of them."""
    merged: list[Event] = []
    recent: dict[tuple[str, ...], list[int]] = {}
    for event in events:
        # The first two parts of a fact are its subject and the server; the rest is the new value.
        subject = recent.setdefault(event.fact[:2], []) if event.fact else []
        number = _same(event, merged, subject)
        if number is not None:
            merged[number] = _merge(merged[number], event)
            continue
        subject.append(len(merged))
        merged.append(event)
    return merged


def _same(event: Event, merged: Sequence[Event], subject: list[int]) -> int | None:
    """The entry of the same event: the first within the time that this source has not reported yet.

    A source can report several changes at once, later than another source reported each of them. When the value has
    changed in between, the same value again from the same source is a new event.
    """
    while subject and event.at - merged[subject[0]].at > SAME_EVENT_SECONDS:
        subject.pop(0)
    for number in subject:
        if merged[number].fact == event.fact and event.source not in merged[number].told_by:
            return number
    if subject and merged[subject[-1]].fact == event.fact:
        return subject[-1]
    return None


def relative(at: float, mark: float) -> str:
    """`+00:03:12` or `-00:00:07`: the time since (or until) a marked event."""
    whole = int(abs(at - mark))
    sign = "-" if at < mark and whole else "+"
    return f"{sign}{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def offsets(pair: PairPicture) -> dict[str, float]:
    """How far each server's clock is ahead of the console's (s), for servers whose clock differs."""
    found = {server.name: clock_offset(server) for server in pair.servers.values()}
    return {name: seconds for name, seconds in found.items() if seconds}


def _merge(first: Event, other: Event) -> Event:
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

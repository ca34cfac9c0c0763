"""What changes in a picture, as lines of plain text: for screen readers, and for terminals that can draw nothing.

Each change is one line, with the clock of the console and the pair. A line is written once: the numbers in a verdict
that count on (how long ago contact was lost) do not make a new one.
"""

from collections.abc import Iterator
from datetime import tzinfo

from console.insight.countdowns import next_event
from console.insight.verdict import judge
from console.insight.wording import wall
from console.model.picture import PairPicture, Picture, TimelineEntry

DIGITS = str.maketrans("", "", "0123456789")


class PlainLines:
    """The lines of a picture that changes. `only`: of one pair, and of the console itself."""

    def __init__(self, zone: tzinfo, only: str | None = None) -> None:
        self._zone = zone
        self._only = only
        self._verdicts: dict[str, str] = {}
        self._next: dict[str, str] = {}
        self._last: dict[str, TimelineEntry | None] = {}

    def changes(self, picture: Picture, now: float) -> list[str]:
        """The lines for what has changed since the last call; at the first one, how every pair is now."""
        return list(self._changes(picture, now))

    def _changes(self, picture: Picture, now: float) -> Iterator[str]:
        for pair in picture.pairs.values():
            if self._only in (None, pair.name):
                yield from self._events(pair, pair.name, now)
                yield from self._verdict(pair, now)
                yield from self._next_event(pair, now)
        yield from self._events(picture.own, "console", now)

    def _verdict(self, pair: PairPicture, now: float) -> Iterator[str]:
        found = judge(pair, now, self._zone)
        key = f"{found.severity} {found.sentence.translate(DIGITS)}"
        if self._verdicts.get(pair.name) != key:
            self._verdicts[pair.name] = key
            yield self._line(now, pair.name, f"{found.severity.upper()}: {found.sentence}", now)

    def _next_event(self, pair: PairPicture, now: float) -> Iterator[str]:
        found = next_event(pair, now)
        words = "" if found is None else f"{'last known: ' if found.last_known else ''}{found.text}"
        if self._next.get(pair.name, "") != words:
            self._next[pair.name] = words
            if found is None:
                yield self._line(now, pair.name, "next: no automatic event", now)
            else:
                about = "about " if found.estimate else ""
                yield self._line(now, pair.name, f"next: {about}{wall(found.at, self._zone, now)}: {words}", now)

    def _events(self, pair: PairPicture, name: str, now: float) -> Iterator[str]:
        """The entries of the timeline since the last call. Those of before the first call are only counted."""
        entries = pair.timeline
        last = self._last.get(name)
        known = name in self._last
        self._last[name] = entries[-1] if entries else last
        if not known:
            if entries:
                yield self._line(now, name, f"{len(entries)} earlier events", now)
            return
        fresh = _after(entries, last)
        for entry in fresh:
            yield self._line(entry.at, name, f"{entry.source}: {entry.text}", now)

    def _line(self, at: float, name: str, words: str, now: float) -> str:
        return f"{wall(at, self._zone, now)} {name}: {words}"


def _after(entries: tuple[TimelineEntry, ...], last: TimelineEntry | None) -> tuple[TimelineEntry, ...]:
    """The entries after that one, which is an object of the timeline; all of them, if the timeline has lost it."""
    for place in range(len(entries) - 1, -1, -1):
        if entries[place] is last:
            return entries[place + 1 :]
    return entries

"""The logs of a pair together: read, filtered and searched a piece at a time, so that whoever looks never waits.

`work` does a piece of what is to do, and may run in another thread; `settle` takes over what is done, and is called
where the lines are drawn, never at the same time. The end of files is shown at once, while the rest is still read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from console.logs.filters import EVERYTHING, Filter
from console.logs.index import Index
from console.logs.selection import Selection, Source
from console.logs.spans import Fate, FileSpans, LineSpans

READ_BYTES = 256 * 1024
PREVIEW_BYTES = 128 * 1024
LOOKS_FOR_THE_END = 5
"""A line without its end that has not grown in so many looks is shown as it is: whoever wrote it may have died."""
A_DAY = 86400.0

LOST = {
    Fate.REWRITTEN: "was cut off or written anew: older lines cannot be read any more",
    Fate.GONE: "has had its oldest lines dropped",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A line wherever it stands in whatever selection: the number of its log and its offset there."""

    source: int
    offset: int


class LogBook:
    """The logs of some servers. `shown` is what the filter wants of them, `found` what is searched for in it.

    Both are replaced as a whole once what is wanted anew is there; until then the old one stays.
    """

    def __init__(self, sources: Sequence[Source], preview: Sequence[Source] = ()) -> None:
        self.sources = list(sources)
        self.shown = Selection(self.sources)
        self.found: Selection | None = None
        self.complete = False
        self.filter = EVERYTHING
        self.search: Filter | None = None
        self._preview = list(preview)
        self._next: Selection | None = None
        self._next_found: Selection | None = None
        self._busy = True
        if self._preview:
            self.shown = self._looked_ahead()
            self._next = Selection(self.sources)

    @property
    def busy(self) -> bool:
        """Whether there is more to do at once."""
        return self._busy or self._next is not None or self._next_found is not None

    @property
    def reading(self) -> float:
        """The share of the logs that was read when all is new."""
        total = sum(source.spans.size for source in self.sources)
        done = sum(source.index.reached - source.spans.first for source in self.sources)
        return min(1.0, done / total) if total else 1.0

    @property
    def filtering(self) -> float | None:
        """How far a new filter is; None when what is shown is what is wanted."""
        return None if self._next is None else self._next.progress

    @property
    def searching(self) -> float | None:
        return None if self._next_found is None else self._next_found.progress

    def want(self, wanted: Filter) -> None:
        """Show what this filter wants, once it is found."""
        self.filter = wanted
        self._next = Selection(self.sources, wanted)
        if self._preview:
            self.shown = self._looked_ahead()
        if self.search is not None:
            self.look_for(self.search)

    def look_for(self, search: Filter | None) -> None:
        """Search for this in what is shown; None: for nothing any more."""
        self.search = search
        self.found = None
        self._next_found = None if search is None else Selection(self.sources, self.filter.also(search))

    def reckon(self, limit: float) -> None:
        """What is stamped later than a day after that time is no time of a line."""
        for source in self.sources:
            source.index.stamps.latest = limit + A_DAY

    def work(self, pieces: int = 1) -> None:
        """Read some more of the files and ask what was read, up to so many pieces while there is more to do."""
        for _ in range(pieces):
            if not self._work_on_a_piece():
                return

    def _work_on_a_piece(self) -> bool:
        self._busy = any([self._read(source) for source in self.sources if isinstance(source.spans, FileSpans)])
        if self._busy and not self.complete:
            return True
        self.complete, left = True, False
        for selection in (self.shown, self.found):
            if selection is not None and not selection.outdated and selection.sources is self.sources:
                self._busy = selection.scan() or self._busy
        for selection in (self._next, self._next_found):
            # In order only at the end: one log that is ahead of the other would be put in order again and again.
            if selection is not None and not selection.outdated:
                if selection.scan():
                    left = True
                else:
                    selection.merge()
        return self._busy or left

    def settle(self) -> int | None:
        """Take over what is done. The position from which on what is shown is new; None: nothing is, 0: all is."""
        if self.complete and self._preview:
            for source in self._preview:
                source.spans.close()
            self._preview = []
        for source in self.sources:
            if isinstance(source.spans, LineSpans):
                while self._read(source):
                    pass
        new = None
        if (self._next or self.shown).outdated:
            self._next = Selection(self.sources, self.filter)
        elif self._next is not None and self.complete and not self._unasked(self._next):
            self.shown, self._next = self._next, None
            new = 0
        if self._next is None and self.shown.sources is self.sources and not self.shown.outdated:
            before = len(self.shown.merged)
            begin = self.shown.merge()
            if begin < before or len(self.shown.merged) > before:
                new = begin if new is None else min(new, begin)
        self._settle_search()
        return new

    def feed(self, source: int, lines: Sequence[str]) -> None:
        """Give a log that is no file what was learnt of it."""
        spans = self.sources[source].spans
        assert isinstance(spans, LineSpans)
        spans.add(lines)

    def place(self, position: int) -> Place | None:
        """What line stands at that position of what is shown."""
        try:
            lane, number = self.shown.merged.line(position)
        except IndexError:
            return None
        span = self.shown.sources[lane].index.span(number)
        return None if span is None else Place(lane, span[0])

    def position(self, place: Place, selection: Selection | None = None) -> int:
        """Where that line stands in what is shown, or where it would."""
        chosen = selection or self.shown
        index = chosen.sources[place.source].index
        if not index.count:
            return 0
        return chosen.merged.position(place.source, index.number_at(place.offset))

    def close(self) -> None:
        for source in (*self.sources, *self._preview):
            source.spans.close()

    def _looked_ahead(self) -> Selection:
        """The ends of the files alone, filtered at once: they are small."""
        for source in self._preview:
            while self._read(source):
                pass
        selection = Selection(self._preview, self.filter)
        while selection.scan():
            pass
        selection.merge()
        return selection

    def _read(self, source: Source) -> bool:
        fate, data = source.spans.more(READ_BYTES)
        index = source.index
        match fate:
            case Fate.SAME:
                source.looks += 1
                if source.looks == LOOKS_FOR_THE_END:
                    index.finish()
                return False
            case Fate.MORE:
                source.looks = 0
                index.feed(data)
                # Less than was asked for is the end, for now: who writes quickly must not keep us here.
                return len(data) == READ_BYTES or source.spans.further
            case _:
                index.finish()
                source.lost = LOST.get(fate, source.lost)
                if fate is Fate.GONE:
                    index.drop(source.spans.first)
        return True

    def _unasked(self, selection: Selection) -> bool:
        return selection.progress < 1.0

    def _settle_search(self) -> None:
        if self._next_found is not None and self._next_found.outdated and self.search is not None:
            self._next_found = Selection(self.sources, self.filter.also(self.search))
        elif self._next_found is not None and self.complete and not self._unasked(self._next_found):
            self.found, self._next_found = self._next_found, None
        if self.found is not None:
            if self.found.outdated:
                self.look_for(self.search)
            else:
                self.found.merge()


def file_source(server: str, role: str, path: Path, zone: tzinfo, *, older: bool = True) -> tuple[Source, Source]:
    """The log of a server that lies here, and the end of it to show first."""
    spans, ahead = FileSpans(path, older=older), FileSpans(path, tail=PREVIEW_BYTES)
    return (
        Source(server, role, spans, Index(zone)),
        Source(server, role, ahead, Index(zone, ahead.first)),
    )


def line_source(server: str, role: str, zone: tzinfo, kept: int | None) -> Source:
    """The log of a server that is told in observations, of which so many lines are kept; None: all."""
    return Source(server, role, LineSpans(kept), Index(zone))


def files_book(files: Mapping[str, tuple[str, Path]], zone: tzinfo) -> LogBook:
    """The logs in these files: server to role and path."""
    made = [file_source(server, role, path, zone) for server, (role, path) in files.items()]
    return LogBook([source for source, _ in made], [ahead for _, ahead in made])

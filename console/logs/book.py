"""The logs of a pair, read, filtered and searched in small steps so that the interface stays responsive.

`work` does one step and may run in another thread. `publish` makes finished work visible; call it where the lines are
drawn, and never while `work` runs. The end of each file is shown first, while the rest of it is read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from console.logs.filters import EVERYTHING, Filter
from console.logs.index import Index
from console.logs.selection import Selection, Source
from console.logs.spans import LineSpans
from console.sources.file_spans import FileSpans, ReadResult

READ_BYTES = 256 * 1024
PREVIEW_BYTES = 128 * 1024
IDLE_SECONDS = 60.0
"""A last line without a line end is shown when its file was not written for so long: its writer may have died. Sooner,
a line that is half written would become two."""
DAY_SECONDS = 86400.0

LOST_TEXTS = {
    ReadResult.REWRITTEN: "was truncated or overwritten: older lines cannot be read any more",
    ReadResult.GONE: "has lost its oldest lines",
}


@dataclass(frozen=True, slots=True)
class LineRef:
    """A line, in any selection: the number of its log, and the line's offset in that log."""

    source: int
    offset: int


class LogBook:
    """The logs of some servers. `shown` are the lines that match the filter, `found` those that match the search too.

    A new filter or search replaces each of them as a whole when its result is complete. Until then the old result
    stays.
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
            self.shown = self._preview_selection()
            self._next = Selection(self.sources)

    @property
    def busy(self) -> bool:
        """Whether more work can be done at once."""
        return self._busy or self._next is not None or self._next_found is not None

    @property
    def reading(self) -> float:
        """The share of the logs that was read, from 0 to 1."""
        total = sum(source.spans.size for source in self.sources)
        done = sum(source.index.reached - source.spans.first for source in self.sources)
        return min(1.0, done / total) if total else 1.0

    @property
    def filtering(self) -> float | None:
        """The progress of a new filter, from 0 to 1; None if the present filter is complete."""
        return None if self._next is None else self._next.progress

    @property
    def searching(self) -> float | None:
        """The progress of a new search, from 0 to 1; None if there is none."""
        return None if self._next_found is None else self._next_found.progress

    def apply_filter(self, wanted: Filter) -> None:
        """Show the lines that match this filter, as soon as they are found."""
        self.filter = wanted
        self._next = Selection(self.sources, wanted)
        if self._preview:
            self.shown = self._preview_selection()
        if self.search is not None:
            self.apply_search(self.search)

    def apply_search(self, search: Filter | None) -> None:
        """Search for this in the shown lines. None ends the search."""
        self.search = search
        self.found = None
        self._next_found = None if search is None else Selection(self.sources, self.filter.combined_with(search))

    def set_latest_time(self, limit: float) -> None:
        """Ignore the time of lines that are stamped more than a day after `limit`."""
        for source in self.sources:
            source.index.stamps.latest = limit + DAY_SECONDS

    def work(self, pieces: int = 1) -> None:
        """Read more of the files and scan what was read, in at most `pieces` steps."""
        for _ in range(pieces):
            if not self._work_once():
                return

    def _work_once(self) -> bool:
        self._busy = any([self._read(source) for source in self.sources if isinstance(source.spans, FileSpans)])
        if self._busy and not self.complete:
            return True
        self.complete, left = True, False
        for selection in (self.shown, self.found):
            if selection is not None and not selection.outdated and selection.sources is self.sources:
                self._busy = selection.scan() or self._busy
        for selection in (self._next, self._next_found):
            # Merge at the end only: a log that was scanned further than the other would be merged again and again.
            if selection is not None and not selection.outdated:
                if selection.scan():
                    left = True
                else:
                    selection.merge()
        return self._busy or left

    def publish(self) -> int | None:
        """Make finished work visible. Returns the first position that changed: None if none did, 0 if all did."""
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
        elif self._next is not None and self.complete and not self._incomplete(self._next):
            self.shown, self._next = self._next, None
            new = 0
        if self._next is None and self.shown.sources is self.sources and not self.shown.outdated:
            before = len(self.shown.merged)
            begin = self.shown.merge()
            if begin < before or len(self.shown.merged) > before:
                new = begin if new is None else min(new, begin)
        self._publish_search()
        return new

    def feed(self, source: int, lines: Sequence[str]) -> None:
        """Add lines to a log that is not a file on this host."""
        spans = self.sources[source].spans
        assert isinstance(spans, LineSpans)
        spans.add(lines)

    def place(self, position: int) -> LineRef | None:
        """The line at a position of the shown lines; None past their end."""
        try:
            lane, number = self.shown.merged.line(position)
        except IndexError:
            return None
        span = self.shown.sources[lane].index.span(number)
        return None if span is None else LineRef(lane, span[0])

    def position(self, place: LineRef, selection: Selection | None = None) -> int:
        """The position of a line in the shown lines, or the position that it would have."""
        chosen = selection or self.shown
        index = chosen.sources[place.source].index
        if not index.count:
            return 0
        return chosen.merged.position(place.source, index.number_at(place.offset))

    def close(self) -> None:
        for source in (*self.sources, *self._preview):
            source.spans.close()

    def _preview_selection(self) -> Selection:
        """A selection from the ends of the files, filtered at once: they are small."""
        for source in self._preview:
            while self._read(source):
                pass
        selection = Selection(self._preview, self.filter)
        while selection.scan():
            pass
        selection.merge()
        return selection

    def _read(self, source: Source) -> bool:
        result, data = source.spans.read_next(READ_BYTES)
        index = source.index
        match result:
            case ReadResult.SAME:
                if isinstance(source.spans, FileSpans) and index.has_rest and source.spans.idle_seconds > IDLE_SECONDS:
                    index.finish()
                return False
            case ReadResult.MORE:
                index.feed(data)
                # A short read is the end for now. A fast writer must not keep this loop busy.
                return len(data) == READ_BYTES or source.spans.has_more
            case _:
                index.finish()
                source.lost = LOST_TEXTS.get(result, source.lost)
                if result is ReadResult.GONE:
                    index.drop(source.spans.first)
        return True

    def _incomplete(self, selection: Selection) -> bool:
        return selection.progress < 1.0

    def _publish_search(self) -> None:
        if self._next_found is not None and self._next_found.outdated and self.search is not None:
            self._next_found = Selection(self.sources, self.filter.combined_with(self.search))
        elif self._next_found is not None and self.complete and not self._incomplete(self._next_found):
            self.found, self._next_found = self._next_found, None
        if self.found is not None:
            if self.found.outdated:
                self.apply_search(self.search)
            else:
                self.found.merge()


def file_source(server: str, role: str, path: Path, zone: tzinfo, *, older: bool = True) -> tuple[Source, Source]:
    """The log of a server in a file on this host: the whole log, and its end to show first."""
    spans, preview = FileSpans(path, older=older), FileSpans(path, tail=PREVIEW_BYTES)
    whole, end = Index(zone), Index(zone, preview.first)
    written = spans.written_at
    if written is not None:
        # Until the caller sets the present time: stamps without a year are before the last write.
        whole.stamps.latest = end.stamps.latest = written + DAY_SECONDS
    return Source(server, role, spans, whole), Source(server, role, preview, end)


def line_source(server: str, role: str, zone: tzinfo, kept: int | None) -> Source:
    """The log of a server that arrives in observations. At most about `kept` lines are kept; None keeps all."""
    return Source(server, role, LineSpans(kept), Index(zone))


def files_book(files: Mapping[str, tuple[str, Path]], zone: tzinfo) -> LogBook:
    """The logs in these files: server to (role, path)."""
    pairs = [file_source(server, role, path, zone) for server, (role, path) in files.items()]
    return LogBook([source for source, _ in pairs], [preview for _, preview in pairs])

"""The lines of several logs that match a filter, in order of time; found in small steps."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from console.logs.filters import EVERYTHING, Filter
from console.logs.index import Index
from console.logs.merged import Lane, MergedLines
from console.logs.scanning import batch_end, matching_lines
from console.logs.spans import Spans

SCANNED_BYTES = 256 * 1024
"""How much of one log is scanned in one step: some milliseconds, so that keys are handled in between."""


@dataclass(slots=True)
class Source:
    """The log of one server: its bytes and its index.

    `shift` is by how many whole seconds the server's clock is ahead of ours. `lost` is why older lines cannot be read
    any more, None if all can be read.
    """

    server: str
    role: str
    spans: Spans
    index: Index
    shift: int = 0
    lost: str | None = None

    def line(self, number: int) -> bytes | None:
        """The bytes of a line; None if they are gone."""
        span = self.index.span(number)
        data = b"" if span is None else self.spans.read(*span)
        return data or None


class Selection:
    """The lines of the sources that match a filter. `scan` and `merge` continue the search."""

    def __init__(self, sources: Sequence[Source], wanted: Filter = EVERYTHING) -> None:
        self.sources = sources
        self.wanted = wanted
        self._admitted = [wanted.admits_server(source.server, source.role) for source in sources]
        self._reads = wanted.reads or wanted.level > 0 or bool(wanted.ids)
        self._scanned = [source.index.first for source in sources]
        self._revisions = [source.index.revision for source in sources]
        everything = [admitted and not self._reads for admitted in self._admitted]
        self.merged = MergedLines(
            [
                Lane(source.index, source.shift, None if whole else array("Q"))
                for source, whole in zip(sources, everything, strict=True)
            ]
        )

    @property
    def outdated(self) -> bool:
        """Whether the lines that were found have changed since: a new selection is needed."""
        return any(
            source.index.revision != revision or source.shift != lane.shift
            for source, revision, lane in zip(self.sources, self._revisions, self.merged.lanes, strict=True)
        )

    @property
    def progress(self) -> float:
        """The share of the lines that were scanned, from 0 to 1."""
        if not self._reads:
            return 1.0
        total = sum(len(source.index.starts) for source in self.sources)
        done = sum(at - source.index.first for at, source in zip(self._scanned, self.sources, strict=True))
        return done / total if total else 1.0

    def scan(self) -> bool:
        """Scan some more lines. Returns whether more are left."""
        if not self._reads:
            return False
        left = False
        for number, source in enumerate(self.sources):
            index, first = source.index, self._scanned[number]
            if first >= index.count:
                continue
            last = min(batch_end(index, first, SCANNED_BYTES), index.count)
            selected = self.merged.lanes[number].selected
            if self._admitted[number] and selected is not None:
                selected.extend(matching_lines(self.wanted, index, first, last, source.spans.read))
            self._scanned[number] = last
            left = left or last < index.count
        return left

    def merge(self) -> int:
        """Merge the lines that were found. Returns the first position that changed."""
        return self.merged.extend()

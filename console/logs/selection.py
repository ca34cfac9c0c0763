"""The lines that a filter wants, of several logs, in the order of time; found a piece at a time."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from console.logs.filters import EVERYTHING, Filter
from console.logs.index import Index
from console.logs.merged import Lane, Merged
from console.logs.scanning import upto, wanted_lines
from console.logs.spans import Spans

SCANNED_BYTES = 256 * 1024
"""Of one log in one step: some milliseconds, after which a key that was pressed has its turn."""


@dataclass(slots=True)
class Source:
    """The log of one server: where its bytes are and what is known of its lines. `shift`: whole seconds that its clock
    is ahead of ours. `lost` says what can not be read any more, None when nothing was lost."""

    server: str
    role: str
    spans: Spans
    index: Index
    shift: int = 0
    lost: str | None = None
    looks: int = field(default=0, init=False)
    """How often nothing was new since something last was."""

    def line(self, number: int) -> bytes | None:
        """The bytes of a line; None where they are gone."""
        span = self.index.span(number)
        data = b"" if span is None else self.spans.read(*span)
        return data or None


class Selection:
    """What a filter finds in the sources as they are; `scan` and `merge` go on with it."""

    def __init__(self, sources: Sequence[Source], wanted: Filter = EVERYTHING) -> None:
        self.sources = sources
        self.wanted = wanted
        self._admitted = [wanted.admits(source.server, source.role) for source in sources]
        self._reads = wanted.reads or wanted.level > 0 or bool(wanted.ids)
        self._scanned = [source.index.first for source in sources]
        self._renewed = [source.index.renewed for source in sources]
        everything = [admitted and not self._reads for admitted in self._admitted]
        self.merged = Merged(
            [
                Lane(source.index, source.shift, None if whole else array("Q"))
                for source, whole in zip(sources, everything, strict=True)
            ]
        )

    @property
    def outdated(self) -> bool:
        """Whether lines that it has found are not what they were: it must be made anew."""
        return any(
            source.index.renewed != renewed or source.shift != lane.shift
            for source, renewed, lane in zip(self.sources, self._renewed, self.merged.lanes, strict=True)
        )

    @property
    def progress(self) -> float:
        """The share of the lines that were asked, from 0 to 1."""
        if not self._reads:
            return 1.0
        total = sum(len(source.index.starts) for source in self.sources)
        done = sum(at - source.index.first for at, source in zip(self._scanned, self.sources, strict=True))
        return done / total if total else 1.0

    def scan(self) -> bool:
        """Ask some more lines; whether there are more to ask."""
        if not self._reads:
            return False
        left = False
        for number, source in enumerate(self.sources):
            index, first = source.index, self._scanned[number]
            if first >= index.count:
                continue
            last = min(upto(index, first, SCANNED_BYTES), index.count)
            picked = self.merged.lanes[number].picked
            if self._admitted[number] and picked is not None:
                picked.extend(wanted_lines(self.wanted, index, first, last, source.spans.read))
            self._scanned[number] = last
            left = left or last < index.count
        return left

    def merge(self) -> int:
        """Put what was found in order; the position from which on the order is new."""
        return self.merged.extend()

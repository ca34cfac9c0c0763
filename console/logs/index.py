"""The start of each line of a log, with the three fields that are used most: time, level and message id.

An index is fed bytes in pieces of any size. It holds arrays and no lines: a million lines take 17 MB. Lines are
numbered from the first one that was read, and keep their numbers when older lines are dropped. Only a stamp at the
beginning of a line is its time; a line without a stamp (the rest of a traceback) takes the time of the line before it.
Times never decrease within a log: a log is in the order in which it was written, also when the clock went back.
"""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from datetime import tzinfo
from itertools import accumulate

from console.dialects.dialect import LEVELS
from console.dialects.ids import NO_ID
from console.logs.heads import Head, head_of, heads_of
from console.logs.stamps import Stamps

MAX_LINE_BYTES = 64 * 1024
"""A longer line is split. Otherwise a file without line ends would be kept in memory as a whole."""

INFO = LEVELS.index("Info")
"""The level of a line without one, and of a word that is not among LEVELS."""


class Index:
    """The lines of one log. `begin` is the offset of its first byte.

    Attributes:
        first: the number of the oldest line in the index; `count` is the number of the newest line plus one.
        starts: the offset at which each line begins.
        keys: the time of each line in Unix seconds by its server's clock, never before that of the line before it; 0
            until a line with a time was read.
        levels: the position of each line's level in LEVELS.
        ids: the message id of each line; 0 before the first one.
        end: the offset after the last line.
        revision: a counter that grows when lines that were read before have changed.
    """

    def __init__(self, zone: tzinfo, begin: int = 0) -> None:
        self.stamps = Stamps(zone)
        self.first = 0
        self.starts = array("Q")
        self.keys = array("I")
        self.levels = bytearray()
        self.ids = array("I")
        self.end = begin
        self.revision = 0
        self._rest = b""

    @property
    def count(self) -> int:
        return self.first + len(self.starts)

    @property
    def reached(self) -> int:
        """The offset up to which the log was read, including an incomplete last line."""
        return self.end + len(self._rest)

    @property
    def has_rest(self) -> bool:
        """Whether the last line is incomplete."""
        return bool(self._rest)

    def feed(self, data: bytes) -> None:
        """Add the bytes that follow."""
        data = self._rest + data
        cut = data.rfind(b"\n") + 1
        rest = data[cut:]
        whole = len(rest) - len(rest) % MAX_LINE_BYTES
        self._rest = rest[whole:]
        self._add(data[:cut])
        for start in range(0, whole, MAX_LINE_BYTES):
            self._add_lines([rest[start : start + MAX_LINE_BYTES]])

    def finish(self) -> None:
        """End the incomplete last line: the bytes that follow do not belong to it."""
        if self._rest:
            rest, self._rest = self._rest, b""
            self._add_lines([rest])

    def drop(self, before: int) -> None:
        """Drop the lines that begin before that offset."""
        number = max(0, bisect_right(self.starts, before - 1))
        for column in (self.starts, self.keys, self.levels, self.ids):
            del column[:number]
        self.first += number
        self.revision += bool(number)

    def span(self, number: int) -> tuple[int, int] | None:
        """The start and end offset of a line, including its line end; None if it was dropped."""
        place = number - self.first
        if not 0 <= place < len(self.starts):
            return None
        return self.starts[place], self.starts[place + 1] if place + 1 < len(self.starts) else self.end

    def number_at(self, offset: int) -> int:
        """The number of the line at that offset, or of the nearest line in the index."""
        return self.first + max(0, bisect_right(self.starts, offset) - 1)

    def _add(self, data: bytes) -> None:
        if not data:
            return
        lines = data.split(b"\n")[:-1]
        if max(map(len, lines)) < MAX_LINE_BYTES:
            self._append([len(line) + 1 for line in lines], heads_of(data, lines))
            return
        pieces = []
        for line in lines:
            line += b"\n"
            pieces += [line[at : at + MAX_LINE_BYTES] for at in range(0, len(line), MAX_LINE_BYTES)]
        self._add_lines(pieces)

    def _add_lines(self, lines: Sequence[bytes]) -> None:
        self._append([len(line) for line in lines], [head_of(line) for line in lines])

    def _append(self, sizes: Sequence[int], heads: Sequence[Head]) -> None:
        stamps, levels, ids = zip(*heads, strict=True)
        before = self.keys[-1] if self.keys else 0
        times = accumulate(self.stamps.times_in_order(stamps, before), max, initial=before)
        next(times)
        keys = array("I", times)
        if not before and keys[-1]:
            self._set_first_time(keys)
        ends = list(accumulate(sizes, initial=self.end))
        # `starts` is extended last: for a reader in another thread, a line in it is complete.
        self.levels += bytes(_fill_gaps(levels, self.levels[-1] if self.levels else INFO))
        self.ids.extend(_fill_gaps(ids, self.ids[-1] if self.ids else NO_ID))
        self.keys.extend(keys)
        self.starts.extend(ends[:-1])
        self.end = ends[-1]

    def _set_first_time(self, keys: "array[int]") -> None:
        """Give the lines before the first time that time. Otherwise they would sort before all other logs."""
        place = next(number for number, key in enumerate(keys) if key)
        for number in range(place):
            keys[number] = keys[place]
        for number in range(len(self.keys)):
            self.keys[number] = keys[place]
        self.revision += bool(self.keys)


def _fill_gaps(values: Sequence[int | None], before: int) -> Sequence[int]:
    """The values, each that is missing replaced by the one before it."""
    if None not in values:
        return values  # type: ignore[return-value]  # There is no None in it.
    found = []
    for value in values:
        before = before if value is None else value
        found.append(before)
    return found

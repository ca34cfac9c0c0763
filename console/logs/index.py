"""Where each line of a log begins, and what is asked of it most: its time, its level, its message id.

An index is fed bytes in pieces of any size and holds arrays, never a line: a million lines are seventeen megabytes.
Lines are numbered from the first that was ever read, and keep their numbers when older ones are dropped. Only what
stands at the beginning of a line counts as its time; a line without (the rest of a traceback) goes with the one before
it. Times never go back within a log: a log is in the order in which it was written, whatever its clock did.
"""

import re
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from datetime import tzinfo
from itertools import accumulate

from console.logs.stamps import Stamps

LONGEST_LINE_BYTES = 64 * 1024
"""A longer line is several: without this a file without line ends would be kept in memory whole."""

LEVELS = ("Debug", "Activity", "Info", "Notice", "Warning", "Error", "Critical")
"""What a server may call a line, the least first. A word that is not here counts as Info."""
INFO = LEVELS.index("Info")
_LEVEL = {word.encode(): number for number, word in enumerate(LEVELS)}

_HEAD = rb"(?:(\d\d/\d\d/\d{4} +\d{1,2}:\d\d:\d\d) +\S+ +([A-Z][a-z]+) +\S+ +\d+ +(\d{5}) )?"
_HEADS = re.compile(_HEAD + rb".*\n")
_ONE_HEAD = re.compile(_HEAD)


class Index:
    """The lines of one log. `begin` is the offset of its first byte.

    Attributes:
        first: the number of the first line that is kept; `count` is one more than that of the last.
        starts: the offset at which each kept line begins.
        keys: its time in Unix seconds by its server's clock, never before that of the line before; 0 until a line
            with a time was read.
        levels: its place in LEVELS.
        ids: its message id; 0 before the first.
        end: the offset after the last line.
        renewed: grows when something that was read before is not as it was.
    """

    def __init__(self, zone: tzinfo, begin: int = 0) -> None:
        self.stamps = Stamps(zone)
        self.first = 0
        self.starts = array("Q")
        self.keys = array("I")
        self.levels = bytearray()
        self.ids = array("I")
        self.end = begin
        self.renewed = 0
        self._rest = b""

    @property
    def count(self) -> int:
        return self.first + len(self.starts)

    @property
    def reached(self) -> int:
        """The offset up to which was read, a line that is not finished included."""
        return self.end + len(self._rest)

    def feed(self, data: bytes) -> None:
        """Take the bytes that follow."""
        data = self._rest + data
        cut = data.rfind(b"\n") + 1
        rest = data[cut:]
        whole = len(rest) - len(rest) % LONGEST_LINE_BYTES
        self._rest = rest[whole:]
        self._add(data[:cut])
        for start in range(0, whole, LONGEST_LINE_BYTES):
            self._add_lines([rest[start : start + LONGEST_LINE_BYTES]])

    def finish(self) -> None:
        """What follows does not belong to the line that was begun: it ends here."""
        if self._rest:
            rest, self._rest = self._rest, b""
            self._add_lines([rest])

    def drop(self, before: int) -> None:
        """Forget the lines that begin before that offset."""
        number = max(0, bisect_right(self.starts, before - 1))
        for column in (self.starts, self.keys, self.levels, self.ids):
            del column[:number]
        self.first += number
        self.renewed += bool(number)

    def span(self, number: int) -> tuple[int, int] | None:
        """Where a line lies, its end included; None when it is not kept."""
        place = number - self.first
        if not 0 <= place < len(self.starts):
            return None
        return self.starts[place], self.starts[place + 1] if place + 1 < len(self.starts) else self.end

    def number_at(self, offset: int) -> int:
        """The line at that offset, or the nearest that is kept."""
        return self.first + max(0, bisect_right(self.starts, offset) - 1)

    def _add(self, data: bytes) -> None:
        if not data:
            return
        lines = data.split(b"\n")[:-1]
        if max(map(len, lines)) < LONGEST_LINE_BYTES:
            self._append([len(line) + 1 for line in lines], _HEADS.findall(data))
            return
        pieces = []
        for line in lines:
            line += b"\n"
            pieces += [line[at : at + LONGEST_LINE_BYTES] for at in range(0, len(line), LONGEST_LINE_BYTES)]
        self._add_lines(pieces)

    def _add_lines(self, lines: Sequence[bytes]) -> None:
        self._append([len(line) for line in lines], [_head(line) for line in lines])

    def _append(self, sizes: Sequence[int], heads: Sequence[tuple[bytes, bytes, bytes]]) -> None:
        stamps, levels, ids = zip(*heads, strict=True)
        before = self.keys[-1] if self.keys else 0
        times = accumulate(self.stamps.in_order(stamps, before), max, initial=before)
        next(times)
        keys = array("I", times)
        if not before and keys[-1]:
            self._begin_with(keys)
        ends = list(accumulate(sizes, initial=self.end))
        # The starts come last: a line that they have is complete for whoever looks from another thread.
        self.levels += bytes(self._inherited(levels, _LEVEL, self.levels[-1] if self.levels else INFO))
        self.ids.extend(_numbers(ids, self.ids[-1] if self.ids else 0))
        self.keys.extend(keys)
        self.starts.extend(ends[:-1])
        self.end = ends[-1]

    def _begin_with(self, keys: "array[int]") -> None:
        """Lines before the first time go with it, not with the beginning of all time."""
        place = next(number for number, key in enumerate(keys) if key)
        for number in range(place):
            keys[number] = keys[place]
        for number in range(len(self.keys)):
            self.keys[number] = keys[place]
        self.renewed += bool(self.keys)

    @staticmethod
    def _inherited(words: Sequence[bytes], table: dict[bytes, int], before: int) -> list[int]:
        if b"" not in words:
            return [table.get(word, INFO) for word in words]
        found = []
        for word in words:
            before = table.get(word, INFO) if word else before
            found.append(before)
        return found


def _head(line: bytes) -> tuple[bytes, bytes, bytes]:
    match = _ONE_HEAD.match(line)
    groups = match.groups(b"") if match is not None else (b"", b"", b"")
    return groups[0], groups[1], groups[2]


def _numbers(words: Sequence[bytes], before: int) -> list[int]:
    if b"" not in words:
        return list(map(int, words))
    found = []
    for word in words:
        before = int(word) if word else before
        found.append(before)
    return found

"""The beginnings of log lines for an index: stamp, level and message id of each, by whatever dialect reads it.

The two forms of which logs have millions of lines are read a whole block at a time. Every other line is read by itself
(`console.dialects.reading`), with the same result.
"""

import re
from collections.abc import Sequence

from console.dialects import stamps
from console.dialects.dialect import LEVELS, Dialect
from console.dialects.ids import NO_ID, id_number
from console.dialects.kea import KEA
from console.dialects.pairwatch import PAIRWATCH
from console.dialects.reading import read_line

Head = tuple[bytes, int | None, int | None]
"""The stamp of a line, empty if it has none; the position of its level in LEVELS and the number of its message id, None
for a line that no dialect reads: it belongs to the line before it."""

INFO = LEVELS.index("Info")
UNREAD: Head = (b"", None, None)
READ_BYTES = 1024
"""How much of a line is read for its beginning."""
MAX_CACHED_WORDS = 4096


class _Numbers(dict[bytes, int]):
    """The numbers of message ids: a log has few of them."""

    def __missing__(self, word: bytes) -> int:
        if len(self) >= MAX_CACHED_WORDS:
            self.clear()
        number = self[word] = id_number(word.decode("ascii"))
        return number


_IDS = _Numbers()


class _Form:
    """The lines of one dialect, as bytes, many at a time."""

    def __init__(self, dialect: Dialect, head: str) -> None:
        written = head.encode()
        self.head = re.compile(written)
        self.lines = re.compile(b"(?:" + written + rb")?.*\n")
        self.levels = {word.encode(): LEVELS.index(level) for word, level in dialect.levels.items()}

    def heads(self, data: bytes) -> list[tuple[bytes, bytes, bytes]]:
        """Stamp, level and id of each line, empty where a line has another form."""
        return self.lines.findall(data)


_PAIRWATCH = _Form(PAIRWATCH, rf"({stamps.PAIRWATCH}) +\S+ +([A-Z][a-z]+) +\S+ +\d+ +(\d{{5}}) ")
_KEA = _Form(
    KEA,
    rf"({stamps.KEA_SECONDS}){stamps.FRACTION} +(FATAL|ERROR|WARN|INFO|DEBUG) +"
    r"\[[\w-]+[^\]\s]*\] ([A-Z][A-Z0-9_]*)(?=[ \n])",
)


def heads_of(data: bytes, lines: Sequence[bytes]) -> Sequence[Head]:
    """The heads of the lines of a block; `data` are the same lines with their ends."""
    form = _KEA if _KEA.head.match(data) else _PAIRWATCH
    levels, ids = form.levels, _IDS
    return [
        (stamp, levels.get(level, INFO), ids[number]) if stamp else head_of(line)
        for (stamp, level, number), line in zip(form.heads(data), lines, strict=True)
    ]


def head_of(line: bytes) -> Head:
    """The head of one line."""
    if line[:1].isspace() or not line:
        return UNREAD
    record = read_line(line[:READ_BYTES].decode("utf-8", "replace").rstrip("\r\n"))
    if record is None:
        return UNREAD
    level = LEVELS.index(record.level) if record.level in LEVELS else INFO
    # Many lines share a second; a stamp with its zone is kept whole.
    stamp = record.stamp if stamps.is_zoned(record.stamp) else record.stamp.partition(".")[0]
    return stamp.encode(), level, _IDS[record.id.encode()] if record.id else NO_ID

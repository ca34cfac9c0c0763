"""The bytes of a log as one run that only grows, wherever they come from.

A file is held open: what was read of it can be read again after it was renamed, and the last lines before a rotation
come from the old file although the name belongs to the new one. Files that were rotated before come first.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

FINGERPRINT_BYTES = 64
"""What stands at the beginning and before the place that was read, to notice a file that was written anew."""
MOST_FILES = 64
LINES_KEPT = 100_000
"""Of a log that is no file here. More would be dropped one day anyway, and then at the worst time."""


class Fate(Enum):
    """What came of a look at the bytes. With the last three, what follows begins a new file.

    REWRITTEN: what was read of the file is not there any more. GONE: of so many files the oldest was let go.
    """

    SAME = "same"
    MORE = "more"
    NEXT = "next"
    REWRITTEN = "rewritten"
    GONE = "gone"


class Spans(Protocol):
    """Bytes by their offset. `first` is that of the oldest that are kept, `size` how many there are to read now."""

    first: int

    @property
    def size(self) -> int: ...

    @property
    def further(self) -> bool:
        """Whether there is more behind the end that was reached."""
        ...

    def more(self, limit: int) -> tuple[Fate, bytes]:
        """What follows, at most `limit` bytes."""
        ...

    def read(self, start: int, stop: int) -> bytes:
        """The bytes between two offsets; fewer where they are gone."""
        ...

    def close(self) -> None: ...


@dataclass(slots=True)
class _Piece:
    """One file, None once it was written anew. `base` is its offset in the run, `read` how much of it was read."""

    descriptor: int | None
    base: int
    read: int = 0
    begun: int = 0
    """Where reading began: not at 0 where only the end is read."""
    head: bytes = b""
    tail: bytes = b""

    @property
    def size(self) -> int:
        return self.read if self.descriptor is None else os.fstat(self.descriptor).st_size

    def at(self, offset: int, size: int) -> bytes:
        return b"" if self.descriptor is None else os.pread(self.descriptor, size, offset)

    def close(self) -> None:
        if self.descriptor is not None:
            os.close(self.descriptor)
        self.descriptor = None

    def next(self, limit: int) -> bytes:
        data = self.at(self.read, limit)
        if data:
            if len(self.head) < FINGERPRINT_BYTES:
                self.head = (self.head + data)[:FINGERPRINT_BYTES]
            self.tail = (self.tail + data)[-FINGERPRINT_BYTES:]
            self.read += len(data)
        return data

    def rewritten(self) -> bool:
        """Whether what was read is not there any more: cut off, or overwritten."""
        if self.size < self.read:
            return True
        tail = self.at(self.read - len(self.tail), len(self.tail))
        return tail != self.tail or self.at(self.begun, len(self.head)) != self.head


class FileSpans:
    """A log file, with those that it was renamed to before (`name.1`, `name.01`), the oldest first.

    `tail`: begin so many bytes before the end, at the beginning of a line, and without the older files.
    """

    def __init__(self, path: Path, *, older: bool = True, tail: int | None = None) -> None:
        self.path = path
        self.first = 0
        self._pieces: list[_Piece] = []
        self._reading = 0
        if tail is None:
            for each in rotated(path) if older else ():
                self._open(each)
        self._open(path)
        if tail is not None and self._pieces:
            self._begin_at_tail(tail)

    @property
    def size(self) -> int:
        """How many bytes there are up to the end of the file as it is now."""
        return self._pieces[-1].base + self._pieces[-1].size - self.first if self._pieces else 0

    @property
    def further(self) -> bool:
        """Whether another file follows the one that is read."""
        return self._reading + 1 < len(self._pieces)

    def more(self, limit: int) -> tuple[Fate, bytes]:
        """What follows. Once the file under the name is another, the old one is read to its end first."""
        if not self._pieces and not self._open(self.path):
            return Fate.SAME, b""
        piece = self._pieces[self._reading]
        data = piece.next(limit)
        if data:
            return Fate.MORE, data
        if self.further:
            self._go_on()
            return Fate.NEXT, b""
        return self._look(piece, limit)

    def read(self, start: int, stop: int) -> bytes:
        found = b""
        for piece in self._pieces:
            begin, end = max(start, piece.base), min(stop, piece.base + piece.read)
            if begin < end:
                found += piece.at(begin - piece.base, end - begin)
        return found

    def close(self) -> None:
        for piece in self._pieces:
            piece.close()
        self._pieces, self._reading = [], 0

    def _look(self, piece: _Piece, limit: int) -> tuple[Fate, bytes]:
        if piece.rewritten():
            again = _Piece(piece.descriptor, piece.base + piece.read)
            piece.descriptor = None
            self._pieces.append(again)
            self._go_on()
            return Fate.REWRITTEN, b""
        try:
            named = self.path.stat()
        except OSError:
            # Between the rename and the new file there is a moment without one: what we hold is still the log.
            return Fate.SAME, b""
        ours = os.fstat(piece.descriptor) if piece.descriptor is not None else named
        if (named.st_dev, named.st_ino) == (ours.st_dev, ours.st_ino):
            return Fate.SAME, b""
        # Something may have been written between the last read and the rename.
        data = piece.next(limit)
        if data:
            return Fate.MORE, data
        if not self._open(self.path):
            return Fate.SAME, b""
        self._go_on()
        if len(self._pieces) > MOST_FILES:
            self._pieces.pop(0).close()
            self._reading -= 1
            self.first = self._pieces[0].base
            return Fate.GONE, b""
        return Fate.NEXT, b""

    def _go_on(self) -> None:
        done = self._pieces[self._reading]
        self._reading += 1
        self._pieces[self._reading].base = done.base + done.read

    def _open(self, path: Path) -> bool:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return False
        base = self._pieces[-1].base + self._pieces[-1].size if self._pieces else 0
        self._pieces.append(_Piece(descriptor, base))
        return True

    def _begin_at_tail(self, tail: int) -> None:
        piece = self._pieces[0]
        start = max(0, piece.size - tail)
        if start:
            start += piece.at(start, tail).find(b"\n") + 1
        piece.read = piece.begun = start
        self.first = start


class LineSpans:
    """Lines that came some other way: from a server's API, or from a recording. The oldest are dropped in time.

    `kept` is how many lines there may be, more or less; None: as many as there are.
    """

    def __init__(self, kept: int | None = LINES_KEPT) -> None:
        self.first = 0
        self._data = bytearray()
        self._fresh = 0
        self._lines = 0
        self._kept = kept

    @property
    def size(self) -> int:
        return len(self._data)

    @property
    def further(self) -> bool:
        return False

    def add(self, lines: Iterable[str]) -> None:
        """Take lines, each without its end."""
        for line in lines:
            self._data += " ".join(line.splitlines()).encode("utf-8", "surrogateescape") + b"\n"
            self._lines += 1

    def more(self, limit: int) -> tuple[Fate, bytes]:
        start = self._fresh - self.first
        data = bytes(self._data[start : start + limit])
        self._fresh += len(data)
        if not data and self._kept is not None and self._lines > self._kept + self._kept // 10:
            self._drop(self._lines - self._kept)
            return Fate.GONE, b""
        return (Fate.MORE if data else Fate.SAME), data

    def read(self, start: int, stop: int) -> bytes:
        return bytes(self._data[max(0, start - self.first) : max(0, stop - self.first)])

    def close(self) -> None:
        """There is nothing to let go."""

    def _drop(self, lines: int) -> None:
        end = 0
        for _ in range(lines):
            end = self._data.index(b"\n", end) + 1
        self._lines -= lines
        del self._data[:end]
        self.first += end


def rotated(path: Path) -> list[Path]:
    """The files that a log was renamed to before, the oldest first: the higher its number, the older it is."""
    name = re.compile(re.escape(path.name) + r"\.(\d{1,4})")
    try:
        found = [(int(match[1]), each) for each in path.parent.iterdir() if (match := name.fullmatch(each.name))]
    except OSError:
        return []
    return [each for _, each in sorted(found, reverse=True)]

"""The bytes of a log as one growing sequence, whatever their source.

A file is held open. What was read of it can be read again after a rename, and the last lines before a rotation come
from the old file although its name belongs to a new one. Files that were rotated earlier come first.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

FINGERPRINT_BYTES = 64
"""How many bytes at the start and before the read position are compared, to detect an overwritten file."""
MAX_FILES = 64
MAX_LINES = 100_000
"""The most lines of a log that is not a file on this host. Older ones are dropped, to bound the memory."""


class ReadResult(Enum):
    """The result of a read. After each of the last three, the bytes that follow belong to a new file.

    REWRITTEN: the bytes that were read are not in the file any more. GONE: the oldest of too many files was closed.
    """

    SAME = "same"
    MORE = "more"
    NEXT = "next"
    REWRITTEN = "rewritten"
    GONE = "gone"


class Spans(Protocol):
    """Bytes by offset. `first` is the offset of the oldest byte, `size` the number of bytes up to the present end."""

    first: int

    @property
    def size(self) -> int: ...

    @property
    def has_more(self) -> bool:
        """Whether more bytes follow the end that was reached."""
        ...

    def read_next(self, limit: int) -> tuple[ReadResult, bytes]:
        """Read the bytes that follow, at most `limit`."""
        ...

    def read(self, start: int, stop: int) -> bytes:
        """The bytes between two offsets; fewer if some are gone."""
        ...

    def close(self) -> None: ...


@dataclass(slots=True)
class _OpenFile:
    """One file. `descriptor` is None once it was overwritten.

    `base` is its offset in the sequence, `read` how many of its bytes were read.
    """

    descriptor: int | None
    base: int
    read: int = 0
    start: int = 0
    """The offset in the file where reading began: not 0 if only its end is read."""
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
        """Whether the bytes that were read are gone: the file was truncated or overwritten."""
        if self.size < self.read:
            return True
        tail = self.at(self.read - len(self.tail), len(self.tail))
        return tail != self.tail or self.at(self.start, len(self.head)) != self.head


class FileSpans:
    """A log file with its rotated predecessors (`name.1`, `name.01`), the oldest first.

    `tail`: begin this many bytes before the end, at the start of a line, and without the older files.
    """

    def __init__(self, path: Path, *, older: bool = True, tail: int | None = None) -> None:
        self.path = path
        self.first = 0
        self._files: list[_OpenFile] = []
        self._reading = 0
        if tail is None:
            for each in rotated(path) if older else ():
                self._open(each)
        self._open(path)
        if tail is not None and self._files:
            self._skip_to_tail(tail)

    @property
    def size(self) -> int:
        """The number of bytes up to the present end of the file."""
        return self._files[-1].base + self._files[-1].size - self.first if self._files else 0

    @property
    def has_more(self) -> bool:
        """Whether another file follows the one that is being read."""
        return self._reading + 1 < len(self._files)

    def read_next(self, limit: int) -> tuple[ReadResult, bytes]:
        """Read the bytes that follow. After a rotation the old file is first read to its end."""
        if not self._files and not self._open(self.path):
            return ReadResult.SAME, b""
        file = self._files[self._reading]
        data = file.next(limit)
        if data:
            return ReadResult.MORE, data
        if self.has_more:
            self._advance()
            return ReadResult.NEXT, b""
        return self._check_file(file, limit)

    def read(self, start: int, stop: int) -> bytes:
        found = b""
        for file in self._files:
            begin, end = max(start, file.base), min(stop, file.base + file.read)
            if begin < end:
                found += file.at(begin - file.base, end - begin)
        return found

    def close(self) -> None:
        for file in self._files:
            file.close()
        self._files, self._reading = [], 0

    def _check_file(self, file: _OpenFile, limit: int) -> tuple[ReadResult, bytes]:
        if file.rewritten():
            again = _OpenFile(file.descriptor, file.base + file.read)
            file.descriptor = None
            self._files.append(again)
            self._advance()
            return ReadResult.REWRITTEN, b""
        try:
            named = self.path.stat()
        except OSError:
            # Between the rename and the new file the name does not exist: the open file is still the log.
            return ReadResult.SAME, b""
        ours = os.fstat(file.descriptor) if file.descriptor is not None else named
        if (named.st_dev, named.st_ino) == (ours.st_dev, ours.st_ino):
            return ReadResult.SAME, b""
        # The writer may have written more between the last read and the rename.
        data = file.next(limit)
        if data:
            return ReadResult.MORE, data
        if not self._open(self.path):
            return ReadResult.SAME, b""
        self._advance()
        if len(self._files) > MAX_FILES:
            self._files.pop(0).close()
            self._reading -= 1
            self.first = self._files[0].base
            return ReadResult.GONE, b""
        return ReadResult.NEXT, b""

    def _advance(self) -> None:
        done = self._files[self._reading]
        self._reading += 1
        self._files[self._reading].base = done.base + done.read

    def _open(self, path: Path) -> bool:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return False
        base = self._files[-1].base + self._files[-1].size if self._files else 0
        self._files.append(_OpenFile(descriptor, base))
        return True

    def _skip_to_tail(self, tail: int) -> None:
        file = self._files[0]
        start = max(0, file.size - tail)
        if start:
            start += file.at(start, tail).find(b"\n") + 1
        file.read = file.start = start
        self.first = start


class LineSpans:
    """Lines from another source: from a server's API, or from a recording.

    `kept` is about how many lines are kept, the newest ones; None keeps all.
    """

    def __init__(self, kept: int | None = MAX_LINES) -> None:
        self.first = 0
        self._data = bytearray()
        self._fresh = 0
        self._lines = 0
        self._kept = kept

    @property
    def size(self) -> int:
        return len(self._data)

    @property
    def has_more(self) -> bool:
        return False

    def add(self, lines: Iterable[str]) -> None:
        """Add lines, each without its line end."""
        for line in lines:
            self._data += " ".join(line.splitlines()).encode("utf-8", "surrogateescape") + b"\n"
            self._lines += 1

    def read_next(self, limit: int) -> tuple[ReadResult, bytes]:
        start = self._fresh - self.first
        data = bytes(self._data[start : start + limit])
        self._fresh += len(data)
        if not data and self._kept is not None and self._lines > self._kept + self._kept // 10:
            self._drop(self._lines - self._kept)
            return ReadResult.GONE, b""
        return (ReadResult.MORE if data else ReadResult.SAME), data

    def read(self, start: int, stop: int) -> bytes:
        return bytes(self._data[max(0, start - self.first) : max(0, stop - self.first)])

    def close(self) -> None:
        """Do nothing: there is no file to close."""

    def _drop(self, lines: int) -> None:
        end = 0
        for _ in range(lines):
            end = self._data.index(b"\n", end) + 1
        self._lines -= lines
        del self._data[:end]
        self.first += end


def rotated(path: Path) -> list[Path]:
    """The rotated files of a log, the oldest first: a higher number is older."""
    name = re.compile(re.escape(path.name) + r"\.(\d{1,4})")
    try:
        found = [(int(match[1]), each) for each in path.parent.iterdir() if (match := name.fullmatch(each.name))]
    except OSError:
        return []
    return [each for _, each in sorted(found, reverse=True)]

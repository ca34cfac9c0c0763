"""The bytes of a log file as one growing sequence, through rotation, copying and truncation.

A file is held open. What was read of it can be read again after a rename, and the last lines before a rotation come
from the old file although its name belongs to a new one. Files that were rotated earlier come first, and those that
were rotated between two looks come in their order.
"""

import os
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from console.sources.rotation import open_unpacked, rotated, rotated_since

FINGERPRINT_BYTES = 64
"""How many bytes at the start and before the read position are compared, to detect an overwritten file."""
COMPARED_BYTES = 4096
MAX_FILES = 64


class ReadResult(Enum):
    """The result of a read. After each of the last three, the bytes that follow belong to a new file.

    REWRITTEN: the bytes that were read are not in the file any more. GONE: the oldest of too many files was closed.
    """

    SAME = "same"
    MORE = "more"
    NEXT = "next"
    REWRITTEN = "rewritten"
    GONE = "gone"


@dataclass(slots=True)
class _OpenFile:
    """One file. `descriptor` is None once it was overwritten.

    `base` is its offset in the sequence, `read` how many of its bytes were read. `named` is the file that the name had
    when it was opened: that of a packed file has other bytes than the descriptor.
    """

    descriptor: int | None
    named: os.stat_result
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


def _now(file: _OpenFile) -> os.stat_result:
    """The file with the time of its last change; as it was named for one that is packed or gone."""
    if file.descriptor is None:
        return file.named
    now = os.fstat(file.descriptor)
    return now if (now.st_dev, now.st_ino) == (file.named.st_dev, file.named.st_ino) else file.named


def is_beginning_of(copy: _OpenFile, whole: _OpenFile) -> bool:
    """Whether a file has the first bytes of another one, by a look at both ends."""
    size = copy.size
    if not 0 < size <= whole.size:
        return False
    places = (0, max(0, size - COMPARED_BYTES))
    return all(copy.at(each, COMPARED_BYTES) == whole.at(each, min(COMPARED_BYTES, size - each)) for each in places)


class FileSpans:
    """A log file with its rotated predecessors (`console.sources.rotation`), the oldest first.

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
        self._drop_copies()
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
        # A file that was truncated may have grown past the old end since then.
        data = b"" if file.rewritten() else file.next(limit)
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
            again = _OpenFile(file.descriptor, file.named, file.base + file.read)
            file.descriptor = None
            self._files.append(again)
            self._advance()
            return ReadResult.REWRITTEN, b""
        try:
            named = self.path.stat()
        except OSError:
            # Between the rename and the new file the name does not exist: the open file is still the log.
            return ReadResult.SAME, b""
        ours = file.named
        if (named.st_dev, named.st_ino) == (ours.st_dev, ours.st_ino):
            return ReadResult.SAME, b""
        # The writer may have written more between the last read and the rename.
        data = file.next(limit)
        if data:
            return ReadResult.MORE, data
        for each in rotated_since(self.path, _now(file)):
            self._open(each)
        if not self._open(self.path) and not self.has_more:
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
            descriptor, named = open_unpacked(path)
        except OSError:
            return False
        base = self._files[-1].base + self._files[-1].size if self._files else 0
        self._files.append(_OpenFile(descriptor, named, base))
        return True

    @property
    def idle_seconds(self) -> float:
        """For how long the present file has not been written; 0 without one."""
        try:
            return max(0.0, time.time() - os.stat(self.path).st_mtime)
        except OSError:
            return 0.0

    @property
    def written_at(self) -> float | None:
        """When the present file was last written; None without one."""
        try:
            return os.stat(self.path).st_mtime
        except OSError:
            return None

    def _drop_copies(self) -> None:
        """Leave out a file that is a copy of the beginning of the next one: a rotation that copies, and has not
        truncated the log yet."""
        for number in range(len(self._files) - 2, -1, -1):
            if is_beginning_of(self._files[number], self._files[number + 1]):
                self._files.pop(number).close()
        base = 0
        for file in self._files:
            file.base = base
            base += file.size

    def _skip_to_tail(self, tail: int) -> None:
        file = self._files[0]
        start = max(0, file.size - tail)
        if start:
            start += file.at(start, tail).find(b"\n") + 1
        file.read = file.start = start
        self.first = start

"""The bytes of a log as one growing sequence, whatever their source: files on this host (`console.sources.file_spans`),
or lines from a server's API or from a recording.
"""

from collections.abc import Iterable
from typing import Protocol

from console.sources.file_spans import ReadResult

MAX_LINES = 100_000
"""The most lines of a log that is not a file on this host. Older ones are dropped, to bound the memory."""


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

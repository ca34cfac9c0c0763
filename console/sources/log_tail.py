"""The end of a log file on this host, through rotation, truncation and any bytes.

`LogFile` holds the file open, so the last lines before a rotation are read from the old file although the name belongs
to the new one. Bytes that are not UTF-8 become replacement characters: an incomplete line is better than none.
"""

import os
from pathlib import Path
from typing import BinaryIO

from console.model.observations import LogLine
from console.model.plain_text import plain
from console.state.store import Clock

PAST_BYTES = 64 * 1024
"""How much of the file is shown at the start."""
PAST_LINES = 200
READ_BYTES = 1024 * 1024
LONGEST_LINE_BYTES = 64 * 1024
"""A longer line is cut; otherwise a file without line ends would be read into memory as a whole."""


class LogFile:
    """New lines of the file at `path`, each call to `lines` giving those since the one before."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._partial = b""

    def past(self) -> list[str]:
        """The last lines that are in the file now. Reading continues after them."""
        if not self._open():
            return []
        assert self._file is not None
        size = self._file.seek(0, os.SEEK_END)
        start = self._file.seek(max(0, size - PAST_BYTES))
        found = self._split(self._file.read(size - start))
        return (found[1:] if start else found)[-PAST_LINES:]

    def lines(self) -> list[str]:
        """Lines that were completed since the last call; none while the file does not exist."""
        found: list[str] = []
        if self._file is None and not self._open():
            return found
        found += self._rest()
        match self._fate():
            case "truncated":
                assert self._file is not None
                self._file.seek(0)
                self._partial = b""
                found += self._rest()
            case "rotated":
                found += self._rest()
                self.close()
                if self._open():
                    found += self._rest()
        return found

    def close(self) -> None:
        """Close the file; a line without its end is lost."""
        if self._file is not None:
            self._file.close()
        self._file, self._partial = None, b""

    def _open(self) -> bool:
        if self._file is None:
            try:
                self._file = self._path.open("rb")
            except OSError:
                return False
        return True

    def _fate(self) -> str:
        """What happened to the file since it was opened: same, rotated or truncated."""
        assert self._file is not None
        ours = os.fstat(self._file.fileno())
        try:
            named = self._path.stat()
        except OSError:
            # Between the rename and the new file there is none for a moment: the open file is still the log.
            return "same"
        if (named.st_dev, named.st_ino) != (ours.st_dev, ours.st_ino):
            return "rotated"
        return "truncated" if ours.st_size < self._file.tell() else "same"

    def _rest(self) -> list[str]:
        assert self._file is not None
        found: list[str] = []
        while chunk := self._file.read(READ_BYTES):
            found += self._split(chunk)
        return found

    def _split(self, chunk: bytes) -> list[str]:
        *whole, self._partial = (self._partial + chunk).split(b"\n")
        if len(self._partial) > LONGEST_LINE_BYTES:
            whole.append(self._partial)
            self._partial = b""
        return [
            plain(line.rstrip(b"\r")[:LONGEST_LINE_BYTES].decode("utf-8", errors="replace"))
            for line in whole
            if line.strip()
        ]


class LogTail:
    """The log of one server as observations."""

    def __init__(self, path: Path, pair: str, server: str, clock: Clock) -> None:
        self.path = path
        self._file = LogFile(path)
        self._pair = pair
        self._server = server
        self._clock = clock

    def past(self) -> list[LogLine]:
        """The last lines that are in the file now."""
        at = self._clock()
        return [LogLine(at, self._pair, self._server, text, past=True) for text in self._file.past()]

    def news(self) -> list[LogLine]:
        """The lines that were added since the last call."""
        at = self._clock()
        return [LogLine(at, self._pair, self._server, text) for text in self._file.lines()]

    def close(self) -> None:
        self._file.close()

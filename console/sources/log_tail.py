"""The end of a log file on this host, through rotation, truncation and any bytes.

Bytes that are not UTF-8 become replacement characters: an incomplete line is better than none.
"""

from pathlib import Path

from console.model.observations import LogLine
from console.model.plain_text import plain
from console.sources.file_spans import FileSpans, ReadResult
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
        self._spans: FileSpans | None = None
        self._partial = b""

    def past(self) -> list[str]:
        """The last lines that are in the file now. Reading continues after them."""
        self._spans = FileSpans(self._path, tail=PAST_BYTES)
        return self.lines()[-PAST_LINES:]

    def lines(self) -> list[str]:
        """Lines that were completed since the last call; none while the file does not exist."""
        if self._spans is None:
            self._spans = FileSpans(self._path, older=False)
        found: list[str] = []
        while True:
            result, data = self._spans.read_next(READ_BYTES)
            match result:
                case ReadResult.SAME:
                    return found
                case ReadResult.MORE:
                    found += self._split(data)
                case _ if self._partial:
                    # The bytes that follow belong to another file.
                    found += self._split(b"\n")

    def close(self) -> None:
        """Close the file; a line without its end is lost."""
        if self._spans is not None:
            self._spans.close()
        self._spans, self._partial = None, b""

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

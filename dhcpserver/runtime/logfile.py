"""The server's log: lines in the product's form, rotated by size, and the newest lines in memory for the API.

    06/19/2003 9:41:19 name/dhcp/1 Info Configuration 0 04092 text

The hour is not padded, the time is local, and the number of five digits identifies the kind of message.
"""

import asyncio
import contextlib
import time
from collections import deque
from itertools import islice
from pathlib import Path

from dhcpserver.failover.effects import LogLine
from dhcpserver.runtime.rotation import RotatedFile

FILE_NAME = "name_dhcp_1_log"
LINES_IN_MEMORY = 10_000
_TAIL_AT_START = 256 * 1024

_CATEGORIES = (
    (4092, 4092, "Configuration"),
    (18100, 18199, "Failover"),
    (18200, 18299, "Server"),
    (18300, 18399, "System"),
)
"""Ranges of message numbers and their category; all other numbers are Protocol."""


_CONTROL = dict.fromkeys(
    [*range(0x20), *range(0x7F, 0xA0), *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF],
    "?",
)
"""C0, DEL, C1, and characters that are invisible or change the direction of the text."""


def category(number: int) -> str:
    """Return the category of a message number."""
    return next((name for first, last, name in _CATEGORIES if first <= number <= last), "Protocol")


def format_line(now: float, server: str, line: LogLine) -> str:
    """Return one line of the log, without line end. Line breaks in the text become spaces.

    Other control characters become `?`: a text can have names from clients and partners, and a terminal must not obey
    what they contain.
    """
    at = time.localtime(now)
    stamp = f"{at.tm_mon:02}/{at.tm_mday:02}/{at.tm_year:04} {at.tm_hour}:{at.tm_min:02}:{at.tm_sec:02}"
    text = " ".join(line.text.splitlines()).translate(_CONTROL)
    return f"{stamp} {server}/dhcp/1 {line.level} {category(line.id)} 0 {line.id:05} {text}"


class LogFile:
    """The log of one server in `directory`.

    A line that cannot be written is missing in the file only, not in memory, and does not stop the server.

    Attributes:
        next_cursor: the cursor of the next line.
    """

    def __init__(self, directory: Path, server: str, size: int, count: int) -> None:
        self.path = directory / FILE_NAME
        self._server = server
        self._file = RotatedFile(self.path, size, count)
        self.next_cursor = 0
        self._lines: deque[tuple[int, str]] = deque(maxlen=LINES_IN_MEMORY)
        self._new_lines = asyncio.Event()
        for text in self._tail():
            self._append(text)

    def _tail(self) -> list[str]:
        """Return the last lines of the previous run, for the API."""
        try:
            with self.path.open("rb") as file:
                size = file.seek(0, 2)
                file.seek(max(size - _TAIL_AT_START, 0))
                octets = file.read()
        except OSError:
            return []
        lines = octets.decode("utf-8", "replace").splitlines()
        return lines[1:] if size > _TAIL_AT_START else lines

    def write(self, now: float, lines: list[LogLine]) -> None:
        """Append lines with the time `now`."""
        texts = [format_line(now, self._server, line) for line in lines]
        for text in texts:
            self._append(text)
        self._file.write(texts)
        self._new_lines.set()
        self._new_lines.clear()

    def _append(self, text: str) -> None:
        self._lines.append((self.next_cursor, text))
        self.next_cursor += 1

    @property
    def lost(self) -> int:
        """Lines that could not be written to the file."""
        return self._file.lost

    def page(self, after: int | None, limit: int) -> tuple[list[tuple[int, str]], int]:
        """Return at most `limit` lines from the cursor on (None: the last ones), and the cursor of the next page."""
        lines = self._lines
        if not lines:
            return [], self.next_cursor
        oldest = lines[0][0]
        first = self.next_cursor - limit if after is None or after > self.next_cursor else after
        begin = min(max(first - oldest, 0), len(lines))
        found = list(islice(lines, begin, begin + limit))
        return found, (found[-1][0] + 1 if found else self.next_cursor)

    async def wait(self, seconds: float) -> None:
        """Wait for a new line, at most `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._new_lines.wait()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

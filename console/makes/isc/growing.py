"""A text file that another program writes: its new lines at each reading, a limited number of octets at a time.

dhcpd appends to its leases file, and replaces it by a new one now and then. A log is rotated.
"""

import os
from dataclasses import dataclass
from pathlib import Path

OCTETS_PER_READING = 8 << 20
LONGEST_LINE = 1 << 16
"""Octets of a line without its end. More is thrown away: it is not a line of these files."""


@dataclass(frozen=True, slots=True)
class Part:
    """New lines of a file. `fresh`: the file was read from its beginning, earlier lines do not count. `complete`: its
    end was reached."""

    lines: tuple[str, ...]
    fresh: bool
    complete: bool


class GrowingFile:
    """One file. Its position is kept between readings."""

    def __init__(self, path: Path, octets: int = OCTETS_PER_READING) -> None:
        self._path = path
        self._octets = octets
        self._file: tuple[int, int] | None = None
        self._place = 0
        self._rest = b""

    def read(self) -> Part:
        """The lines that are new. Raises OSError."""
        with self._path.open("rb") as file:
            found = os.fstat(file.fileno())
            identity = (found.st_dev, found.st_ino)
            fresh = identity != self._file or found.st_size < self._place
            if fresh:
                self._file, self._place, self._rest = identity, 0, b""
            file.seek(self._place)
            octets = file.read(self._octets)
        self._place += len(octets)
        *lines, self._rest = (self._rest + octets).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            self._rest = b""
        text = tuple(line.decode("utf-8", "replace") for line in lines)
        return Part(text, fresh, len(octets) < self._octets)

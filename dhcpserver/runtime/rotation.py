"""A text file that is rotated by size: NAME, NAME.01 for the one before it, and so on."""

import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO


class RotatedFile:
    """Lines are appended to `path`. What cannot be written is lost and counted, and does not stop the server.

    Attributes:
        lost: lines that could not be written.
    """

    def __init__(self, path: Path, size: int, count: int) -> None:
        self.path = path
        self._size = size
        self._count = count
        self._file: TextIO | None = None
        self._written = 0
        self.lost = 0

    def write(self, lines: Iterable[str]) -> None:
        """Append lines, which have no line end."""
        texts = [f"{line}\n" for line in lines]
        try:
            file = self._open()
            for text in texts:
                self._written += file.write(text)
            file.flush()
            if self._written >= self._size:
                self._rotate()
        except OSError:
            self.lost += len(texts)
            self.close()

    def _open(self) -> TextIO:
        if self._file is None:
            self._file = self.path.open("a", encoding="utf-8", errors="replace")
            self._written = self._file.tell()
        return self._file

    def _rotate(self) -> None:
        """Rename NAME to .01, .01 to .02, and so on; remove the last one."""
        self.close()
        numbered = rotations(self.path, self._count)
        numbered[-1].unlink(missing_ok=True)
        for older, newer in zip(reversed(numbered), reversed([self.path, *numbered[:-1]]), strict=True):
            if newer.exists():
                newer.rename(older)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None


def rotations(path: Path, count: int) -> list[Path]:
    """Return the names of the rotated files, the newest first."""
    return [path.with_name(f"{path.name}.{number:02}") for number in range(1, count + 1)]

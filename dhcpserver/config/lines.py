"""On which line of a TOML text a value stands: the standard parser does not tell, and an operator wants to know."""

import re

_TABLE = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*(?:\.\s*[^=]+)?=""")

Path = tuple[str | int, ...]


class Lines:
    """Positions of the tables and keys of one TOML text."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        counts: dict[Path, int] = {}
        table: Path = ()
        for number, line in enumerate(text.splitlines(), start=1):
            header = _TABLE.match(line)
            if header is not None:
                table = self._open(header[2], header[1] == "[[", counts)
                self._lines.setdefault(table, number)
                continue
            key = _KEY.match(line)
            if key is not None:
                self._lines.setdefault((*table, key[1].strip("\"'")), number)

    @staticmethod
    def _open(name: str, array: bool, counts: dict[Path, int]) -> Path:
        path: Path = ()
        parts = [part.strip().strip("\"'") for part in name.split(".")]
        for position, part in enumerate(parts):
            path = (*path, part)
            if array and position == len(parts) - 1:
                counts[path] = counts.get(path, -1) + 1
            if path in counts:
                path = (*path, counts[path])
        return path

    def of(self, path: Path) -> int:
        """The line of the value at `path`, or of the nearest thing around it; 0 when even that is not in the text."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return 0

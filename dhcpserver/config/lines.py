"""The lines of the values of a TOML text, for error messages. The standard parser does not return them."""

import re

_TABLE = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*(?:\.\s*[^=]+)?=""")

Location = tuple[str | int, ...]
"""Keys and indexes from the top of the document to a value."""


class Lines:
    """The lines of the tables and keys of one TOML text."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Location, int] = {}
        counts: dict[Location, int] = {}
        table: Location = ()
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
    def _open(name: str, array: bool, counts: dict[Location, int]) -> Location:
        path: Location = ()
        parts = [part.strip().strip("\"'") for part in name.split(".")]
        for position, part in enumerate(parts):
            path = (*path, part)
            if array and position == len(parts) - 1:
                counts[path] = counts.get(path, -1) + 1
            if path in counts:
                path = (*path, counts[path])
        return path

    def of(self, path: Location) -> int:
        """Return the line of the value at `path`, or of the nearest enclosing table; 0 if none is in the text."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return 0

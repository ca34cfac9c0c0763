"""The lines of the values of a TOML text, for error messages. The standard parser does not return them.

The text has been parsed before, so it is valid TOML: this reads only where keys, tables and values begin, also inside
arrays and inline tables.
"""

import re

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)[ \t]*""")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""+|' + r"'''.*?'''+|" + r'"(?:[^"\\\n]|\\.)*"' + r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE = re.compile(r"[^,\]}#\n]*")

Location = tuple[str | int, ...]
"""Keys and indexes from the top of the document to a value."""


class Lines:
    """The lines of the tables, keys and values of one TOML text.

    Attributes:
        headers: the locations of the tables with a header, and its line, in the order of the text.
        bare: whether keys are before the first header.
    """

    def __init__(self, text: str) -> None:
        self.headers: list[tuple[Location, int]] = []
        self.bare = False
        self._lines: dict[Location, int] = {}
        self._text = text
        self._at = 0
        self._counted = (0, 1)
        counts: dict[Location, int] = {}
        table: Location = ()
        while self._skip():
            if text[self._at] == "[":
                array = text.startswith("[[", self._at)
                self._at += 1 + array
                line = self._line()
                table = _open(self._keys(), array, counts)
                self._at += 1 + array
                self._lines.setdefault(table, line)
                self.headers.append((table, line))
            else:
                self.bare = self.bare or not table
                self._pair(table)

    def of(self, path: Location) -> int:
        """Return the line of the value at `path`, or of the nearest enclosing table; 0 if none is in the text."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return 0

    def _skip(self) -> bool:
        """Go to the next thing that is not blank; whether there is one."""
        blank = _BLANK.match(self._text, self._at)
        self._at = blank.end() if blank else self._at
        return self._at < len(self._text)

    def _line(self) -> int:
        """Return the line of the present position."""
        at, line = self._counted
        self._counted = (self._at, line + self._text.count("\n", at, self._at))
        return self._counted[1]

    def _keys(self) -> list[str]:
        """Read a dotted key."""
        found = []
        while (key := _KEY.match(self._text, self._at)) is not None:
            word = key[1]
            found.append(word[1:-1] if word[0] in "\"'" else word)
            self._at = key.end()
            if not self._text.startswith(".", self._at):
                break
            self._at += 1
        return found

    def _pair(self, table: Location) -> None:
        """Read a key and its value."""
        start = self._at
        line = self._line()
        path = table
        for key in self._keys():
            path = (*path, key)
            self._lines.setdefault(path, line)
        space = _SPACE.match(self._text, self._at + 1)
        self._at = space.end() if space else self._at + 1
        self._value(path)
        if self._at <= start:  # Not valid TOML: read no further.
            self._at = len(self._text)

    def _value(self, path: Location) -> None:
        self._lines.setdefault(path, self._line())
        opening = self._text[self._at : self._at + 1]
        if opening == "[":
            self._inside("]", path)
        elif opening == "{":
            self._inside("}", path)
        else:
            found = (_STRING if opening in ('"', "'") else _BARE).match(self._text, self._at)
            self._at = found.end() if found else len(self._text)

    def _inside(self, closing: str, path: Location) -> None:
        """Read the values of an array, or the pairs of an inline table."""
        self._at += 1
        index = 0
        while self._skip() and self._text[self._at] != closing:
            if self._text[self._at] == ",":
                self._at += 1
            elif closing == "]":
                self._value((*path, index))
                index += 1
            else:
                self._pair(path)
        self._at += 1


def _open(keys: list[str], array: bool, counts: dict[Location, int]) -> Location:
    """Return the location of a table from its header."""
    path: Location = ()
    for position, key in enumerate(keys):
        path = (*path, key)
        if array and position == len(keys) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path

"""The syntax of ISC dhcpd's files: statements of words, which end with `;` or have a block in braces.

`dhcpd.conf` and `dhcpd.leases` share it. `include "file";` is replaced by the statements of that file.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from dhcpserver.migration.found import MigrationError

MAXIMUM_DEPTH = 16
"""Most files that include one another, and most blocks inside blocks times four."""
_TOKEN = re.compile(r'\s+|#[^\n]*|"(?:[^"\\]|\\.)*"|[{};,]|[^\s{};,"#]+', re.DOTALL)
_ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {b"t": b"\t", b"r": b"\r", b"n": b"\n", b"b": b"\b"}


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or a text in quotes with its octets."""

    text: str
    octets: bytes | None = None

    @property
    def quoted(self) -> bool:
        return self.octets is not None


@dataclass(slots=True)
class Statement:
    """A statement with the place where it begins."""

    words: list[Word]
    place: str
    block: "list[Statement] | None" = field(default=None)

    @property
    def name(self) -> str:
        return self.words[0].text.lower() if self.words else ""

    @property
    def arguments(self) -> list[str]:
        """The words after the first, without commas."""
        return [each.text for each in self.words[1:] if each.text != "," or each.quoted]

    def __str__(self) -> str:
        return " ".join(f'"{each.text}"' if each.quoted else each.text for each in self.words)


Load = Callable[[str], str]
"""Returns the text of an included file. Raises OSError."""


def parse(text: str, source: str, load: Load | None = None) -> list[Statement]:
    """Return the statements of a file. Raises MigrationError with the line that has no statement."""
    return _block(_Tokens(text, source), load, 0, 0)


class _Tokens:
    """The tokens of a text, with their lines."""

    def __init__(self, text: str, source: str) -> None:
        self._text = text
        self.source = source
        self._at = 0
        self.line = 1

    def __iter__(self) -> Iterator[str]:
        while self._at < len(self._text):
            match = _TOKEN.match(self._text, self._at)
            if match is None:
                raise MigrationError(f"{self.place}: a text in quotes that does not end")
            token = match[0]
            begins = self.line
            self._at = match.end()
            self.line += token.count("\n")
            if not token.isspace() and not token.startswith("#"):
                self.begins = begins
                yield token

    @property
    def place(self) -> str:
        return f"{self.source}:{self.line}"


def _block(tokens: _Tokens, load: Load | None, files: int, blocks: int) -> list[Statement]:
    """Read statements up to the end of the block, or of the file for the outermost one."""
    found: list[Statement] = []
    words: list[Word] = []
    place = tokens.place
    if blocks > 4 * MAXIMUM_DEPTH:
        raise MigrationError(f"{place}: more than {4 * MAXIMUM_DEPTH} blocks inside one another")
    for token in tokens:
        if not words:
            place = f"{tokens.source}:{tokens.begins}"
        if token == ";":
            if words:
                found += _included(Statement(words, place), load, files)
            words = []
        elif token == "{":
            found.append(Statement(words, place, _block(tokens, load, files, blocks + 1)))
            words = []
        elif token == "}":
            if words or not blocks:
                raise MigrationError(f"{tokens.place}: a }} that no block has, or a statement without ;")
            return found
        else:
            words.append(_word(token))
    if blocks:
        raise MigrationError(f"{tokens.place}: a block does not end")
    if words:
        raise MigrationError(f"{place}: a statement without ;")
    return found


def _included(statement: Statement, load: Load | None, files: int) -> list[Statement]:
    if statement.name != "include" or load is None or len(statement.words) != 2:
        return [statement]
    if files >= MAXIMUM_DEPTH:
        raise MigrationError(f"{statement.place}: more than {MAXIMUM_DEPTH} files that include one another")
    name = statement.words[1].text
    try:
        text = load(name)
    except OSError as error:
        raise MigrationError(f"{statement.place}: cannot read {name}: {error.strerror or error}") from error
    return _block(_Tokens(text, name), load, files + 1, 0)


def _word(token: str) -> Word:
    if not token.startswith('"'):
        return Word(token)
    octets = _ESCAPE.sub(_unescaped, token[1:-1].encode("utf-8", "surrogateescape"))
    return Word(octets.decode("utf-8", "replace"), octets)


def _unescaped(match: re.Match[bytes]) -> bytes:
    word: bytes = match[1]
    if word[:1] == b"x" and len(word) > 1:
        return bytes([int(word[1:], 16)])
    if word[:1].isdigit():
        return bytes([int(word, 8) & 0xFF])
    return _LETTERS.get(word, word)

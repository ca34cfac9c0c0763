"""The filter language. A line is shown when it matches all terms.

lost partner            both words, in any order and in any case
"contact lost"          this phrase
level:warning           warnings and more severe lines
id:18101,18104          one of these messages; of other makes by their words, id:HA_TERMINATED
server:dhcp-a           the lines of one server: a part of its name, or main, or backup
client:02:00:00:00:00:07    a client's hardware address in any notation, or another name of the client
address:192.0.2.7       this address, and not a longer one that begins with it
re:/lost .* safe/       a regular expression (RE2: matching takes time linear in the length of the text)
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import re2

from console.dialects.dialect import LEVELS
from console.dialects.ids import id_number

MAX_FILTER_LENGTH = 400
TERM = re.compile(
    r're:/(?P<pattern>(?:\\.|[^/\\])*)/|(?P<name>[a-z]+):(?P<value>"[^"]*"|\S*)|"(?P<quoted>[^"]*)"|(?P<word>\S+)'
)
MESSAGE_ID = re.compile(r"[0-9]{1,5}|[A-Za-z][A-Za-z0-9_]{0,99}")
HEXADECIMAL = re.compile(r"(?:[0-9a-f]{2}[:.-]?){5}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}")

Test = Callable[[bytes], Any]
"""Tests one line as it is in the log: a match, or None."""

Scan = Callable[[bytes, int], Any]
"""Searches for a match from an offset on, within one line."""


class FilterError(ValueError):
    """A filter that is not valid: what is wrong, and what to write."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter. `text` is what the operator typed.

    `words` are in lower case and must occur in the lower-case line: they find lines quickly. `tests` are applied to a
    line that has all words.
    """

    text: str = ""
    level: int = 0
    ids: frozenset[int] = frozenset()
    servers: tuple[str, ...] = ()
    words: tuple[bytes, ...] = ()
    tests: tuple[Test, ...] = field(default=(), compare=False)
    scan: Scan | None = field(default=None, compare=False)
    """Finds the next place, across many lines, where one of the tests may match; None where no such search exists."""

    @property
    def reads(self) -> bool:
        """Whether the text of the lines is needed to apply the filter."""
        return bool(self.words or self.tests)

    def admits_server(self, server: str, role: str) -> bool:
        """Whether lines of that server can match."""
        return all(each in server.lower() or each == role for each in self.servers)

    def matches(self, line: bytes) -> bool:
        """Whether a line matches. Its line end, if any, is not part of the text."""
        if self.words:
            small = line.lower()
            for word in self.words:
                if word not in small:
                    return False
        if self.tests:
            line = line.rstrip(b"\r\n")
        return all(test(line) for test in self.tests)

    def marks(self, text: str) -> list[tuple[int, int]]:
        """The ranges of a text that match: every occurrence of each word, the first match of each pattern."""
        data = text.encode("utf-8", "replace")
        small, found = data.lower(), []
        for word in self.words:
            at = small.find(word)
            while at >= 0:
                found.append((at, at + len(word)))
                at = small.find(word, at + len(word))
        for test in self.tests:
            match = test(data)
            if match is not None:
                found.append(match.span())
        return sorted(
            (len(data[:start].decode(errors="ignore")), len(data[:end].decode(errors="ignore"))) for start, end in found
        )

    def combined_with(self, other: "Filter") -> "Filter":
        """A filter that matches what both match."""
        ids = self.ids & other.ids if self.ids and other.ids else self.ids or other.ids
        if self.ids and other.ids and not ids:
            ids = frozenset({-1})
        return Filter(
            f"{self.text} {other.text}".strip(),
            max(self.level, other.level),
            ids,
            self.servers + other.servers,
            self.words + other.words,
            self.tests + other.tests,
            self.scan or other.scan,
        )


EVERYTHING = Filter()


def parse_filter(text: str) -> Filter:
    """Parse a filter that the operator typed. Raises FilterError."""
    if len(text) > MAX_FILTER_LENGTH:
        raise FilterError(f"a filter has at most {MAX_FILTER_LENGTH} characters")
    found = Filter(text.strip())
    for match in TERM.finditer(text):
        found = found.combined_with(_term(match))
    return Filter(text.strip(), found.level, found.ids, found.servers, found.words, found.tests, found.scan)


def format_clause(name: str, value: str) -> str:
    """Format a format_clause as `parse_filter` reads it."""
    return f'{name}:"{value}"' if " " in value else f"{name}:{value}"


def _term(match: re.Match[str]) -> Filter:
    if match["pattern"] is not None:
        return _pattern(match["pattern"])
    name, value = match["name"], (match["value"] or "").strip('"')
    if name == "re":
        raise FilterError("a regular expression must be between two slashes: write re:/lost .* safe/")
    if name is None:
        return _word(match["quoted"] if match["quoted"] is not None else match["word"])
    if name not in CLAUSES:
        # Many words in a log contain a colon, and text that was copied from there must be found.
        return _word(match[0])
    if not value:
        raise FilterError(f"{name}: has no value: write {CLAUSES[name][1]}")
    return CLAUSES[name][0](value)


def _word(word: str) -> Filter:
    return Filter(words=(word.lower().encode(),)) if word else EVERYTHING


def _level(value: str) -> Filter:
    number = next((place for place, word in enumerate(LEVELS) if word.lower().startswith(value.lower())), None)
    if number is None:
        known = ", ".join(word.lower() for word in LEVELS)
        raise FilterError(f"unknown level {value!r}: choose one of {known}")
    return Filter(level=number)


def _ids(value: str) -> Filter:
    parts = value.split(",")
    if not all(MESSAGE_ID.fullmatch(part) for part in parts):
        raise FilterError(
            f"{value!r} is not a valid message id: write five digits or a word, such as id:18101 or id:HA_TERMINATED"
        )
    return Filter(ids=frozenset(id_number(part.upper()) for part in parts))


def _server(value: str) -> Filter:
    return Filter(servers=(value.lower(),))


def _client(value: str) -> Filter:
    small = value.lower()
    if not HEXADECIMAL.fullmatch(small):
        return _word(value)
    octets = re.findall("[0-9a-f]{2}", small)
    # Servers write colons: a search for them finds the lines. The test then excludes a longer identifier, except
    # this address as a client identifier, after its hardware type 01.
    written = ":".join(octets)
    begins = r"(?:(?<![0-9a-f:])|(?<=(?<![0-9a-f:])01:))"
    exact = re.compile(rf"{begins}{written}(?![0-9a-f:])".encode(), re.IGNORECASE)
    return Filter(words=(written.encode(),), tests=(exact.search,))


def _address(value: str) -> Filter:
    try:
        address = ipaddress.ip_address(value)
    except ValueError as wrong:
        raise FilterError(
            f"{value!r} is not a valid address: write address:192.0.2.7 or address:2001:db8::7"
        ) from wrong
    written = re.escape(str(address))
    bounds = (r"[0-9.]", r"[0-9]|\.[0-9]") if address.version == 4 else (r"[0-9a-f:]", r"[0-9a-f:]")
    exact = re.compile(rf"(?<!{bounds[0]}){written}(?!{bounds[1]})".encode(), re.IGNORECASE)
    return Filter(words=(str(address).encode(),), tests=(exact.search,))


def _pattern(pattern: str) -> Filter:
    written = pattern.replace("\\/", "/").encode()
    test = _compile(written, never_nl=False).search
    # An anchor to the beginning or the end of the whole text cannot be searched for in many lines at once.
    anchored = b"\\A" in written or b"\\z" in written
    scan = None if anchored else _compile(b"(?m)" + written, never_nl=True).search
    return Filter(tests=(test,), scan=scan)


def _compile(written: bytes, *, never_nl: bool) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.never_nl = never_nl
    try:
        return re2.compile(written, options=options)  # type: ignore[no-untyped-call]
    except re2.error as wrong:
        why = wrong.args[0] if wrong.args else wrong
        words = why.decode(errors="replace") if isinstance(why, bytes) else str(why)
        raise FilterError(f"the regular expression is not valid: {words}") from wrong


CLAUSES: dict[str, tuple[Callable[[str], Filter], str]] = {
    "level": (_level, "level:warning"),
    "id": (_ids, "id:18101"),
    "server": (_server, "server:dhcp-a"),
    "client": (_client, "client:02:00:00:00:00:07"),
    "address": (_address, "address:192.0.2.7"),
}
"""By the name before the colon: the function that reads the value, and an example."""

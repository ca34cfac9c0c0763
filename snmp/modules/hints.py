"""Display hints: how a MIB writes a value for people (RFC 2579 section 3.1)."""

from dataclasses import dataclass

MAXIMUM_HINT = 256
MAXIMUM_OCTETS_EACH = 65_535


@dataclass(frozen=True, slots=True)
class _Part:
    """One octet-format specification."""

    repeats: bool
    octets: int
    format: str
    separator: str
    terminator: str


def number_text(hint: str, value: int) -> str | None:
    """Return an integer by its hint: `d`, `d-2` (decimal places), `x`, `o`, `b`; None for any other hint."""
    kind, _, places = hint.partition("-")
    if kind == "d" and not places and "-" not in hint:
        return str(value)
    if kind == "d" and places.isascii() and places.isdigit() and 0 < int(places) < MAXIMUM_HINT:
        digits = str(abs(value)).rjust(int(places) + 1, "0")
        return f"{'-' if value < 0 else ''}{digits[: -int(places)]}.{digits[-int(places) :]}"
    if hint in ("x", "o", "b"):
        return format(value, hint)
    return None


def octets_text(hint: str, value: bytes) -> str | None:
    """Return octets by their hint; None for a hint that is not valid, or octets that are not the text it promises.

    The last specification is used again until the octets are used up. A separator is not written after the last octet.
    """
    parts = _parts(hint)
    if not parts:
        return None
    text: list[str] = []
    position, number = 0, 0
    while position < len(value):
        part = parts[min(number, len(parts) - 1)]
        number += 1
        count = 1
        if part.repeats:
            count, position = value[position], position + 1
        if part.octets == 0:
            return None
        for repetition in range(count):
            if position >= len(value):
                break
            shown = _group(part, value[position : position + part.octets])
            if shown is None:
                return None
            position += part.octets
            text.append(shown)
            ends = part.terminator and repetition == count - 1
            if part.separator and position < len(value) and not ends:
                text.append(part.separator)
        if part.terminator and position < len(value):
            text.append(part.terminator)
    return "".join(text)


def _group(part: _Part, octets: bytes) -> str | None:
    if part.format in "at":
        try:
            return octets.decode("ascii" if part.format == "a" else "utf-8")
        except UnicodeDecodeError:
            return None
    number = int.from_bytes(octets, "big")
    if part.format == "x":
        return format(number, f"0{2 * len(octets)}x")
    return str(number) if part.format == "d" else format(number, "o")


def _parts(hint: str) -> tuple[_Part, ...]:
    """Return the specifications of a hint; empty if it is not valid."""
    if not hint or len(hint) > MAXIMUM_HINT:
        return ()
    found: list[_Part] = []
    at = 0
    while at < len(hint):
        repeats = hint[at] == "*"
        at += repeats
        start = at
        while at < len(hint) and hint[at] in "0123456789":
            at += 1
        if start == at or at >= len(hint) or hint[at] not in "xdoat" or int(hint[start:at]) > MAXIMUM_OCTETS_EACH:
            return ()
        octets, kind = int(hint[start:at]), hint[at]
        at += 1
        separator, at = _delimiter(hint, at)
        terminator = ""
        if repeats and separator:
            terminator, at = _delimiter(hint, at)
        found.append(_Part(repeats, octets, kind, separator, terminator))
    return tuple(found)


def _delimiter(hint: str, at: int) -> tuple[str, int]:
    """Return the character at `at` if it is one between octets, and where the rest begins."""
    if at < len(hint) and hint[at] not in "0123456789*":
        return hint[at], at + 1
    return "", at

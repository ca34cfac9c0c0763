"""Text from outside without the characters that a terminal obeys. Pure.

A server name, a reason, a log line or a mailed recording can hold escape sequences that change the title, the clipboard
or the order of what is read (OSC, C1 controls, bidirectional overrides). Each such character is replaced where the text
enters, so that no screen, command, page or notification can send it on.
"""

from collections.abc import Mapping
from typing import Any
from unicodedata import category

REPLACED_BY = "\N{REPLACEMENT CHARACTER}"
DANGEROUS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Controls, formats (bidirectional overrides among them), lone surrogates, and separators of lines."""
DEEPEST = 200
"""Of nested values; deeper ones are dropped, because nothing that is read here is so deep."""


def plain(text: str) -> str:
    """The text on one line, with U+FFFD for each dangerous character and a space for a tab or a line end."""
    if text.isprintable():
        return text
    return "".join(map(_plain_character, text))


def _plain_character(each: str) -> str:
    if each in "\t\n\r":
        return " "
    return REPLACED_BY if category(each) in DANGEROUS else each


def plain_values(value: Any, depth: int = 0) -> Any:
    """A JSON value with plain text in it, at every depth, names included."""
    if isinstance(value, str):
        return plain(value)
    if depth > DEEPEST:
        return None
    if isinstance(value, Mapping):
        return {plain(str(name)): plain_values(each, depth + 1) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain_values(each, depth + 1) for each in value]
    return value


def may_be_dangerous(encoded: str | bytes) -> bool:
    """Whether text in JSON can hold a dangerous character: only if it has an escape or is not ASCII."""
    return not encoded.isascii() or (b"\\" if isinstance(encoded, bytes) else "\\") in encoded  # type: ignore[operator]

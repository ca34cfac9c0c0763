"""Values and instances of varbinds as text, by the object of a loaded module."""

from collections.abc import Sequence
from typing import NamedTuple

from snmp.mib.notification import printable
from snmp.modules.hints import number_text, octets_text
from snmp.modules.tables import IndexPart, ModuleObject


class IndexValue(NamedTuple):
    """One object of an instance."""

    name: str
    text: str


def value_text(fact: ModuleObject, value: int | str | bytes | None, octets: bytes | None) -> str | None:
    """Return a value by its words or its hint; None if the module has no words and no hint for it.

    `octets`: the octets of an OCTET STRING, also where `value` is their text.
    """
    if isinstance(value, int):
        return fact.words.get(value) or number_text(fact.hint, value)
    if octets is None:
        return None
    if fact.bits:
        return _bits_text(fact, octets)
    text = octets_text(fact.hint, octets)
    return None if text is None else printable(text)


def index_values(parts: Sequence[IndexPart], instance: str) -> tuple[IndexValue, ...] | None:
    """Return the objects of an instance (RFC 2578 section 7.7); None if it does not fit the INDEX of its table."""
    left = [int(each) for each in instance.split(".")] if instance else []
    found: list[IndexValue] = []
    for part in parts:
        count = _length(part, left)
        if count is None or count > len(left):
            return None
        own, left = left[:count], left[count:]
        text = _index_text(part, own)
        if text is None:
            return None
        found.append(IndexValue(part.name, text))
    return None if left else tuple(found)


def _length(part: IndexPart, left: list[int]) -> int | None:
    """Return how many sub-identifiers are the part's; takes away its length, if there is one."""
    if part.kind == "integer":
        return 1
    if part.length is not None:
        return part.length
    if part.implied:
        return len(left)
    return left.pop(0) if left else None


def _index_text(part: IndexPart, own: list[int]) -> str | None:
    if part.kind == "integer":
        return part.words.get(own[0]) or number_text(part.hint, own[0]) or str(own[0])
    if part.kind in ("oid", "address"):
        return ".".join(map(str, own))
    if any(each > 255 for each in own):
        return None
    octets = bytes(own)
    text = octets_text(part.hint, octets)
    if text is None:
        try:
            text = octets.decode("utf-8")
        except UnicodeDecodeError:
            text = octets.hex(":")
        if not text.isprintable():
            text = octets.hex(":")
    return printable(text)


def _bits_text(fact: ModuleObject, octets: bytes) -> str:
    """Return the words of the bits that are set; a bit without a word by its number."""
    numbers = [8 * at + bit for at, octet in enumerate(octets) for bit in range(8) if octet & 0x80 >> bit]
    return " ".join(fact.words.get(number, f"bit-{number}") for number in numbers)

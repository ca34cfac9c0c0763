"""Domain names in labels (RFC 1035 section 3.1), and lists of them with compression (RFC 3397, RFC 1035 section 4.1.4).

Compression is read wherever a name is read. It is written in DHCPv4 lists only: RFC 8415 section 10 forbids it.
"""

import re
from collections.abc import Sequence

from dhcpserver.wire.optiontypes.basetype import OptionType, OptionValueError, Value

_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_LONGEST = 255
_POINTER = 0xC0


def labels_of(text: str) -> list[bytes]:
    """Return the labels of a domain name; a dot at the end is optional. Raises OptionValueError."""
    name = text.strip().removesuffix(".")
    labels = name.split(".") if name else []
    for label in labels:
        if _LABEL.fullmatch(label) is None:
            raise OptionValueError(
                f"{text!r} is not a domain name: {label!r} is not a label of 1 to 63 letters or digits"
            )
    if sum(len(label) + 1 for label in labels) + 1 > _LONGEST:
        raise OptionValueError(f"{text[:20]!r}... is longer than a domain name can be, {_LONGEST} octets")
    return [label.encode() for label in labels]


def packed(labels: Sequence[bytes]) -> bytes:
    """Return a name without compression, with the root at its end."""
    return b"".join(bytes((len(label),)) + label for label in labels) + b"\0"


def read_name(octets: bytes, at: int) -> tuple[list[bytes], int]:
    """Return the labels of the name at a position and the position after it. Raises OptionValueError.

    A pointer goes back only, so that reading ends.
    """
    labels: list[bytes] = []
    end = -1
    total = 1
    lowest = at
    while True:
        if at >= len(octets):
            raise OptionValueError("a domain name without its end")
        length = octets[at]
        if length >= _POINTER:
            if at + 1 >= len(octets):
                raise OptionValueError("a compressed domain name without its pointer")
            target = (length & 0x3F) << 8 | octets[at + 1]
            end = at + 2 if end < 0 else end
            if target >= lowest:
                raise OptionValueError("a pointer of a compressed domain name does not point back")
            at = lowest = target
            continue
        if length > 63:
            raise OptionValueError("a label of a domain name is longer than 63 octets")
        at += 1
        if not length:
            return labels, at if end < 0 else end
        label = octets[at : at + length]
        total += length + 1
        if len(label) < length or total > _LONGEST:
            raise OptionValueError("a domain name is cut off, or longer than 255 octets")
        labels.append(label)
        at += length


def shown(labels: Sequence[bytes]) -> str:
    """Return a name as text. Octets that are not part of a host name are an error: OptionValueError."""
    text = ".".join(label.decode("ascii", "replace") for label in labels)
    if any(_LABEL.fullmatch(part) is None for part in text.split(".")):
        raise OptionValueError(f"{text!r} is not a domain name")
    return text


class Domain(OptionType):
    """A fully qualified domain name."""

    accepts = "a domain name such as example.org"
    example = "example.org"

    def __init__(self, *, compress: bool = False) -> None:
        self.compress = compress
        self.name = "compressed-domain" if compress else "domain"

    def encode(self, value: object) -> bytes:
        """Return the name without compression."""
        return packed(self._labels(value))

    def _labels(self, value: object) -> list[bytes]:
        labels = labels_of(value) if isinstance(value, str) else []
        if not labels:
            raise self.refused(value)
        return labels

    def encode_all(self, values: Sequence[object]) -> bytes:
        """Return several names; the later ones point to equal ends of the earlier ones."""
        if not self.compress:
            return super().encode_all(values)
        out = bytearray()
        known: dict[tuple[bytes, ...], int] = {}
        for value in values:
            rest = tuple(self._labels(value))
            while rest:
                ending = tuple(label.lower() for label in rest)
                if ending in known:
                    out += (_POINTER << 8 | known[ending]).to_bytes(2, "big")
                    break
                if len(out) < 1 << 14:
                    known[ending] = len(out)
                out += bytes((len(rest[0]),)) + rest[0]
                rest = rest[1:]
            else:
                out += b"\0"
        return bytes(out)

    def take(self, octets: bytes, at: int) -> tuple[Value, int]:
        """Return the name at a position."""
        labels, end = read_name(octets, at)
        if not labels:
            raise OptionValueError("an empty domain name")
        return shown(labels), end

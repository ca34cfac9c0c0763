"""Encoding and decoding options of draft-12: a codec for each type of value, and functions for several options.

A value with a wrong length is decoded as None, so that it counts as absent.
"""

import struct
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from dhcpserver.limits import CONFIGURATION_HASH_OCTETS
from dhcpserver.wire.errors import TruncatedError
from dhcpserver.wire.failover4_bindings import text


class Codec(NamedTuple):
    """The encoder and the decoder of an option's value; the decoder returns None for octets that are not valid."""

    pack: Callable[[Any], bytes]
    unpack: Callable[[bytes], Any]


def number(size: int) -> Codec:
    """Return the codec of an unsigned number of `size` octets."""
    return Codec(
        lambda value: int(value).to_bytes(size, "big"),
        lambda octets: int.from_bytes(octets, "big") if len(octets) == size else None,
    )


def sized(size: int) -> Codec:
    """Return the codec of exactly `size` octets."""
    return Codec(bytes, lambda octets: octets if len(octets) == size else None)


def _pack_digest(digest: tuple[tuple[int, bytes], ...]) -> bytes:
    size = CONFIGURATION_HASH_OCTETS
    return b"".join(bytes([number]) + value[:size].ljust(size, b"\0") for number, value in digest)


def _unpack_digest(octets: bytes) -> tuple[tuple[int, bytes], ...] | None:
    size = 1 + CONFIGURATION_HASH_OCTETS
    if len(octets) % size:
        return None
    return tuple((octets[i], octets[i + 1 : i + size]) for i in range(0, len(octets), size))


DIGEST = Codec(_pack_digest, _unpack_digest)
"""Pairs of a class number and the first eight octets of a hash."""
U8, U16, U32 = number(1), number(2), number(4)
TEXT = Codec(lambda value: value.encode("utf-8")[:512], text)


def pack(subject: object, options: Mapping[int, tuple[str, Codec]]) -> bytes:
    """Return the options of the subject's fields that are not None. `options` has field and codec by option code."""
    parts = []
    for code, (name, codec) in options.items():
        value = getattr(subject, name)
        if value is not None:
            octets = codec.pack(value)
            parts.append(struct.pack("!HH", code, len(octets)) + octets)
    return b"".join(parts)


def unpack(data: bytes, position: int, options: Mapping[int, tuple[str, Codec]]) -> dict[str, Any]:
    """Return the fields by name from the options at `position`; unknown options are skipped. Raises TruncatedError."""
    found: dict[str, Any] = {}
    end = len(data)
    while position < end:
        if position + 4 > end:
            raise TruncatedError(f"option header at offset {position} of {end} octets is cut short")
        code, length = struct.unpack_from("!HH", data, position)
        position += 4
        if position + length > end:
            raise TruncatedError(
                f"option {code} at offset {position - 4} needs {length} octets, and {end - position} are left"
            )
        if code in options:
            name, codec = options[code]
            found[name] = codec.unpack(data[position : position + length])
        position += length
    return found

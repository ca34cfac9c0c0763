"""DHCP unique identifiers (RFC 8415 section 11, RFC 6355): making, reading, and their text.

A DUID is opaque: two are the same if their octets are. Only `hardware_of` reads one, as a hint: the hardware address in
it may be that of a card that the machine no longer has.

Text is octets in hexadecimal with colons, as other servers write it: 00:03:00:01:02:00:00:00:00:01.
"""

import re
from enum import IntEnum
from typing import Final

from dhcpserver.limits import MAXIMUM_DUID
from dhcpserver.wire.errors import WireError

MINIMUM_DUID: Final = 1
EPOCH_2000: Final = 946_684_800
"""Unix time of 2000-01-01T00:00Z, from which a DUID-LLT and RFC 8156 count."""

_TEXT = re.compile(r"(?:[0-9A-Fa-f]{2})+|[0-9A-Fa-f]{1,2}(?:[:-][0-9A-Fa-f]{1,2})+")


class DuidType(IntEnum):
    """The first two octets of a DUID."""

    LINK_LAYER_TIME = 1
    ENTERPRISE = 2
    LINK_LAYER = 3
    UUID = 4


def is_duid(octets: bytes) -> bool:
    """Return whether octets have a length that a DUID can have."""
    return MINIMUM_DUID <= len(octets) <= MAXIMUM_DUID


def link_layer_time(hardware_type: int, time: int, hardware_address: bytes) -> bytes:
    """Return a DUID-LLT; `time` is Unix seconds."""
    moment = (time - EPOCH_2000) & 0xFFFFFFFF
    return _typed(
        DuidType.LINK_LAYER_TIME, hardware_type.to_bytes(2, "big") + moment.to_bytes(4, "big") + hardware_address
    )


def link_layer(hardware_type: int, hardware_address: bytes) -> bytes:
    """Return a DUID-LL."""
    return _typed(DuidType.LINK_LAYER, hardware_type.to_bytes(2, "big") + hardware_address)


def enterprise(number: int, identifier: bytes) -> bytes:
    """Return a DUID-EN: an enterprise number and an identifier that the enterprise assigned."""
    return _typed(DuidType.ENTERPRISE, number.to_bytes(4, "big") + identifier)


def from_uuid(uuid: bytes) -> bytes:
    """Return a DUID-UUID of sixteen octets (RFC 6355)."""
    if len(uuid) != 16:
        raise WireError(f"a UUID of {len(uuid)} octets; it has 16")
    return _typed(DuidType.UUID, uuid)


def _typed(kind: DuidType, rest: bytes) -> bytes:
    duid = kind.to_bytes(2, "big") + rest
    if not is_duid(duid):
        raise WireError(f"a DUID of {len(duid)} octets; at most {MAXIMUM_DUID}")
    return duid


def hardware_of(duid: bytes) -> tuple[int, bytes] | None:
    """Return the hardware type and address in a DUID-LLT or DUID-LL, None if the DUID has none."""
    kind = int.from_bytes(duid[:2], "big")
    start = {DuidType.LINK_LAYER_TIME: 8, DuidType.LINK_LAYER: 4}.get(kind, 0)  # type: ignore[call-overload]
    if not start or len(duid) <= start:
        return None
    return int.from_bytes(duid[2:4], "big"), duid[start:]


def text(duid: bytes) -> str:
    """Return a DUID as text."""
    return duid.hex(":")


def from_text(written: str) -> bytes:
    """Return the DUID of a text: hexadecimal with colons, with hyphens, or without separators. Raises WireError."""
    stripped = written.strip().removeprefix("0x")
    if _TEXT.fullmatch(stripped) is None:
        raise WireError(f"{written[:60]!r} is not a DUID; expected octets such as 00:03:00:01:02:00:00:00:00:01")
    parts = re.split("[:-]", stripped)
    octets = bytes.fromhex(parts[0]) if len(parts) == 1 else bytes(int(part, 16) for part in parts)
    if not is_duid(octets):
        raise WireError(f"a DUID of {len(octets)} octets; at most {MAXIMUM_DUID}")
    return octets

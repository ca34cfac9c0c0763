"""Other dialects of the link: a partner of another make, and one of an older version.

`translate` changes the octets of one portion as if its sender spoke the dialect.
"""

from dataclasses import replace
from enum import Enum

from dhcpserver.wire.failover4 import Connect, ConnectAck, StateReport, Vendor, decode, encode


class Dialect(Enum):
    """How both servers speak in a run."""

    OURS = "ours"
    OLDER = "without the options of the newest version"
    DRAFT_12 = "draft-12 without vendor options"


_NEWEST = ("start", "seen_start", "seen_number", "seen_last", "older_copy", "families")
"""Options that the version before did not send; it had no DHCPv6."""
LAST_OF_DRAFT12 = 12
"""The greatest type of a message of draft-12. Those of RFC 8156 have a length that does not count itself."""
_CONTROL = frozenset((5, 6, 10))
"""CONNECT, CONNECTACK and STATE."""


def translate(octets: bytes, dialect: Dialect) -> bytes:
    """Return a portion of complete frames in a dialect."""
    if dialect is Dialect.OURS:
        return octets
    frames: list[bytes] = []
    position = 0
    while position < len(octets):
        length = frame_length(octets, position)
        frame = octets[position : position + length]
        frames.append(_translated(frame, dialect) if frame[2] in _CONTROL else frame)
        position += length
    return b"".join(frames)


def frame_length(octets: bytes, position: int) -> int:
    """Return the length of the frame that begins at a position, with its two octets of length."""
    length = octets[position] << 8 | octets[position + 1]
    return length if octets[position + 2] <= LAST_OF_DRAFT12 else length + 2


def _translated(frame: bytes, dialect: Dialect) -> bytes:
    message = decode(frame)
    assert isinstance(message, Connect | ConnectAck | StateReport)
    vendor: Vendor | None = None
    if dialect is Dialect.OLDER and message.vendor is not None:
        vendor = replace(message.vendor, **dict.fromkeys(_NEWEST))
    if dialect is Dialect.DRAFT_12 and not isinstance(message, StateReport):
        message = replace(message, vendor_class="another make")
    return encode(replace(message, vendor=vendor), message.time)

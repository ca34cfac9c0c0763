"""STARTTLS (RFC 7653): the two frames before TLS on the failover connection.

The server that opened the connection sends STARTTLS (type 23). A REPLY (type 7) with the same transaction ID and
without a status accepts; one with the status TLSConnectionRefused (15) refuses. Both have the frame of RFC 5460: two
octets of size, which do not include themselves, the type, and three octets of transaction ID.
"""

import struct
from typing import Final

from dhcpserver.wire.errors import WireError

STARTTLS: Final = 23
_REPLY: Final = 7
_STATUS: Final = 13
_REFUSED: Final = 15
_LENGTH: Final = 6
MAXIMUM: Final = 512
"""Longer replies are not valid."""


def request(xid: int) -> bytes:
    """Return a STARTTLS frame."""
    return struct.pack("!HB", 4, STARTTLS) + xid.to_bytes(3, "big")


def reply(request_frame: bytes, refusal: str | None) -> bytes:
    """Return the answer to a STARTTLS frame; `refusal` is the reason of a refusal, or None to accept."""
    status = b""
    if refusal is not None:
        message = refusal.encode()[:200]
        status = struct.pack("!HHH", _STATUS, 2 + len(message), _REFUSED) + message
    return struct.pack("!HB", 4 + len(status), _REPLY) + request_frame[3:6] + status


def is_request(octets: bytes) -> bool:
    """Whether a connection starts with STARTTLS; three octets are enough to decide."""
    return len(octets) >= 3 and octets[2] == STARTTLS


def whole(octets: bytes) -> bool:
    """Whether the frame is complete. Raises WireError if it is neither STARTTLS nor REPLY."""
    if len(octets) < 3:
        return False
    size, kind = struct.unpack_from("!HB", octets)
    if kind not in (STARTTLS, _REPLY) or not 4 <= size <= MAXIMUM:
        raise WireError(f"message type {kind} of {size} octets where STARTTLS or its REPLY was expected")
    if len(octets) > size + 2:
        raise WireError("octets after STARTTLS or its REPLY, before TLS")
    return bool(len(octets) == size + 2)


def refused(octets: bytes, xid: int) -> str | None:
    """Return the reason of a refusal; None if the REPLY accepts. Raises WireError for any other frame."""
    if octets[2] != _REPLY or octets[3:_LENGTH] != xid.to_bytes(3, "big"):
        raise WireError("not the REPLY to this STARTTLS")
    position = _LENGTH
    while position + 4 <= len(octets):
        code, size = struct.unpack_from("!HH", octets, position)
        value = octets[position + 4 : position + 4 + size]
        if code == _STATUS and len(value) >= 2 and value[:2] != b"\0\0":
            return value[2:].decode("utf-8", "replace") or f"status {int.from_bytes(value[:2], 'big')}"
        position += 4 + size
    return None

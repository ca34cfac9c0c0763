"""The framing of bulk lease queries of both families: each message after two octets with its size.

RFC 5460 section 5.1, RFC 6926 section 6.1. Messages are taken one by one, so that a server can finish a query before
it reads the next one.
"""

from typing import Final

from dhcpserver.wire.errors import WireError

MAXIMUM_QUERY: Final = 4096
"""Octets of one message that a requester may send; a query has some hundred."""
LARGEST_MESSAGE: Final = 0xFFFF


def pack_message(octets: bytes) -> bytes:
    """Return a message with its size before it. Raises WireError if it is too long."""
    if len(octets) > LARGEST_MESSAGE:
        raise WireError(f"a message of {len(octets)} octets; at most {LARGEST_MESSAGE}")
    return len(octets).to_bytes(2, "big") + octets


class Frames:
    """The input of one connection: octets in chunks of any size to complete messages."""

    __slots__ = ("_least", "_most", "_rest")

    def __init__(self, least: int, most: int = MAXIMUM_QUERY) -> None:
        """`least`, `most`: octets of one message."""
        self._least = least
        self._most = most
        self._rest = b""

    def __len__(self) -> int:
        """Number of octets that wait."""
        return len(self._rest)

    def add(self, data: bytes) -> None:
        """Add a chunk."""
        self._rest += data

    def take(self) -> bytes | None:
        """Return the next complete message, None if there is none. Raises WireError for a size that no message has."""
        if len(self._rest) < 2:
            return None
        size = int.from_bytes(self._rest[:2], "big")
        if not self._least <= size <= self._most:
            raise WireError(f"a message of {size} octets; {self._least} to {self._most}")
        if len(self._rest) < 2 + size:
            return None
        message, self._rest = self._rest[2 : 2 + size], self._rest[2 + size :]
        return message

"""Bulk leasequery over TCP (RFC 5460): a stream of DHCPv6 messages, each after two octets with its size.

A requester sends LEASEQUERY messages. The server answers each with LEASEQUERY-REPLY, which has the first binding, a
LEASEQUERY-DATA for each further one, and LEASEQUERY-DONE; if there is no binding, the reply alone.
"""

from typing import Final

from dhcpserver.wire.dhcp6 import HEADER_LENGTH, Message, parse
from dhcpserver.wire.errors import WireError

MAXIMUM_QUERY: Final = 4096
"""Octets of one message that a requester may send; a query has some hundred."""


def pack_message(octets: bytes) -> bytes:
    """Return a message with its size before it. Raises WireError if it is too long."""
    if len(octets) > 0xFFFF:
        raise WireError(f"a message of {len(octets)} octets; at most {0xFFFF}")
    return len(octets).to_bytes(2, "big") + octets


class MessageStream:
    """The input of one connection.

    Attributes:
        error: the error that ended the stream, or None. Nothing is read after it.
    """

    __slots__ = ("_maximum", "_rest", "error")

    def __init__(self, maximum: int = MAXIMUM_QUERY) -> None:
        """`maximum`: octets of one message at most."""
        self._maximum = maximum
        self._rest = b""
        self.error: WireError | None = None

    def feed(self, data: bytes) -> list[Message]:
        """Return the messages that are complete with this chunk. An error sets `error`."""
        found: list[Message] = []
        if self.error is not None:
            return found
        data = self._rest + data
        position = 0
        try:
            while len(data) - position >= 2:
                size = int.from_bytes(data[position : position + 2], "big")
                if not HEADER_LENGTH <= size <= self._maximum:
                    raise WireError(f"a message of {size} octets; {HEADER_LENGTH} to {self._maximum}")
                following = position + 2 + size
                if following > len(data):
                    break
                found.append(parse(data[position + 2 : following]))
                position = following
        except WireError as error:
            self.error = error
        self._rest = data[position:] if self.error is None else b""
        return found

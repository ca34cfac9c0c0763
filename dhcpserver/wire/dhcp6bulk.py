"""Bulk leasequery over TCP (RFC 5460): a stream of DHCPv6 messages, each after two octets with its size.

A requester sends LEASEQUERY messages. The server answers each with LEASEQUERY-REPLY, which has the first binding, a
LEASEQUERY-DATA for each further one, and LEASEQUERY-DONE; if there is no binding, the reply alone.
"""

from dhcpserver.wire.bulkframes import MAXIMUM_QUERY, Frames
from dhcpserver.wire.dhcp6 import HEADER_LENGTH, Message, parse
from dhcpserver.wire.errors import WireError


class MessageStream:
    """The input of one connection.

    Attributes:
        error: the error that ended the stream, or None. Nothing is read after it.
    """

    __slots__ = ("_frames", "error")

    def __init__(self, maximum: int = MAXIMUM_QUERY) -> None:
        """`maximum`: octets of one message at most."""
        self._frames = Frames(HEADER_LENGTH, maximum)
        self.error: WireError | None = None

    def feed(self, data: bytes) -> list[Message]:
        """Return the messages that are complete with this chunk. An error sets `error`."""
        found: list[Message] = []
        if self.error is not None:
            return found
        self._frames.add(data)
        try:
            while (octets := self._frames.take()) is not None:
                found.append(parse(octets))
        except WireError as error:
            self.error = error
        return found

"""The failover stream: octets in chunks of any size to complete messages.

Two encodings share a connection. Both start with a two-octet length and a one-octet type, whose ranges do not overlap:

    1 to 12    draft-12; the length counts the whole frame, 12 to 2048 octets
    24 to 35   RFC 8156; the length counts what follows it; at least 8 octets

so the third octet decides. Any other type, and any length that is not valid, ends the stream, because the start of the
next message cannot be found.
"""

from collections.abc import Callable
from typing import Final

from dhcpserver.wire import failover4, failover6
from dhcpserver.wire.errors import WireError
from dhcpserver.wire.failover4 import Message
from dhcpserver.wire.failover4_bindings import MAXIMUM_LENGTH

_DRAFT12: Final = range(1, 13)
_RFC8156: Final = range(24, 36)
_MINIMUM_LENGTH: Final = 12
_RFC8156_MINIMUM: Final = 8
"""Type, three octets of transaction ID and four of time."""
_UNLIMITED: Final = 1 << 30


class Framer:
    """The input of one connection.

    Attributes:
        error: the error that ended the stream, or None. Nothing is decoded after it.
        more: whether messages may be complete that the limit of the last call left.
    """

    __slots__ = ("_opened", "_rest", "error", "more")

    def __init__(self, opened: Callable[[bytes], bytes] | None = None) -> None:
        """`opened` checks and removes the digest of a frame before it is decoded; it raises WireError."""
        self._opened = opened
        self._rest = b""
        self.error: WireError | None = None
        self.more = False

    @property
    def waiting(self) -> int:
        """Number of octets that are not decoded yet."""
        return len(self._rest)

    def feed(self, data: bytes, limit: int = _UNLIMITED) -> list[Message]:
        """Return the messages that are complete with this chunk, at most `limit`. An error sets `error`."""
        self.more = False
        if self.error is not None:
            return []
        if self._rest:
            data = self._rest + data
        messages: list[Message] = []
        position, end = 0, len(data)
        try:
            while end - position >= 3:
                if len(messages) >= limit:
                    self.more = True
                    break
                length = data[position] << 8 | data[position + 1]
                kind = data[position + 2]
                if kind in _DRAFT12:
                    if not _MINIMUM_LENGTH <= length <= MAXIMUM_LENGTH:
                        raise WireError(f"draft-12 frame of {length} octets; {_MINIMUM_LENGTH} to {MAXIMUM_LENGTH}")
                    following = position + length
                    if following > end:
                        break
                    frame = data[position:following]
                    messages.append(failover4.decode(frame if self._opened is None else self._opened(frame)))
                elif kind in _RFC8156:
                    if length < _RFC8156_MINIMUM:
                        raise WireError(f"RFC 8156 frame of {length} octets; at least {_RFC8156_MINIMUM}")
                    following = position + 2 + length
                    if following > end:
                        break
                    frame = data[position:following]
                    messages.append(failover6.decode6(frame if self._opened is None else self._opened(frame)))
                else:
                    raise WireError(f"message type {kind}; draft-12 has 1 to 12 and RFC 8156 24 to 35")
                position = following
        except WireError as error:
            self.error = error
        self._rest = data[position:] if self.error is None else b""
        return messages

"""The message digest of draft-12 (option 17), which protects the failover link with a shared secret.

The option is the last one of every frame. Its first octet is the algorithm: HMAC-SHA-256 (2) is used here; the draft
has HMAC-MD5 (1) only, which is no longer secure. The digest covers the sender's role, the number of the frame on its
connection, and the frame with zeros in place of the digest. So a frame cannot be changed, left out, repeated, moved or
reflected. The messages of RFC 8156 on the same connection end with the same option.

The key of the first frame in each direction, CONNECT and CONNECTACK, is the secret. These frames have nonces, and both
digests together make the key of all later frames, so that frames recorded on one connection are not valid on another.
"""

import hmac
import struct
from typing import Final

from dhcpserver.wire.errors import WireError
from dhcpserver.wire.failover4_bindings import HEADER_LENGTH

HMAC_SHA_256: Final = 2
_OPTION: Final = 17
_RFC8156: Final = 24
"""The first message type of RFC 8156."""
_SIZE: Final = 32
_TRAILER: Final = 4 + 1 + _SIZE
_HEAD = struct.pack("!HHB", _OPTION, 1 + _SIZE, HMAC_SHA_256)
_BLANK = _HEAD + bytes(_SIZE)


class DigestError(WireError):
    """A frame without a digest, with a wrong one, or with one of another algorithm.

    Attributes:
        missing: the frame has no digest.
    """

    def __init__(self, text: str, *, missing: bool = False) -> None:
        super().__init__(text)
        self.missing = missing


class Seal:
    """The digests of one connection, in both directions. `main` is the role of this server."""

    __slots__ = ("_key", "_main", "_received", "_secret", "_sent", "_transcript")

    def __init__(self, secret: bytes, main: bool) -> None:
        self._secret = secret
        self._main = main
        self._sent = 0
        self._received = 0
        self._transcript = {True: b"", False: b""}
        self._key = b""

    def close(self, frame: bytes) -> bytes:
        """Return a frame to send, with its digest added."""
        length = len(frame) + _TRAILER - _uncounted(frame)
        blank = length.to_bytes(2, "big") + frame[2:] + _BLANK
        key = self._connection_key() if self._sent else self._secret
        digest = self._digest(self._main, self._sent, blank, key or self._secret)
        if self._sent == 0:
            self._transcript[self._main] = digest
        self._sent += 1
        return blank[:-_SIZE] + digest

    def open(self, frame: bytes) -> bytes:
        """Check the digest of a received frame and return the frame without it. Raises DigestError."""
        body = frame[:-_TRAILER]
        uncounted = _uncounted(frame)
        if len(body) < HEADER_LENGTH - uncounted or frame[-_TRAILER:-_SIZE] != _HEAD:
            raise DigestError("no message digest, or one that is not HMAC-SHA-256", missing=True)
        key = self._connection_key() if self._received else self._secret
        if not key:
            raise DigestError("a message before CONNECT and CONNECTACK")
        expected = self._digest(not self._main, self._received, frame[:-_SIZE] + bytes(_SIZE), key)
        if not hmac.compare_digest(expected, frame[-_SIZE:]):
            raise DigestError("the message digest is wrong: check that both servers have the same shared secret")
        if self._received == 0:
            self._transcript[not self._main] = expected
        self._received += 1
        return (len(body) - uncounted).to_bytes(2, "big") + body[2:]

    def _connection_key(self) -> bytes:
        """Return the key from both first frames; empty until both have been exchanged."""
        if not self._key:
            first, answer = self._transcript[True], self._transcript[False]
            if first and answer:
                self._key = hmac.digest(self._secret, b"connection" + first + answer, "sha256")
        return self._key

    @staticmethod
    def _digest(from_main: bool, number: int, blank: bytes, key: bytes) -> bytes:
        return hmac.digest(key, struct.pack("!BQ", from_main, number) + blank, "sha256")


def _uncounted(frame: bytes) -> int:
    """Return the octets that the length of a frame does not count: its own two in RFC 8156, whose types begin at 24.

    The header of RFC 8156 is shorter by as many.
    """
    return 2 if frame[2] >= _RFC8156 else 0

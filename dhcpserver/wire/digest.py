"""The message digest of draft-12 (option 17): without the shared secret nobody speaks on the link, or changes it.

The option stands last in every frame. Its first octet names the algorithm: ours is HMAC-SHA-256 (2; the draft has only
HMAC-MD5, 1, which nobody should use any more). The digest covers the sender's role, the number of the frame on its
connection, and the frame with zeros for the digest. So a frame cannot be altered, left out, repeated, moved or sent
back. The first frame each way, CONNECT and CONNECTACK, is keyed with the secret; they carry nonces, and both digests
make the key of all that follows, so that what was recorded on one connection is worth nothing on another.
"""

import hmac
import struct
from typing import Final

from dhcpserver.wire.errors import WireError
from dhcpserver.wire.failover4_bindings import HEADER_LENGTH

HMAC_SHA_256: Final = 2
_OPTION: Final = 17
_SIZE: Final = 32
_TRAILER: Final = 4 + 1 + _SIZE
_HEAD = struct.pack("!HHB", _OPTION, 1 + _SIZE, HMAC_SHA_256)
_BLANK = _HEAD + bytes(_SIZE)


class DigestError(WireError):
    """A frame without a digest, with a wrong one, or with one that was not agreed on.

    Attributes:
        missing: there was none at all.
    """

    def __init__(self, text: str, *, missing: bool = False) -> None:
        super().__init__(text)
        self.missing = missing


class Seal:
    """The digests of one connection, both ways.

    `main` is our role. The octets of frames go in and out; raises DigestError for a frame that must not be read.
    """

    __slots__ = ("_key", "_main", "_received", "_secret", "_sent", "_transcript")

    def __init__(self, secret: bytes, main: bool) -> None:
        self._secret = secret
        self._main = main
        self._sent = 0
        self._received = 0
        self._transcript = {True: b"", False: b""}
        self._key = b""

    def close(self, frame: bytes) -> bytes:
        """A frame of ours, with its digest."""
        length = len(frame) + _TRAILER
        blank = length.to_bytes(2, "big") + frame[2:] + _BLANK
        key = self._connection_key() if self._sent else self._secret
        digest = self._digest(self._main, self._sent, blank, key or self._secret)
        if self._sent == 0:
            self._transcript[self._main] = digest
        self._sent += 1
        return blank[:-_SIZE] + digest

    def open(self, frame: bytes) -> bytes:
        """A frame of the partner's, without its digest, which was right."""
        body = frame[:-_TRAILER]
        if len(body) < HEADER_LENGTH or frame[-_TRAILER:-_SIZE] != _HEAD:
            raise DigestError("no message digest, or one that is not HMAC-SHA-256", missing=True)
        key = self._connection_key() if self._received else self._secret
        if not key:
            raise DigestError("a message before CONNECT and CONNECTACK")
        expected = self._digest(not self._main, self._received, frame[:-_SIZE] + bytes(_SIZE), key)
        if not hmac.compare_digest(expected, frame[-_SIZE:]):
            raise DigestError("the message digest is wrong: is the shared secret the same on both servers?")
        if self._received == 0:
            self._transcript[not self._main] = expected
        self._received += 1
        return len(body).to_bytes(2, "big") + body[2:]

    def _connection_key(self) -> bytes:
        """What both first frames make; empty until they have gone both ways."""
        if not self._key:
            first, answer = self._transcript[True], self._transcript[False]
            if first and answer:
                self._key = hmac.digest(self._secret, b"connection" + first + answer, "sha256")
        return self._key

    @staticmethod
    def _digest(from_main: bool, number: int, blank: bytes, key: bytes) -> bytes:
        return hmac.digest(key, struct.pack("!BQ", from_main, number) + blank, "sha256")

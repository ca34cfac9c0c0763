"""The Reconfigure Key Authentication Protocol (RFC 8415 section 20.4), which protects RECONFIGURE.

The server sends a key of sixteen octets to a client that accepts RECONFIGURE, in the Authentication option of a REPLY.
Later it signs each RECONFIGURE with HMAC-MD5 over the whole message, with zeros in place of the digest. The replay
detection is a number that grows with every message of the server.
"""

import hmac
from typing import Final, NamedTuple

from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6 import Message, encode_message
from dhcpserver.wire.dhcp6options import pack_option

KEY_OCTETS: Final = 16

_PROTOCOL: Final = 3
_ALGORITHM: Final = 1
_HEAD: Final = bytes((_PROTOCOL, _ALGORITHM, 0))
"""Protocol, algorithm (HMAC-MD5), and the method of replay detection (a counter)."""
_KEY: Final = 1
_DIGEST: Final = 2
_LENGTH: Final = 11 + 1 + KEY_OCTETS


class Authentication(NamedTuple):
    """The data of option 11: the number of the message, and the key or the digest that it has; both are not empty."""

    replay: int
    key: bytes | None
    digest: bytes | None


def read_authentication(data: bytes | None) -> Authentication | None:
    """Return the data of option 11; None without one, or for another protocol."""
    if data is None or len(data) != _LENGTH or data[:3] != _HEAD or data[11] not in (_KEY, _DIGEST):
        return None
    value = data[12:]
    is_key = data[11] == _KEY
    return Authentication(int.from_bytes(data[3:11], "big"), value if is_key else None, None if is_key else value)


def pack_key(replay: int, key: bytes) -> bytes:
    """Return option 11 with a key, for a REPLY."""
    return _pack(replay, _KEY, key)


def _pack(replay: int, kind: int, value: bytes) -> bytes:
    return pack_option(o6.AUTHENTICATION, _HEAD + replay.to_bytes(8, "big") + bytes((kind,)) + value)


def sign(message: bytes, replay: int, key: bytes) -> bytes:
    """Return a RECONFIGURE without option 11 with the option at its end."""
    digest = hmac.digest(key, message + _pack(replay, _DIGEST, bytes(KEY_OCTETS)), "md5")
    return message + _pack(replay, _DIGEST, digest)


def is_signed(message: Message, key: bytes) -> bool:
    """Return whether a RECONFIGURE has the right digest."""
    found = read_authentication(message.get(o6.AUTHENTICATION))
    if found is None or found.digest is None:
        return False
    options = [
        (code, data[:-KEY_OCTETS] + bytes(KEY_OCTETS) if code == o6.AUTHENTICATION else data)
        for code, data in message.options
    ]
    blank = encode_message(Message(message.type, message.xid, options))
    return hmac.compare_digest(hmac.digest(key, blank, "md5"), found.digest)

"""Messages of OMAPI, the management protocol of ISC dhcpd, as octets and back.

    startup   version 100, header size 24: each side sends it once
    message   authenticator, length of the signature, operation, handle, transaction, transaction answered,
              then two dictionaries (of the message, of the object), then the signature
    entry     length of the name (2 octets), name, length of the value (4 octets), value; a name of length 0 ends a
              dictionary

All numbers are in network order. A signature is the HMAC of all between the authenticator and itself. The forms are
those of dhcpd 4.4 (omapip/protocol.c, omapip/auth.c) and were tried with it.

The library pypureomapi is not used: it has HMAC-MD5 and IPv4 only, it blocks one thread for each server, and its time
limit is that of a part of an answer.
"""

import hmac
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from console.model.plain_text import plain

STARTUP = struct.pack("!II", 100, 24)
HEADER = struct.Struct("!IIIIII")
SIGNED_FROM = 4
"""The signature covers the message from here on: not the number of the authenticator."""

ALGORITHMS: Mapping[str, str] = {
    "hmac-md5": "md5",
    "hmac-sha1": "sha1",
    "hmac-sha224": "sha224",
    "hmac-sha256": "sha256",
    "hmac-sha384": "sha384",
    "hmac-sha512": "sha512",
}
"""The algorithms of keys, with their names in Python."""
WIRE_SUFFIX = ".SIG-ALG.REG.INT."
LARGEST_VALUE = 1 << 16
"""Octets of one value. The largest of a lease is a relay's option."""
MOST_ENTRIES = 200


class OmapiError(ValueError):
    """The octets are not a message of OMAPI."""


class WrongSignature(OmapiError):
    """The octets are a message that is not signed with the key."""


class Operation(IntEnum):
    """What a message is for."""

    OPEN = 1
    REFRESH = 2
    UPDATE = 3
    NOTIFY = 4
    STATUS = 5
    DELETE = 6


class Result(IntEnum):
    """Results of a STATUS that are distinguished."""

    SUCCESS = 0
    NOT_FOUND = 23
    NO_AUTHENTICATOR = 0x60009


@dataclass(frozen=True, slots=True)
class Key:
    """A key of dhcpd.conf. `number` is the authenticator that the server gave it on this connection."""

    name: str
    algorithm: str
    secret: bytes = field(repr=False)
    number: int = 0

    @property
    def wire_name(self) -> bytes:
        return (self.algorithm + WIRE_SUFFIX).encode()

    @property
    def length(self) -> int:
        """Octets of a signature."""
        return hmac.new(self.secret, b"", ALGORITHMS[self.algorithm]).digest_size

    def sign(self, octets: bytes) -> bytes:
        return hmac.new(self.secret, octets, ALGORITHMS[self.algorithm]).digest()


Values = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `message` describes it, `values` are the attributes of its object."""

    operation: int
    handle: int = 0
    transaction: int = 0
    answers: int = 0
    message: Values = field(default_factory=dict)
    values: Values = field(default_factory=dict)

    @property
    def result(self) -> int | None:
        """The result of a STATUS; None of any other message."""
        value = self.message.get("result", b"")
        return int.from_bytes(value) if self.operation == Operation.STATUS and len(value) == 4 else None

    @property
    def words(self) -> str:
        """The server's text for the result."""
        return plain(self.message.get("message", b"").decode("utf-8", "replace")) or f"result {self.result}"


def encode(message: Message, key: Key | None) -> bytes:
    """The octets of a message, signed with the key where there is one."""
    number, length = (key.number, key.length) if key is not None else (0, 0)
    header = HEADER.pack(number, length, message.operation, message.handle, message.transaction, message.answers)
    octets = header + _dictionary(message.message) + _dictionary(message.values)
    return octets if key is None else octets + key.sign(octets[SIGNED_FROM:])


def _dictionary(values: Values) -> bytes:
    entries = (
        struct.pack("!H", len(name)) + name.encode() + struct.pack("!I", len(value)) + value
        for name, value in values.items()
    )
    return b"".join(entries) + b"\0\0"


def decode(octets: bytes, key: Key | None) -> tuple[Message, int] | None:
    """The message at the beginning of what was received, and its length; None while it is not complete.

    With a key, every message must be signed with it. Raises OmapiError.
    """
    if len(octets) < HEADER.size:
        return None
    number, length, operation, handle, transaction, answers = HEADER.unpack_from(octets)
    if length > 64:
        raise OmapiError(f"a signature of {length} octets")
    found, place = _read_dictionary(octets, HEADER.size)
    if found is None:
        return None
    values, place = _read_dictionary(octets, place)
    if values is None or len(octets) < place + length:
        return None
    if key is not None:
        expected = key.sign(octets[SIGNED_FROM:place])
        if number != key.number or not hmac.compare_digest(expected, octets[place : place + length]):
            raise WrongSignature("an answer without a valid signature")
    return Message(operation, handle, transaction, answers, found, values), place + length


def _read_dictionary(octets: bytes, place: int) -> tuple[dict[str, bytes] | None, int]:
    """The dictionary at a place, None while it is not complete, and the place after it."""
    found: dict[str, bytes] = {}
    for _ in range(MOST_ENTRIES):
        if len(octets) < place + 2:
            return None, place
        length = int.from_bytes(octets[place : place + 2])
        place += 2
        if length == 0:
            return found, place
        name = octets[place : place + length].decode("utf-8", "replace")
        place += length
        if len(octets) < place + 4:
            return None, place
        size = int.from_bytes(octets[place : place + 4])
        if size > LARGEST_VALUE:
            raise OmapiError(f"a value of {size} octets")
        place += 4
        if len(octets) < place + size:
            return None, place
        found[name] = octets[place : place + size]
        place += size
    raise OmapiError(f"more than {MOST_ENTRIES} attributes")

"""The unencrypted header of an SNMPv3 message: its user, engine and protection (RFC 3412 section 6).

It is read before pysnmp processes the message, because pysnmp does not report why it refuses one.
"""

from dataclasses import dataclass

from snmp.codec import ber
from snmp.codec.message import INTEGER, OCTET_STRING, SEQUENCE, V3
from snmp.errors import MessageError
from snmp.security.access import SecurityLevel

_USM = 3
"""The User-based Security Model, RFC 3411 section 5."""

_LEVELS = {0: SecurityLevel.NO_AUTH_NO_PRIV, 1: SecurityLevel.AUTH_NO_PRIV, 3: SecurityLevel.AUTH_PRIV}
"""By msgFlags: bit 0 is authentication, bit 1 privacy. Privacy without authentication is not valid."""


@dataclass(frozen=True, slots=True)
class V3Header:
    """The header of a message with the User-based Security Model."""

    message_id: int
    reportable: bool
    level: SecurityLevel
    engine_id: bytes
    boots: int
    time: int
    user: bytes
    digest: bytes


def read(data: bytes) -> V3Header:
    """Return the header of an SNMPv3 message. Raises MessageError."""
    return _read(data)[0]


@dataclass(frozen=True, slots=True)
class V3Parts:
    """The octets of a message that are the same when its PDU is encoded again."""

    head: bytes
    """The version and the header."""
    clock_and_user: bytes
    """Engine ID, boots, time and user."""
    salt: bytes
    """The privacy parameters."""
    scoped: bytes
    """The scoped PDU, or the encrypted one."""


def parts(data: bytes) -> V3Parts:
    """Return the parts of an SNMPv3 message. Raises MessageError."""
    return _read(data)[1]


def without_nul(data: bytes) -> bytes:
    """Return the message without the NUL octets that some agents send after it. Raises MessageError."""
    _, end = ber.enter(data, 0, len(data), SEQUENCE, "message")
    return data if any(data[end:]) else data[:end]


def _read(data: bytes) -> tuple[V3Header, V3Parts]:
    begin, end = ber.enter(data, 0, len(data), SEQUENCE, "message")
    if end != len(data):
        raise MessageError(f"{len(data) - end} octets after the message")
    version, position = ber.integer(data, begin, end, "version")
    if version != V3:
        raise MessageError(f"version {version}; SNMPv3 is {V3}")
    inner, position = ber.enter(data, position, end, SEQUENCE, "header")
    message_id, inner = ber.integer(data, inner, position, "message ID")
    _, inner = ber.integer(data, inner, position, "maximum size")
    start, inner = ber.enter(data, inner, position, OCTET_STRING, "flags")
    if inner - start != 1:
        raise MessageError(f"flags of {inner - start} octets")
    flags = data[start]
    model, inner = ber.integer(data, inner, position, "security model")
    if model != _USM or flags & 3 not in _LEVELS:
        raise MessageError(f"security model {model} with flags 0x{flags:02x}; the User-based model is {_USM}")
    head = data[begin:position]
    inner, position = ber.enter(data, position, end, OCTET_STRING, "security parameters")
    scoped = data[position:end]
    inner, position = ber.enter(data, inner, position, SEQUENCE, "security parameters")
    first = inner
    engine_id, inner = _octets(data, inner, position, "engine ID")
    boots, inner = ber.integer(data, inner, position, "boots")
    time, inner = ber.integer(data, inner, position, "time")
    user, inner = _octets(data, inner, position, "user")
    clock_and_user = data[first:inner]
    digest, inner = _octets(data, inner, position, "digest")
    salt, _ = _octets(data, inner, position, "privacy parameters")
    header = V3Header(message_id, bool(flags & 4), _LEVELS[flags & 3], engine_id, boots, time, user, digest)
    return header, V3Parts(head, clock_and_user, salt, scoped)


def _octets(data: bytes, position: int, end: int, what: str) -> tuple[bytes, int]:
    start, stop = ber.enter(data, position, end, OCTET_STRING, what)
    return data[start:stop], stop


def version_of(data: bytes) -> int | None:
    """Return the version of a message; None if the octets do not start as a message."""
    try:
        position, end = ber.enter(data, 0, len(data), SEQUENCE, "message")
        if data[position : position + 2] != bytes((INTEGER, 1)) or position + 2 >= end:
            return None
        return data[position + 2]
    except MessageError:
        return None

"""A received notification encoded again as an SNMPv2c trap (RFC 3584 section 3.1).

The uptime and the OID come first. `snmpTrapAddress` has the address of the sender, so that the recipient can tell whose
trap it is. Values that agents encoded wrongly are encoded correctly, and types that SNMPv2c no longer has become those
that replaced them.
"""

from ipaddress import IPv4Address

from snmp.codec import ber
from snmp.codec.message import (
    BITS,
    GAUGE32,
    INTEGER,
    IP_ADDRESS,
    NSAP,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    TIME_TICKS,
    TRAP_V2,
    UINTEGER32,
    V2C,
    Message,
    RawValue,
    RawVarbind,
)
from snmp.codec.translation import notification_parts
from snmp.mib import standard

_REPLACED = {BITS: OCTET_STRING, NSAP: OCTET_STRING, UINTEGER32: GAUGE32}
_NOT_PASSED_ON = frozenset((standard.UPTIME, standard.TRAP_OID, standard.TRAP_COMMUNITY))
"""The first two come first, and a community is a secret."""


def variable_bindings(message: Message, source: str) -> bytes:
    """Return the variable-bindings of the notification as SNMPv2c has them, with tag and length.

    `source` is the address that the datagram came from. It is used where the message has no IPv4 address of its sender.
    """
    oid, uptime, rest = notification_parts(message)
    found = [
        RawVarbind(standard.UPTIME, TIME_TICKS, (uptime or 0) % 2**32),
        RawVarbind(standard.TRAP_OID, OBJECT_IDENTIFIER, oid or ber.NO_OID),
        *(each for each in rest if each.oid not in _NOT_PASSED_ON),
    ]
    if all(each.oid != standard.TRAP_ADDRESS for each in found):
        agent = b"" if message.v1 is None else message.v1.agent_address
        if not any(agent):
            agent = b"" if ":" in source else IPv4Address(source).packed
        if agent:
            found.append(RawVarbind(standard.TRAP_ADDRESS, IP_ADDRESS, agent))
    if message.v1 is not None and all(each.oid != standard.TRAP_ENTERPRISE for each in found):
        found.append(RawVarbind(standard.TRAP_ENTERPRISE, OBJECT_IDENTIFIER, message.v1.enterprise))
    return element(SEQUENCE, *map(varbind, found))


def v2c_trap(bindings: bytes, community: str, request_id: int) -> bytes:
    """Return an SNMPv2c trap with these variable-bindings."""
    numbers = integer(request_id) + integer(0) + integer(0)
    head = integer(V2C) + element(OCTET_STRING, community.encode())
    return element(SEQUENCE, head, element(TRAP_V2, numbers, bindings))


def varbind(raw: RawVarbind) -> bytes:
    """Return a varbind with a value that is encoded correctly."""
    tag = _REPLACED.get(raw.tag, raw.tag)
    return element(SEQUENCE, element(OBJECT_IDENTIFIER, _oid(raw.oid)), element(tag, _content(raw.value)))


def _content(value: RawValue) -> bytes:
    if value is None:
        return b""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return _oid(value)
    return _number(value)


def integer(value: int) -> bytes:
    """Return an INTEGER with tag and length."""
    return element(INTEGER, _number(value))


def _number(value: int) -> bytes:
    """The shortest two's complement; an unsigned number with its highest bit set gets a leading zero octet."""
    return value.to_bytes((value if value >= 0 else ~value).bit_length() // 8 + 1, "big", signed=True)


def _oid(dotted: str) -> bytes:
    first, second, *rest = (int(part) for part in (dotted if "." in dotted else f"{dotted}.0").split("."))
    octets = bytearray()
    for number in (first * 40 + second, *rest):
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(number & 0x7F | 0x80)
        octets += bytes(reversed(groups))
    return bytes(octets)


def element(tag: int, *parts: bytes) -> bytes:
    """Return an element with these contents."""
    body = b"".join(parts)
    if len(body) < 128:
        return bytes((tag, len(body))) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body

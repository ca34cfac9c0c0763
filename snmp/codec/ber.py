"""Octets to `Message`: a BER decoder for traps only.

A trap has a fixed structure of five levels, so this decoder needs no schema and no recursion. A general decoder has
both and is too slow for a storm of traps. This one is strict: definite lengths only, every length within the enclosing
one, no octets left over, integers within the range of their type. Any octets give a Message or a MessageError. Octets
that it refuses are read again with `lenient`, which reads values as net-snmp does: many agents encode them wrongly.
What that refuses too is decoded with pyasn1 (`fallback`), so no trap is lost. Tests compare the decoders.
"""

from functools import lru_cache
from typing import NamedTuple

from snmp.codec.message import (
    BITS,
    COUNTER32,
    COUNTER64,
    END_OF_MIB_VIEW,
    GAUGE32,
    INFORM,
    INTEGER,
    IP_ADDRESS,
    NO_SUCH_INSTANCE,
    NO_SUCH_OBJECT,
    NSAP,
    NULL,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    OPAQUE,
    RESPONSE,
    SEQUENCE,
    TIME_TICKS,
    TRAP_V1,
    TRAP_V2,
    UINTEGER32,
    V1,
    V2C,
    Message,
    RawValue,
    RawVarbind,
    V1Header,
)
from snmp.errors import MessageError

LONGEST_INTEGER = 8
NO_OID = "0.0"
"""zeroDotZero of SNMPv2-SMI."""
MAXIMUM_OCTETS = 65_535
MAXIMUM_SUBIDENTIFIERS = 128
"""RFC 2578 section 3.5."""

_CACHED_OCTETS = _SHORT = 128
_UNSIGNED = {COUNTER32: 4, GAUGE32: 4, TIME_TICKS: 4, COUNTER64: 8}
"""Octets of the largest value of each unsigned type."""
_EMPTY = frozenset((NULL, NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW))


def decode(data: bytes, *, lenient: bool = False) -> Message:
    """Decode one SNMPv1 trap, SNMPv2c trap or SNMPv2c inform. Raises MessageError.

    `lenient`: NUL octets may follow the message, and values are read as net-snmp reads them: unsigned numbers without
    their leading zero octet, longer integers cut to 32 bits, BITS, NSAP addresses, UInteger32, an empty OID as 0.0,
    a NULL with contents.
    """
    if len(data) > MAXIMUM_OCTETS:
        raise MessageError(f"{len(data)} octets; a datagram has at most {MAXIMUM_OCTETS}")
    position, end = enter(data, 0, len(data), SEQUENCE, "message")
    if end != len(data) and not (lenient and not any(data[end:])):
        raise MessageError(f"{len(data) - end} octets after the message")
    version, position = integer(data, position, end, "version")
    if version not in (V1, V2C):
        raise MessageError(f"version {version}; SNMPv1 is {V1}, SNMPv2c is {V2C}")
    start, position = enter(data, position, end, OCTET_STRING, "community")
    community = data[start:position]
    if position >= end:
        raise MessageError("no PDU after the community")
    pdu = data[position]
    if pdu not in ((TRAP_V1,) if version == V1 else (TRAP_V2, INFORM)):
        raise MessageError(f"PDU type 0x{pdu:02x} in a message of version {version}; not a trap")
    position, pdu_end = enter(data, position, end, pdu, "PDU")
    if pdu_end != end:
        raise MessageError(f"{end - pdu_end} octets after the PDU")
    if version == V1:
        return _v1(data, position, end, community, lenient)
    return _v2c(data, position, end, community, pdu, lenient)


def lenient_pdu(data: bytes, position: int, end: int) -> Message:
    """Decode the PDU of a trap or an inform that ends at `end`, as `decode` with `lenient`. Raises MessageError."""
    if position >= end or data[position] not in (TRAP_V2, INFORM):
        raise MessageError("not a trap")
    pdu = data[position]
    position, pdu_end = enter(data, position, end, pdu, "PDU")
    if pdu_end != end:
        raise MessageError(f"{end - pdu_end} octets after the PDU")
    return _v2c(data, position, end, b"", pdu, lenient=True)


class Outer(NamedTuple):
    """The outer fields of an SNMPv2c message, and the position of the variable-bindings."""

    community: bytes
    pdu: int
    request_id: int
    varbinds: int
    end: int


def decode_rest(data: bytes, outer: Outer) -> Message:
    """Decode an SNMPv2c trap or inform whose outer fields are known. Raises MessageError."""
    varbinds = _varbinds(data, outer.varbinds, outer.end)
    return Message(V2C, outer.community, outer.pdu, outer.request_id, None, varbinds)


def inform_response(inform: bytes) -> bytes | None:
    """Return the acknowledgement of an inform: the same message as a Response (RFC 3416 section 4.2.7).

    None if the octets are not an inform that `decode` accepts.
    """
    try:
        position, end = enter(inform, 0, len(inform), SEQUENCE, "message")
        _, position = integer(inform, position, end, "version")
        _, position = enter(inform, position, end, OCTET_STRING, "community")
        enter(inform, position, end, INFORM, "PDU")
    except MessageError:
        return None
    return inform[:position] + bytes((RESPONSE,)) + inform[position + 1 :]


def _v1(data: bytes, position: int, end: int, community: bytes, lenient: bool) -> Message:
    enterprise, position = _oid_field(data, position, end, "enterprise")
    start, position = enter(data, position, end, IP_ADDRESS, "agent-addr")
    agent = data[start:position]
    if len(agent) != 4:
        raise MessageError(f"agent-addr of {len(agent)} octets")
    generic, position = integer(data, position, end, "generic-trap")
    specific, position = integer(data, position, end, "specific-trap")
    start, position = enter(data, position, end, TIME_TICKS, "time-stamp")
    uptime = (_wrapped if lenient else _unsigned)(data[start:position], 4)
    header = V1Header(enterprise, agent, generic, specific, uptime)
    return Message(V1, community, TRAP_V1, None, header, _varbinds(data, position, end, lenient))


def _v2c(data: bytes, position: int, end: int, community: bytes, pdu: int, lenient: bool) -> Message:
    request_id, position = integer(data, position, end, "request-id", lenient)
    _, position = integer(data, position, end, "error-status", lenient)
    _, position = integer(data, position, end, "error-index", lenient)
    return Message(V2C, community, pdu, request_id, None, _varbinds(data, position, end, lenient))


def _varbinds(data: bytes, position: int, end: int, lenient: bool = False) -> tuple[RawVarbind, ...]:
    position, list_end = enter(data, position, end, SEQUENCE, "variable-bindings")
    if list_end != end:
        raise MessageError(f"{end - list_end} octets after the variable-bindings")
    found = []
    while position < end:
        start = position + 2
        if start <= end and data[position] == SEQUENCE and data[position + 1] < _SHORT:  # The usual case.
            stop = start + data[position + 1]
            if stop > end:
                raise MessageError(f"the varbind has a length of {stop - start} octets, and {end - start} are left")
        else:
            start, stop = enter(data, position, end, SEQUENCE, "varbind")
        read = _lenient_varbind if lenient else _cached_varbind if stop - start < _CACHED_OCTETS else _varbind
        found.append(read(data[start:stop]))
        position = stop
    return tuple(found)


def _varbind(data: bytes) -> RawVarbind:
    oid, position = _oid_field(data, 0, len(data), "varbind name")
    if position >= len(data):
        raise MessageError(f"no value for {oid}")
    tag = data[position]
    start, position = enter(data, position, len(data), tag, "varbind value")
    if position != len(data):
        raise MessageError(f"{len(data) - position} octets after the value of {oid}")
    return RawVarbind(oid, tag, _value(tag, data[start:position]))


def _lenient_varbind(data: bytes) -> RawVarbind:
    start, position = enter(data, 0, len(data), OBJECT_IDENTIFIER, "varbind name")
    oid = object_identifier(data[start:position])
    if position >= len(data):
        raise MessageError(f"no value for {oid}")
    tag = data[position]
    start, position = enter(data, position, len(data), tag, "varbind value")
    content = data[start:position]
    if tag == INTEGER:
        return RawVarbind(oid, tag, _cut(content))
    if tag in _UNSIGNED or tag == UINTEGER32:
        return RawVarbind(oid, tag, _wrapped(content, _UNSIGNED.get(tag, 4)))
    if tag in (BITS, NSAP):
        return RawVarbind(oid, tag, content)
    if tag in _EMPTY:
        return RawVarbind(oid, tag, None)
    if tag == OBJECT_IDENTIFIER and not content:
        return RawVarbind(oid, tag, NO_OID)
    return RawVarbind(oid, tag, _value(tag, content))


_cached_varbind = lru_cache(maxsize=8192)(_varbind)
"""Most varbinds repeat earlier ones: the same server, the same scope, the same threshold."""


def enter(data: bytes, position: int, end: int, tag: int, what: str) -> tuple[int, int]:
    """Return where the contents of the element at `position` start and end.

    The element must have the tag and end before `end`; otherwise MessageError is raised.
    """
    if end - position < 2:
        raise MessageError(f"the octets end before the {what}")
    if data[position] != tag:
        raise MessageError(f"tag 0x{data[position]:02x} instead of the {what}")
    length = data[position + 1]
    position += 2
    if length & 0x80:
        octets = length & 0x7F
        if not 1 <= octets <= 4 or end - position < octets:
            raise MessageError(f"a length field of {octets} octets in the {what}")
        length = int.from_bytes(data[position : position + octets], "big")
        position += octets
    if length > end - position:
        raise MessageError(f"the {what} has a length of {length} octets, and {end - position} are left")
    return position, position + length


def integer(data: bytes, position: int, end: int, what: str, lenient: bool = False) -> tuple[int, int]:
    """Return the INTEGER at `position`, and where it ends. Raises MessageError."""
    start, stop = enter(data, position, end, INTEGER, what)
    return (_cut if lenient else _signed)(data[start:stop]), stop


def _oid_field(data: bytes, position: int, end: int, what: str) -> tuple[str, int]:
    start, stop = enter(data, position, end, OBJECT_IDENTIFIER, what)
    return object_identifier(data[start:stop]), stop


def _value(tag: int, content: bytes) -> RawValue:
    if tag in (OCTET_STRING, OPAQUE):
        return content
    if tag == INTEGER:
        return _signed(content)
    if tag in _UNSIGNED:
        return _unsigned(content, _UNSIGNED[tag])
    if tag == OBJECT_IDENTIFIER:
        return object_identifier(content)
    if tag == IP_ADDRESS and len(content) == 4:
        return content
    if tag in _EMPTY and not content:
        return None
    raise MessageError(f"a value with tag 0x{tag:02x} and {len(content)} octets")


def _signed(content: bytes) -> int:
    """Return an INTEGER of 32 bits. Some encoders add an unnecessary octet."""
    if not 1 <= len(content) <= 5:
        raise MessageError(f"an INTEGER of {len(content)} octets")
    value = int.from_bytes(content, "big", signed=True)
    if not -(1 << 31) <= value < 1 << 31:
        raise MessageError(f"{value} is not an INTEGER of 32 bits")
    return value


def _cut(content: bytes) -> int:
    """Return the low 32 bits of a longer INTEGER, with their sign."""
    if not 1 <= len(content) <= LONGEST_INTEGER:
        raise MessageError(f"an INTEGER of {len(content)} octets")
    low = int.from_bytes(content, "big", signed=True) & 0xFFFFFFFF
    return low - (1 << 32) if low >> 31 else low


def _wrapped(content: bytes, octets: int) -> int:
    """Return an unsigned number whose leading zero octet is missing: an agent that is up for more than 248 days."""
    if not 1 <= len(content) <= octets + 1 or (len(content) > octets and content[0]):
        raise MessageError(f"an unsigned number of {len(content)} octets")
    return int.from_bytes(content, "big", signed=True) % (1 << (8 * octets))


def _unsigned(content: bytes, octets: int) -> int:
    """Return an unsigned number; a leading zero octet may precede its highest bit."""
    if not 1 <= len(content) <= octets + 1:
        raise MessageError(f"an unsigned number of {len(content)} octets")
    value = int.from_bytes(content, "big", signed=True)
    if not 0 <= value < 1 << (8 * octets):
        raise MessageError(f"{value} is not an unsigned number of {8 * octets} bits")
    return value


@lru_cache(maxsize=4096)
def object_identifier(content: bytes) -> str:
    """Return the dotted form of an OID (X.690 section 8.19). Cached, because most OIDs repeat."""
    if not content:
        raise MessageError("an empty OID")
    numbers: list[int] = []
    number = 0
    for octet in content:
        if number == 0 and octet == 0x80:
            raise MessageError("a padded sub-identifier")
        number = number << 7 | octet & 0x7F
        if number > 0xFFFFFFFF:
            raise MessageError("a sub-identifier above 32 bits")
        if not octet & 0x80:
            numbers.append(number)
            number = 0
    if content[-1] & 0x80:
        raise MessageError("the OID ends within a sub-identifier")
    if len(numbers) >= MAXIMUM_SUBIDENTIFIERS:
        raise MessageError(f"an OID of more than {MAXIMUM_SUBIDENTIFIERS} sub-identifiers")
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))

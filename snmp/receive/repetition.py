"""What is the same thing said again: found in the octets, without decoding what has been decoded already.

Between the repetitions of a trap the request's number and the sender's uptime differ, and with them lengths that
surround them. The rest of the octets is the trap's identity. A walk over the outer fields finds it; octets that it
cannot walk have none here, and are decoded like any first.
"""

from typing import NamedTuple

from snmp.codec import ber
from snmp.codec.ber import Outer
from snmp.codec.message import (
    INFORM,
    INTEGER,
    IP_ADDRESS,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    TIME_TICKS,
    TRAP_V1,
    TRAP_V2,
    V2C,
)
from snmp.errors import MessageError

_UPTIME = bytes.fromhex("06082b06010201010300")
"""sysUpTime.0 as a name."""
_LONGEST_NUMBER, _LONGEST_TICKS = 4, 5
"""Octets of the fields that are left out: more than a number of 32 bits has is for the decoder to judge."""


class Walked(NamedTuple):
    """What a walk over the outer fields finds."""

    identity: bytes
    """What is left of the message without what differs when it is said again. Two messages of one identity decode to
    the same but for those fields."""
    outer: Outer | None
    """Of SNMPv2c, what need not be read again."""


def walk(data: bytes) -> Walked | None:
    """Walk an SNMPv1 or SNMPv2c trap or inform; None when the octets cannot be walked."""
    try:
        position, end = ber.enter(data, 0, len(data), SEQUENCE, "message")
        if end != len(data) or data[position : position + 2] != b"\x02\x01":
            return None
        start = position
        position += 3
        length = data[position + 1]
        if data[position] != OCTET_STRING or length & 0x80:
            return None
        community = position + 2
        position = community + length
        pdu = data[position]
        head = data[start : position + 1]
        position, pdu_end = ber.enter(data, position, end, pdu, "PDU")
        if pdu_end != end:
            return None
        if pdu == TRAP_V1:
            return Walked(head + _v1(data, position, end), None)
        if pdu not in (TRAP_V2, INFORM) or data[start + 2] != V2C:
            return None
        said, request_id, varbinds = _v2c(data, position, end)
        return Walked(head + said, Outer(data[community : community + length], pdu, request_id, varbinds, end))
    except (MessageError, IndexError):
        return None


def _v2c(data: bytes, position: int, end: int) -> tuple[bytes, int, int]:
    """What is said, the request's number, and where the variable-bindings are."""
    request = position + 2
    for _ in range(3):  # request-id, error-status, error-index
        if data[position] != INTEGER or not 1 <= data[position + 1] <= _LONGEST_NUMBER:
            raise MessageError("no number")
        position += 2 + data[position + 1]
    request_id = int.from_bytes(data[request : request + data[request - 1]], "big", signed=True)
    varbinds = position
    position, varbinds_end = ber.enter(data, position, end, SEQUENCE, "variable-bindings")
    if varbinds_end != end:
        raise MessageError("octets after the variable-bindings")
    if position == end:
        return b"", request_id, varbinds
    first, first_end = ber.enter(data, position, end, SEQUENCE, "varbind")
    value = first + len(_UPTIME)
    if data[first:value] != _UPTIME:
        return data[position:end], request_id, varbinds
    if data[value] != TIME_TICKS or data[value + 1] > _LONGEST_TICKS or value + 2 + data[value + 1] != first_end:
        raise MessageError("no uptime")
    return b"\0" + data[first_end:end], request_id, varbinds


def _v1(data: bytes, position: int, end: int) -> bytes:
    start = position
    for tag in (OBJECT_IDENTIFIER, IP_ADDRESS, INTEGER, INTEGER):  # enterprise, agent-addr, generic, specific
        if data[position] != tag or data[position + 1] & 0x80:
            raise MessageError("no SNMPv1 trap")
        position += 2 + data[position + 1]
    if data[position] != TIME_TICKS or data[position + 1] > _LONGEST_TICKS:
        raise MessageError("no time-stamp")
    return data[start:position] + data[position + 2 + data[position + 1] : end]

"""What is the same thing said again: found in the octets, without decoding what has been decoded already.

Between the repetitions of a trap the request's number and the sender's uptime differ, and with them lengths that
surround them. The rest of the octets is the trap's identity. A walk over the outer fields finds it; octets that it
cannot walk have none here, and are decoded like any first.
"""

from snmp import ber
from snmp.errors import MessageError
from snmp.message import INFORM, INTEGER, IP_ADDRESS, OBJECT_IDENTIFIER, SEQUENCE, TIME_TICKS, TRAP_V1, TRAP_V2

_UPTIME = bytes.fromhex("06082b06010201010300")
"""sysUpTime.0 as a name."""
_LONGEST_NUMBER = 5
"""Octets of the fields that are left out: more than a number of 32 bits has is for the decoder to refuse."""


def identity(data: bytes) -> bytes | None:
    """What is left of an SNMPv1 or SNMPv2c trap or inform without what differs when it is said again; None when the
    octets cannot be walked. Two messages of one identity decode to the same but for those fields."""
    try:
        position, end = ber.enter(data, 0, len(data), SEQUENCE, "message")
        if end != len(data) or data[position : position + 2] != b"\x02\x01":
            return None
        start = position
        position += 3
        length = data[position + 1]
        if data[position] != 0x04 or length & 0x80:
            return None
        position += 2 + length
        pdu = data[position]
        head = data[start : position + 1]
        position, pdu_end = ber.enter(data, position, end, pdu, "PDU")
        if pdu_end != end:
            return None
        if pdu in (TRAP_V2, INFORM):
            return head + _v2c(data, position, end)
        return head + _v1(data, position, end) if pdu == TRAP_V1 else None
    except (MessageError, IndexError):
        return None


def _v2c(data: bytes, position: int, end: int) -> bytes:
    for _ in range(3):  # request-id, error-status, error-index
        if data[position] != INTEGER or not 1 <= data[position + 1] <= _LONGEST_NUMBER:
            raise MessageError("no number")
        position += 2 + data[position + 1]
    position, varbinds_end = ber.enter(data, position, end, SEQUENCE, "variable-bindings")
    if varbinds_end != end:
        raise MessageError("octets after the variable-bindings")
    if position == end:
        return b""
    first, first_end = ber.enter(data, position, end, SEQUENCE, "varbind")
    value = first + len(_UPTIME)
    if data[first:value] != _UPTIME:
        return data[position:end]
    if data[value] != TIME_TICKS or data[value + 1] > _LONGEST_NUMBER or value + 2 + data[value + 1] != first_end:
        raise MessageError("no uptime")
    return b"\0" + data[first_end:end]


def _v1(data: bytes, position: int, end: int) -> bytes:
    start = position
    for tag in (OBJECT_IDENTIFIER, IP_ADDRESS, INTEGER, INTEGER):  # enterprise, agent-addr, generic, specific
        if data[position] != tag or data[position + 1] & 0x80:
            raise MessageError("no SNMPv1 trap")
        position += 2 + data[position + 1]
    if data[position] != TIME_TICKS or data[position + 1] > _LONGEST_NUMBER:
        raise MessageError("no time-stamp")
    return data[start:position] + data[position + 2 + data[position + 1] : end]

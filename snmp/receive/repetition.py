"""The identity of a trap, by which repetitions are recognised in the octets, without decoding them again.

The repetitions of a trap differ in the request ID and the sender's uptime, and in the lengths around them. The rest of
the octets is the identity of the trap. `outline` finds it by going through the outer fields. Octets with other outer
fields have no identity here; they are decoded.
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
"""The name sysUpTime.0, encoded."""
_LONGEST_NUMBER, _LONGEST_TICKS = 4, 5
"""Longest encoding of the fields that are left out. The decoder decides about longer numbers."""


class Outline(NamedTuple):
    """The outer fields of a message."""

    identity: bytes
    """The message without the fields that differ between repetitions. Two messages with one identity decode to the same
    but for these fields."""
    outer: Outer | None
    """SNMPv2c only: the fields that need not be read again."""


def outline(data: bytes) -> Outline | None:
    """Return the outline of an SNMPv1 or SNMPv2c trap or inform; None for octets with other outer fields."""
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
            return Outline(head + _v1(data, position, end), None)
        if pdu not in (TRAP_V2, INFORM) or data[start + 2] != V2C:
            return None
        rest, request_id, varbinds = _v2c(data, position, end)
        return Outline(head + rest, Outer(data[community : community + length], pdu, request_id, varbinds, end))
    except (MessageError, IndexError):
        return None


def _v2c(data: bytes, position: int, end: int) -> tuple[bytes, int, int]:
    """Return the identity of the PDU, the request ID, and the position of the variable-bindings."""
    request = position + 2
    for _ in range(3):  # request-id, error-status, error-index
        if data[position] != INTEGER or not 1 <= data[position + 1] <= _LONGEST_NUMBER:
            raise MessageError("not an INTEGER of at most 4 octets")
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
        raise MessageError("not an uptime")
    return b"\0" + data[first_end:end], request_id, varbinds


def _v1(data: bytes, position: int, end: int) -> bytes:
    start = position
    for tag in (OBJECT_IDENTIFIER, IP_ADDRESS, INTEGER, INTEGER):  # enterprise, agent-addr, generic, specific
        if data[position] != tag or data[position + 1] & 0x80:
            raise MessageError("not an SNMPv1 trap")
        position += 2 + data[position + 1]
    if data[position] != TIME_TICKS or data[position + 1] > _LONGEST_TICKS:
        raise MessageError("not a time-stamp")
    return data[start:position] + data[position + 2 + data[position + 1] : end]

"""Decoding with pyasn1 for octets that `ber` refuses: indefinite lengths and other variants of BER.

It takes about 500 microseconds a message, and imports pysnmp with the first one. The receiver limits how often it is
called.
"""

from typing import Any

from snmp.codec.message import (
    INFORM,
    TRAP_V1,
    TRAP_V2,
    V1,
    V2C,
    Message,
    RawValue,
    RawVarbind,
    V1Header,
)
from snmp.errors import MessageError


def decode(data: bytes) -> Message:
    """Decode one trap or inform with pysnmp's message definitions. Raises MessageError."""
    from pyasn1.codec.ber import decoder
    from pysnmp.proto import api

    try:
        # The version selects the definitions for the rest of the message.
        version = int(api.decodeMessageVersion(data))  # type: ignore[no-untyped-call]
        if version not in (V1, V2C):
            raise MessageError(f"version {version}; SNMPv1 is {V1}, SNMPv2c is {V2C}")
        message, rest = decoder.decode(data, asn1Spec=api.PROTOCOL_MODULES[version].Message())
        if rest:
            raise MessageError(f"{len(rest)} octets after the message")
        return _message(version, message, api.PROTOCOL_MODULES[version])
    except MessageError:
        raise
    except Exception as error:
        # pyasn1 raises exceptions of many types for malformed octets; none of them may end the receiver.
        raise MessageError(f"{type(error).__name__}: {error}") from error


def _message(version: int, message: Any, protocol: Any) -> Message:
    community = message.getComponentByPosition(1).asOctets()
    pdu = protocol.apiMessage.get_pdu(message)
    octet = tag(pdu)
    if version == V1:
        if octet != TRAP_V1:
            raise MessageError(f"PDU type 0x{octet:02x} in a message of version {version}; not a trap")
        trap = protocol.apiTrapPDU
        header = V1Header(
            _dotted(trap.get_enterprise(pdu)),
            trap.get_agent_address(pdu).asOctets(),
            int(trap.get_generic_trap(pdu)),
            int(trap.get_specific_trap(pdu)),
            int(trap.get_timestamp(pdu)),
        )
        varbinds = tuple(varbind(oid, value) for oid, value in trap.get_varbinds(pdu))
        return Message(V1, community, octet, None, header, varbinds)
    if octet not in (TRAP_V2, INFORM):
        raise MessageError(f"PDU type 0x{octet:02x} in a message of version {version}; not a trap")
    varbinds = tuple(varbind(each[0], each[1].getComponent(innerFlag=True)) for each in pdu.getComponentByPosition(3))
    return Message(V2C, community, octet, int(pdu.getComponentByPosition(0)), None, varbinds)


def varbind(oid: Any, value: Any) -> RawVarbind:
    """Return a name and a value of pysnmp as a RawVarbind."""
    octet = tag(value)
    return RawVarbind(_dotted(oid), octet, _value(octet, value))


def _value(octet: int, value: Any) -> RawValue:
    if hasattr(value, "asOctets"):
        octets: bytes = value.asOctets()
        return octets if octet != 0x05 and octet < 0x80 else None
    if hasattr(value, "asTuple"):
        return _dotted(value)
    return int(value)


def _dotted(oid: Any) -> str:
    return ".".join(map(str, tuple(oid)))


def tag(value: Any) -> int:
    """Return the identifier octet of the outermost tag."""
    outer = value.tagSet[-1]
    octet: int = outer.tagClass | outer.tagFormat | outer.tagId
    return octet

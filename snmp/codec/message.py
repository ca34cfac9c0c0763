"""`Message`: a decoded trap with its numbers, octets and OIDs, before anything is looked up in the MIB tables."""

from dataclasses import dataclass
from typing import NamedTuple

V1 = 0
V2C = 1
V3 = 3

INTEGER = 0x02
BITS = 0x03
"""SNMPv2 drafts had it as a type of its own; some agents still send it."""
OCTET_STRING = 0x04
NULL = 0x05
OBJECT_IDENTIFIER = 0x06
SEQUENCE = 0x30
IP_ADDRESS = 0x40
COUNTER32 = 0x41
GAUGE32 = 0x42
TIME_TICKS = 0x43
OPAQUE = 0x44
NSAP = 0x45
"""NsapAddress of RFC 1442."""
COUNTER64 = 0x46
UINTEGER32 = 0x47
"""UInteger32 of RFC 1442."""
NO_SUCH_OBJECT = 0x80
NO_SUCH_INSTANCE = 0x81
END_OF_MIB_VIEW = 0x82

TYPE_NAMES = {
    INTEGER: "INTEGER",
    BITS: "BITS",
    NSAP: "NsapAddress",
    UINTEGER32: "UInteger32",
    OCTET_STRING: "OCTET STRING",
    NULL: "NULL",
    OBJECT_IDENTIFIER: "OBJECT IDENTIFIER",
    IP_ADDRESS: "IpAddress",
    COUNTER32: "Counter32",
    GAUGE32: "Gauge32",
    TIME_TICKS: "TimeTicks",
    OPAQUE: "Opaque",
    COUNTER64: "Counter64",
    NO_SUCH_OBJECT: "noSuchObject",
    NO_SUCH_INSTANCE: "noSuchInstance",
    END_OF_MIB_VIEW: "endOfMibView",
}

TRAP_V1 = 0xA4
INFORM = 0xA6
TRAP_V2 = 0xA7
RESPONSE = 0xA2

RawValue = int | bytes | str | None
"""An integer, octets, an OID in dotted form, or None for no value."""


class RawVarbind(NamedTuple):
    """A name, the type of the value, and the value."""

    oid: str
    tag: int
    value: RawValue


@dataclass(frozen=True, slots=True)
class V1Header:
    """The fields of an SNMPv1 trap before its varbinds (RFC 1157 section 4.1.6)."""

    enterprise: str
    agent_address: bytes
    generic: int
    specific: int
    uptime_centiseconds: int


@dataclass(frozen=True, slots=True)
class Message:
    """An SNMPv1 trap, or an SNMPv2c or SNMPv3 trap or inform."""

    version: int
    """V1, V2C or V3."""
    community: bytes
    """For SNMPv3 the user."""
    pdu: int
    request_id: int | None
    """None for an SNMPv1 trap."""
    v1: V1Header | None
    varbinds: tuple[RawVarbind, ...]
    level: int = 0
    """For SNMPv3 the security level (RFC 3411 section 3.4.3)."""
    engine_id: bytes = b""
    """For SNMPv3 the authoritative engine: the sender of a trap, the receiver of an inform."""

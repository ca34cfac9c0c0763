"""What a fact about a MIB is: the shape of the tables in `registrar`, `registrar6` and `standard`.

A MIB names things for its own namespace (`cnrNotifDHCPScopeName`); the tables give each a plain word that the rest of
the product uses (`scope-name`). Two revisions of one notification share a word: whoever raises an alarm does not care
which revision the sender speaks, and who does care finds `deprecated`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Syntax(Enum):
    """How the value of an object is written on the wire and what it is for us."""

    INTEGER = "integer"
    UNSIGNED = "unsigned"
    """Unsigned32 and Gauge32."""
    IPV4 = "ipv4"
    """IpAddress: an application type of its own."""
    IPV6 = "ipv6"
    """InetAddressIPv6: an OCTET STRING of 16."""
    HARDWARE = "hardware"
    """CnrPhysAddress: an OCTET STRING of hardware type, length, and that many octets."""
    TEXT = "text"
    """DisplayString and SnmpAdminString."""
    OCTETS = "octets"
    OID = "oid"


@dataclass(frozen=True, slots=True)
class ObjectFact:
    """An object that notifications carry."""

    oid: str
    """Without an instance."""
    name: str
    syntax: Syntax
    words: Mapping[int, str] = field(default_factory=dict)
    """What the numbers of an enumeration mean."""
    indexed_by: str | None = None
    """For a table column, the name of the text that its instance spells."""


@dataclass(frozen=True, slots=True)
class NotificationFact:
    """A notification and the objects it carries, in the order of the MIB."""

    oid: str
    name: str
    objects: tuple[str, ...] = ()
    """Names of objects. A sender of an older revision sends fewer."""
    deprecated: bool = False
    """The MIB has a successor for it: understood, never sent."""
    clears: str | None = None
    """The notification that this one ends."""

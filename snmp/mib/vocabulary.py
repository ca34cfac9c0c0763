"""The types of the MIB tables in `registrar`, `registrar6` and `standard`.

The tables give each object of a MIB (`cnrNotifDHCPScopeName`) a plain name (`scope-name`) that the rest of the product
uses. Two revisions of one notification have the same name, because an alarm does not depend on the revision;
`deprecated` distinguishes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Syntax(Enum):
    """How the value of an object is encoded, and what it is."""

    INTEGER = "integer"
    UNSIGNED = "unsigned"
    """Unsigned32 and Gauge32."""
    IPV4 = "ipv4"
    """IpAddress, an application type."""
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
    """An object of notifications."""

    oid: str
    """Without an instance."""
    name: str
    syntax: Syntax
    words: Mapping[int, str] = field(default_factory=dict)
    """The words of an enumeration by number."""
    indexed_by: str | None = None
    """For a table column, the name of the text in its instance."""


@dataclass(frozen=True, slots=True)
class NotificationFact:
    """A notification and its objects, in the order of the MIB."""

    oid: str
    name: str
    objects: tuple[str, ...] = ()
    """Names of objects. Senders with an older revision send fewer."""
    deprecated: bool = False
    """The MIB has a newer notification in its place: it is received, but not sent."""
    clears: str | None = None
    """Name of the notification that this one clears."""

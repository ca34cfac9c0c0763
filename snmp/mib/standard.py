"""The notifications and objects of SNMPv2-MIB and SNMP-COMMUNITY-MIB that any trap can have (RFC 3418, RFC 3584)."""

from snmp.mib.vocabulary import NotificationFact, ObjectFact, Syntax

GENERIC = "1.3.6.1.6.3.1.1.5"
"""An SNMPv1 trap of generic type g below 6 is the notification `GENERIC.(g + 1)` (RFC 3584 section 3.1)."""
ENTERPRISE_SPECIFIC = 6

UPTIME = "1.3.6.1.2.1.1.3.0"
TRAP_OID = "1.3.6.1.6.3.1.1.4.1.0"
TRAP_ENTERPRISE = "1.3.6.1.6.3.1.1.4.3.0"
TRAP_ADDRESS = "1.3.6.1.6.3.18.1.3.0"
TRAP_COMMUNITY = "1.3.6.1.6.3.18.1.4.0"

OBJECTS = (
    ObjectFact("1.3.6.1.6.3.1.1.4.3", "trap-enterprise", Syntax.OID),
    ObjectFact("1.3.6.1.6.3.18.1.3", "trap-address", Syntax.IPV4),
    ObjectFact("1.3.6.1.6.3.18.1.4", "trap-community", Syntax.TEXT),
)

NOTIFICATIONS = (
    NotificationFact(f"{GENERIC}.1", "cold-start"),
    NotificationFact(f"{GENERIC}.2", "warm-start"),
    NotificationFact(f"{GENERIC}.3", "link-down"),
    NotificationFact(f"{GENERIC}.4", "link-up", clears="link-down"),
    NotificationFact(f"{GENERIC}.5", "authentication-failure"),
    NotificationFact(f"{GENERIC}.6", "egp-neighbor-loss"),
)

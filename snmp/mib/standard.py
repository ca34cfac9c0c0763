"""The notifications and objects of the standard MIBs that the traps of servers, switches and UPSs have.

SNMPv2-MIB (RFC 3418), SNMP-COMMUNITY-MIB (RFC 3584), IF-MIB (RFC 2863), ENTITY-MIB (RFC 6933), UPS-MIB (RFC 1628).
"""

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
    ObjectFact("1.3.6.1.2.1.1.1", "sys-descr", Syntax.TEXT),
    ObjectFact("1.3.6.1.2.1.1.2", "sys-object-id", Syntax.OID),
    ObjectFact("1.3.6.1.2.1.1.4", "sys-contact", Syntax.TEXT),
    ObjectFact("1.3.6.1.2.1.1.5", "sys-name", Syntax.TEXT),
    ObjectFact("1.3.6.1.2.1.1.6", "sys-location", Syntax.TEXT),
)

IF_STATUS = {1: "up", 2: "down", 3: "testing", 4: "unknown", 5: "dormant", 6: "not-present", 7: "lower-layer-down"}
COLUMNS = (
    ObjectFact("1.3.6.1.2.1.2.2.1.1", "if-index", Syntax.INTEGER),
    ObjectFact("1.3.6.1.2.1.2.2.1.2", "if-descr", Syntax.TEXT),
    ObjectFact("1.3.6.1.2.1.2.2.1.3", "if-type", Syntax.INTEGER),
    ObjectFact("1.3.6.1.2.1.2.2.1.7", "if-admin-status", Syntax.INTEGER, IF_STATUS),
    ObjectFact("1.3.6.1.2.1.2.2.1.8", "if-oper-status", Syntax.INTEGER, IF_STATUS),
    ObjectFact("1.3.6.1.2.1.31.1.1.1.1", "if-name", Syntax.TEXT),
    ObjectFact("1.3.6.1.2.1.31.1.1.1.18", "if-alias", Syntax.TEXT),
    ObjectFact("1.3.6.1.2.1.47.1.1.1.1.2", "ent-physical-descr", Syntax.TEXT),
    ObjectFact("1.3.6.1.2.1.47.1.1.1.1.7", "ent-physical-name", Syntax.TEXT),
    ObjectFact("1.3.6.1.2.1.33.1.2.1", "ups-battery-status", Syntax.INTEGER, {1: "unknown", 2: "normal", 3: "low"}),
    ObjectFact("1.3.6.1.2.1.33.1.2.2", "ups-seconds-on-battery", Syntax.INTEGER),
    ObjectFact("1.3.6.1.2.1.33.1.2.3", "ups-estimated-minutes-remaining", Syntax.INTEGER),
    ObjectFact("1.3.6.1.2.1.33.1.6.2.1.1", "ups-alarm-id", Syntax.INTEGER),
    ObjectFact("1.3.6.1.2.1.33.1.6.2.1.2", "ups-alarm-descr", Syntax.OID),
    ObjectFact("1.3.6.1.2.1.33.1.7.1", "ups-test-id", Syntax.OID),
    ObjectFact("1.3.6.1.2.1.33.1.7.2", "ups-test-spin-lock", Syntax.INTEGER),
    ObjectFact("1.3.6.1.2.1.33.1.7.3", "ups-test-results-summary", Syntax.INTEGER),
    ObjectFact("1.3.6.1.2.1.33.1.7.4", "ups-test-results-detail", Syntax.TEXT),
    ObjectFact("1.3.6.1.2.1.33.1.9.7", "ups-config-low-batt-time", Syntax.INTEGER),
)
"""Objects whose instance says which row they are of."""
UPS = "1.3.6.1.2.1.33.2"

NOTIFICATIONS = (
    NotificationFact(f"{GENERIC}.1", "cold-start"),
    NotificationFact(f"{GENERIC}.2", "warm-start"),
    NotificationFact(f"{GENERIC}.3", "link-down"),
    NotificationFact(f"{GENERIC}.4", "link-up", clears="link-down"),
    NotificationFact(f"{GENERIC}.5", "authentication-failure"),
    NotificationFact(f"{GENERIC}.6", "egp-neighbor-loss"),
    NotificationFact("1.3.6.1.2.1.47.2.0.1", "ent-config-change"),
    *(
        # An SNMPv1 trap is translated to the form with `.0.` (RFC 3584), a v2c trap has the OID of the MIB.
        NotificationFact(f"{UPS}{middle}.{number}", name, deprecated=bool(middle), clears=clears)
        for middle in ("", ".0")
        for number, name, clears in (
            (1, "ups-on-battery", None),
            (2, "ups-test-completed", None),
            (3, "ups-alarm-added", None),
            (4, "ups-alarm-removed", "ups-alarm-added"),
        )
    ),
)

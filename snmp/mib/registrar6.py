"""CISCO-NETREG-DHCPV6-MIB as tables: the notifications for DHCPv6; `registrar` has those for DHCPv4.

The name of a notification ends in 6 if `registrar` has the same one for DHCPv4. The deprecated prefix notification
numbers the detecting servers in the opposite order, and the table has that order.
"""

from snmp.mib.vocabulary import NotificationFact, ObjectFact, Syntax

ROOT = "1.3.6.1.4.1.9.10.139"
_OBJECTS = f"{ROOT}.1.1"

THRESHOLD_TYPES = {1: "prefix", 2: "link", 3: "selection-tags"}

_SCALARS: tuple[tuple[int, str, Syntax, dict[int, str]], ...] = (
    (1, "link-name", Syntax.TEXT, {}),
    (2, "free-addresses", Syntax.UNSIGNED, {}),
    (3, "threshold", Syntax.UNSIGNED, {}),
    (4, "prefix-address", Syntax.IPV6, {}),
    (5, "prefix-length", Syntax.UNSIGNED, {}),
    (6, "threshold-type6", Syntax.INTEGER, THRESHOLD_TYPES),
    (7, "threshold-value", Syntax.TEXT, {}),
    (8, "ipv6-address", Syntax.IPV6, {}),
    (9, "client-duid", Syntax.OCTETS, {}),
    (10, "client-lookup-key", Syntax.OCTETS, {}),
    (11, "ipv6-detected-by", Syntax.INTEGER, {1: "dhcp-client", 2: "dhcp-server"}),
    (12, "duplicate-prefix", Syntax.IPV6, {}),
    (13, "duplicate-prefix-length", Syntax.UNSIGNED, {}),
    (14, "prefix-detected-by", Syntax.INTEGER, {1: "dhcp-server", 2: "dhcp-client"}),
    (15, "partner", Syntax.IPV4, {}),
    (16, "ipv6-partner", Syntax.IPV6, {}),
    (17, "contested-ipv6-address", Syntax.IPV6, {}),
    (18, "contested-prefix", Syntax.IPV6, {}),
    (19, "contested-prefix-length", Syntax.UNSIGNED, {}),
    (20, "failover-pair-name", Syntax.TEXT, {}),
)

OBJECTS = tuple(ObjectFact(f"{_OBJECTS}.{number}", name, syntax, words) for number, name, syntax, words in _SCALARS)

_SHORTAGE = (
    "link-name",
    "free-addresses",
    "threshold",
    "prefix-address",
    "prefix-length",
    "threshold-type6",
    "threshold-value",
)
_PARTNER = ("partner", "ipv6-partner")

NOTIFICATIONS = (
    NotificationFact(f"{ROOT}.0.1", "free-address6-low", _SHORTAGE),
    NotificationFact(f"{ROOT}.0.2", "free-address6-high", _SHORTAGE, clears="free-address6-low"),
    NotificationFact(
        f"{ROOT}.0.3",
        "duplicate-address6",
        ("ipv6-address", "client-duid", "client-lookup-key", "ipv6-detected-by"),
    ),
    NotificationFact(
        f"{ROOT}.0.4",
        "duplicate-prefix6",
        ("duplicate-prefix", "duplicate-prefix-length", "client-duid", "prefix-detected-by"),
        deprecated=True,
    ),
    NotificationFact(
        f"{ROOT}.0.5",
        "address-conflict6",
        (*_PARTNER, "contested-ipv6-address", "failover-pair-name"),
    ),
    NotificationFact(
        f"{ROOT}.0.6",
        "prefix-conflict6",
        (*_PARTNER, "contested-prefix", "contested-prefix-length", "failover-pair-name"),
    ),
)

"""CISCO-NETWORK-REGISTRAR-MIB as tables (revision of January 2023; older servers send fewer objects).

All OIDs are below `ROOT`. Notification n is `ROOT.2.0.n`; by SNMPv1 it has enterprise `ROOT.2`, generic number 6 and
specific number n. Notification objects are scalars, so their instance is `.0`, which some senders leave out. The two
oldest notifications (1 and 2) have columns of a table. Their instance is the scope's name: its length, then one
sub-identifier for each character.
"""

from snmp.mib.vocabulary import NotificationFact, ObjectFact, Syntax

ROOT = "1.3.6.1.4.1.9.9.120"
ENTERPRISE = f"{ROOT}.2"
_OBJECTS = f"{ROOT}.1.2"
_SCOPE_COLUMNS = f"{ROOT}.1.1.1.1"

SERVER_TYPES = {1: "dns", 2: "dhcp", 3: "ldap", 4: "tftp", 5: "ccm"}
RELATED_SERVER_TYPES = {1: "dns-primary", 2: "ldap", 3: "failover-partner", 4: "relay-agent"}
DETECTED_BY = {1: "dhcp-client", 2: "dhcp-server"}
THRESHOLD_TYPES = {1: "scope", 2: "network", 3: "selection-tags"}
CONFIG_ERROR_TYPES = {
    1: "mclt-error",
    2: "hba-error",
    3: "backup-percentage-error",
    4: "server-address-error",
    5: "config-error",
    6: "internal-error",
    7: "backup-load-balancing-config-error",
    8: "main-load-balancing-config-error",
}
SYNC_DIRECTIONS = {1: "main-to-backup", 2: "backup-to-main"}
UNITS = {1: "value", 2: "percent"}

_SCALARS: tuple[tuple[int, str, Syntax, dict[int, str]], ...] = (
    (1, "address", Syntax.IPV4, {}),
    (2, "hardware-address", Syntax.HARDWARE, {}),
    (3, "server", Syntax.IPV4, {}),
    (4, "server-type", Syntax.INTEGER, SERVER_TYPES),
    (5, "detected-by", Syntax.INTEGER, DETECTED_BY),
    (6, "contested-address", Syntax.IPV4, {}),
    (7, "low-threshold", Syntax.UNSIGNED, {}),
    (8, "high-threshold", Syntax.UNSIGNED, {}),
    (9, "free-addresses", Syntax.UNSIGNED, {}),
    (10, "threshold-type", Syntax.INTEGER, THRESHOLD_TYPES),
    (11, "threshold-value", Syntax.TEXT, {}),
    (12, "scope-name", Syntax.TEXT, {}),
    (13, "subnet", Syntax.TEXT, {}),
    (14, "related-server-type", Syntax.INTEGER, RELATED_SERVER_TYPES),
    (15, "dns-server", Syntax.IPV4, {}),
    (16, "zone-name", Syntax.TEXT, {}),
    (17, "remote-servers", Syntax.TEXT, {}),
    (18, "ipv6-server", Syntax.IPV6, {}),
    (19, "failover-pair-name", Syntax.TEXT, {}),
    (20, "config-error-type", Syntax.INTEGER, CONFIG_ERROR_TYPES),
    (21, "ipv6-dns-server", Syntax.IPV6, {}),
    (22, "main-server", Syntax.IPV4, {}),
    (23, "main-ipv6-server", Syntax.IPV6, {}),
    (24, "backup-server", Syntax.IPV4, {}),
    (25, "backup-ipv6-server", Syntax.IPV6, {}),
    (26, "sync-direction", Syntax.INTEGER, SYNC_DIRECTIONS),
    (27, "sync-error", Syntax.TEXT, {}),
)

_COLUMNS: tuple[tuple[int, str, dict[int, str]], ...] = (
    (2, "scope-low-threshold", {}),
    (3, "scope-high-threshold", {}),
    (4, "scope-free-addresses", {}),
    (5, "scope-threshold-units", UNITS),
)

OBJECTS = tuple(
    ObjectFact(f"{_OBJECTS}.{number}", name, syntax, words) for number, name, syntax, words in _SCALARS
) + tuple(
    ObjectFact(f"{_SCOPE_COLUMNS}.{column}", name, Syntax.UNSIGNED, words, indexed_by="scope-name")
    for column, name, words in _COLUMNS
)

_OTHER_SERVER = ("server", "related-server-type", "ipv6-server")
_OTHER_SERVER_BEFORE = ("server", "server-type")
_THRESHOLD = ("free-addresses", "scope-name", "subnet", "threshold-type", "threshold-value")
_HA_DNS = ("server", "ipv6-server")
_MASTERS = ("dns-server", "ipv6-dns-server", "zone-name", "remote-servers")
_SYNC_FAILURE = (
    "failover-pair-name",
    "main-server",
    "main-ipv6-server",
    "backup-server",
    "backup-ipv6-server",
    "sync-direction",
    "sync-error",
)

_NOTIFICATIONS: tuple[tuple[int, str, tuple[str, ...], bool, str | None], ...] = (
    # number, name, objects, deprecated, clears
    (
        1,
        "free-address-low",
        ("scope-low-threshold", "scope-free-addresses", "scope-threshold-units"),
        True,
        None,
    ),
    (
        2,
        "free-address-high",
        ("scope-high-threshold", "scope-free-addresses", "scope-threshold-units"),
        True,
        "free-address-low",
    ),
    (3, "server-start", ("server-type",), False, "server-stop"),
    (4, "server-stop", ("server-type",), False, None),
    (5, "dns-queue-too-big", (), False, None),
    (6, "other-server-not-responding", _OTHER_SERVER_BEFORE, True, None),
    (7, "duplicate-address", ("address", "hardware-address", "detected-by"), False, None),
    (
        8,
        "address-conflict",
        ("contested-address", "server", "ipv6-server", "failover-pair-name"),
        False,
        None,
    ),
    (9, "other-server-responding", _OTHER_SERVER_BEFORE, True, "other-server-not-responding"),
    (
        10,
        "failover-config-mismatch",
        ("server", "ipv6-server", "failover-pair-name", "config-error-type"),
        False,
        None,
    ),
    (11, "free-address-low", ("low-threshold", *_THRESHOLD), False, None),
    (12, "free-address-high", ("high-threshold", *_THRESHOLD), False, "free-address-low"),
    (13, "other-server-not-responding", _OTHER_SERVER, False, None),
    (14, "other-server-responding", _OTHER_SERVER, False, "other-server-not-responding"),
    (15, "ha-dns-partner-down", _HA_DNS, False, None),
    (16, "ha-dns-partner-up", _HA_DNS, False, "ha-dns-partner-down"),
    (17, "masters-not-responding", _MASTERS, False, None),
    (18, "masters-responding", _MASTERS, False, "masters-not-responding"),
    (19, "secondary-zones-expired", _MASTERS, False, None),
    (20, "dns-forwarders-not-responding", ("dns-server", "remote-servers"), True, None),
    (
        21,
        "dns-forwarders-responding",
        ("dns-server", "remote-servers"),
        True,
        "dns-forwarders-not-responding",
    ),
    (22, "ha-dns-config-error", ("server", "zone-name", "ipv6-server"), False, None),
    (23, "failover-sync-failure", _SYNC_FAILURE, False, None),
)

NOTIFICATIONS = tuple(
    NotificationFact(f"{ENTERPRISE}.0.{number}", name, objects, deprecated, clears)
    for number, name, objects, deprecated, clears in _NOTIFICATIONS
)

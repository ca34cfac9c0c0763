"""Alarms that only traps and log lines raise."""

from console.insight.alarms.row import HAND, AlarmRow
from console.insight.wording import DAY
from console.model.alarm_kinds import AlarmKind
from console.model.picture import Severity

TRAP_ROWS: tuple[AlarmRow, ...] = (
    AlarmRow(
        AlarmKind.ADDRESS_CONFLICT,
        Severity.CRITICAL,
        "traps 8, DHCPv6 5 and 6; log 18109: both servers gave one address out",
        HAND,
        "find both clients and renew the one that lost",
    ),
    AlarmRow(
        AlarmKind.DUPLICATE_ADDRESS,
        Severity.WARNING,
        "traps 7, DHCPv6 3 and 4: someone uses an address that was to be given out",
        "a person, or a day without another report",
        "find who uses it; the address is unavailable until it is made available by hand",
        lasts=DAY,
    ),
    AlarmRow(
        AlarmKind.FAILOVER_SYNC_FAILURE,
        Severity.MAJOR,
        "trap 23; log 18118",
        HAND,
        "read its error, and synchronise again",
    ),
    AlarmRow(
        AlarmKind.DNS_QUEUE_TOO_BIG,
        Severity.CRITICAL,
        "trap 5: updates wait for DNS, and DHCP may stop answering",
        HAND,
        "look at the DNS servers",
        follows=(AlarmKind.MASTERS_NOT_RESPONDING, AlarmKind.DNS_FORWARDERS_NOT_RESPONDING),
    ),
    AlarmRow(
        AlarmKind.HA_DNS_PARTNER_DOWN,
        Severity.MAJOR,
        "trap 15",
        "trap 16",
        "look at the DNS partner",
    ),
    AlarmRow(
        AlarmKind.HA_DNS_CONFIG_ERROR,
        Severity.MAJOR,
        "trap 22",
        HAND,
        "compare the DNS pair's configuration",
    ),
    AlarmRow(
        AlarmKind.MASTERS_NOT_RESPONDING,
        Severity.MAJOR,
        "trap 17",
        "trap 18",
        "look at the zone's masters",
    ),
    AlarmRow(
        AlarmKind.SECONDARY_ZONES_EXPIRED,
        Severity.MAJOR,
        "trap 19",
        "trap 18 for that zone",
        "bring a master of the zone back",
        follows=(AlarmKind.MASTERS_NOT_RESPONDING,),
    ),
    AlarmRow(
        AlarmKind.DNS_FORWARDERS_NOT_RESPONDING,
        Severity.MAJOR,
        "trap 20",
        "trap 21",
        "look at the forwarders",
    ),
    AlarmRow(
        AlarmKind.LINK_DOWN,
        Severity.WARNING,
        "linkDown of a server's agent",
        "linkUp",
        "look at the interface",
    ),
    AlarmRow(
        AlarmKind.EGP_NEIGHBOR_LOSS,
        Severity.INFO,
        "egpNeighborLoss of a server's agent",
        "a person, or a day without another report",
        "nothing for DHCP",
        lasts=DAY,
    ),
    AlarmRow(
        AlarmKind.AUTHENTICATION_FAILURE,
        Severity.WARNING,
        "authenticationFailure of a server's agent",
        "a person, or a day without another report",
        "somebody asks it with a wrong community or key",
        lasts=DAY,
    ),
    AlarmRow(
        AlarmKind.UNKNOWN_TRAP,
        Severity.UNKNOWN,
        "a trap whose OID no table has; it is shown with its OID and values",
        "a person, or a week without another report",
        "read its sender's MIB",
        lasts=7 * DAY,
    ),
)

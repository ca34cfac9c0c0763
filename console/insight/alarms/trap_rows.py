"""The rows of alarms that only traps and log lines raise."""

from console.insight.alarms.row import HAND, AlarmRow
from console.insight.wording import DAY
from console.model.alarm_kinds import AlarmKind
from console.model.picture import Severity

TRAP_ROWS: tuple[AlarmRow, ...] = (
    AlarmRow(
        AlarmKind.ADDRESS_CONFLICT,
        Severity.CRITICAL,
        "traps 8, DHCPv6 5 and 6; log 18109: both servers leased the same address",
        HAND,
        "find both clients, and renew the lease of the one that lost the address",
    ),
    AlarmRow(
        AlarmKind.DUPLICATE_ADDRESS,
        Severity.WARNING,
        "traps 7, DHCPv6 3 and 4: a device uses an address that the server was about to lease",
        "a person, or a day without another report",
        "find the device; the address is unavailable until it is made available by hand",
        lasts=DAY,
    ),
    AlarmRow(
        AlarmKind.FAILOVER_SYNC_FAILURE,
        Severity.MAJOR,
        "trap 23",
        HAND,
        "read the error in the text, and synchronise again",
    ),
    AlarmRow(
        AlarmKind.DNS_QUEUE_TOO_BIG,
        Severity.CRITICAL,
        "trap 5: updates wait for DNS, and DHCP may stop answering",
        HAND,
        "check the DNS servers",
        follows=(AlarmKind.MASTERS_NOT_RESPONDING, AlarmKind.DNS_FORWARDERS_NOT_RESPONDING),
    ),
    AlarmRow(
        AlarmKind.HA_DNS_PARTNER_DOWN,
        Severity.MAJOR,
        "trap 15",
        "trap 16",
        "check the DNS partner",
    ),
    AlarmRow(
        AlarmKind.HA_DNS_CONFIG_ERROR,
        Severity.MAJOR,
        "trap 22",
        HAND,
        "compare the configuration of the DNS pair",
    ),
    AlarmRow(
        AlarmKind.MASTERS_NOT_RESPONDING,
        Severity.MAJOR,
        "trap 17",
        "trap 18",
        "check the masters of the zone",
    ),
    AlarmRow(
        AlarmKind.SECONDARY_ZONES_EXPIRED,
        Severity.MAJOR,
        "trap 19",
        "trap 18 for that zone",
        "start a master of the zone again",
        follows=(AlarmKind.MASTERS_NOT_RESPONDING,),
    ),
    AlarmRow(
        AlarmKind.DNS_FORWARDERS_NOT_RESPONDING,
        Severity.MAJOR,
        "trap 20",
        "trap 21",
        "check the forwarders",
    ),
    AlarmRow(
        AlarmKind.LINK_DOWN,
        Severity.WARNING,
        "linkDown of a server's agent",
        "linkUp",
        "check the interface",
        waits=60,
    ),
    AlarmRow(
        AlarmKind.EGP_NEIGHBOR_LOSS,
        Severity.INFO,
        "egpNeighborLoss of a server's agent",
        "a person, or a day without another report",
        "nothing: DHCP is not affected",
        lasts=DAY,
    ),
    AlarmRow(
        AlarmKind.AUTHENTICATION_FAILURE,
        Severity.WARNING,
        "authenticationFailure of a server's agent",
        "a person, or a day without another report",
        "find the client that uses a wrong community or key",
        lasts=DAY,
    ),
    AlarmRow(
        AlarmKind.TRAP_EVENT,
        Severity.WARNING,
        "a trap that `[[traps.event]]` names, with the severity that is configured there",
        "its clearing trap, if one is configured; else a person",
        "look at the device; the alarm has its name and the values of the trap",
    ),
    AlarmRow(
        AlarmKind.UNKNOWN_TRAP,
        Severity.UNKNOWN,
        "a trap whose OID is not in the tables; it is shown with its OID and values",
        "a person, or a week without another report",
        "look it up in the MIB of its sender",
        lasts=7 * DAY,
    ),
)

"""The rows of alarms that only log lines of a server raise: what its clients, relays and interfaces do.

The server writes such a line once a minute while it goes on, so an hour without one is its end.
"""

from console.insight.alarms.row import HAND, AlarmRow
from console.insight.wording import DAY, HOUR
from console.model.alarm_kinds import AlarmKind
from console.model.picture import Severity

AN_HOUR = "an hour without another line, or a person"

LOG_ROWS: tuple[AlarmRow, ...] = (
    AlarmRow(
        AlarmKind.INTERFACE_NOT_RECEIVING,
        Severity.MAJOR,
        "log 18208: the server cannot receive packets of clients on an interface or address",
        f"log 18209: it receives them again; log 18200: the server started; or {HAND}",
        "check the interface; while the server receives nothing at all it leaves service to its partner",
    ),
    AlarmRow(
        AlarmKind.PARTNER_GIVES_NO_LEASES,
        Severity.MAJOR,
        "log 18134: clients that the partner answers ask again and again, and it has given no lease meanwhile",
        AN_HOUR,
        "check whether packets of clients reach the partner: cable, filter, interface, relay",
        lasts=HOUR,
    ),
    AlarmRow(
        AlarmKind.NO_ADDRESS_FOR_CLIENT,
        Severity.MAJOR,
        "log 18220: no address was free for a client",
        AN_HOUR,
        "enlarge the scope, or find the clients that take many addresses",
        follows=(AlarmKind.FREE_ADDRESS_LOW, AlarmKind.OTHER_SERVER_NOT_RESPONDING),
        lasts=HOUR,
    ),
    AlarmRow(
        AlarmKind.NETWORK_NOT_SERVED,
        Severity.WARNING,
        "log 18221: a relay sends requests from a network without a scope",
        AN_HOUR,
        "add a scope for it, or correct the address of the relay",
        lasts=HOUR,
    ),
    AlarmRow(
        AlarmKind.DISCOVER_FLOOD,
        Severity.WARNING,
        "log 18222 or 18237: all free addresses of a scope, or many in a minute, were offered and not requested",
        AN_HOUR,
        "find the port that the DISCOVERs come from; clients with a lease are served all the same",
        lasts=HOUR,
    ),
    AlarmRow(
        AlarmKind.NEW_CLIENTS_LIMITED,
        Severity.WARNING,
        "log 18228: more new clients than allowed came from one relay port",
        AN_HOUR,
        "find out what is behind this port: invented clients, or a limit that is too low for it",
        lasts=HOUR,
    ),
    AlarmRow(
        AlarmKind.DECLINES_LIMITED,
        Severity.WARNING,
        "log 18226: a client or a relay port declines more addresses than allowed",
        AN_HOUR,
        "find the client: a fault in it, two machines with one address, or an attack on the pool",
        lasts=HOUR,
    ),
    AlarmRow(
        AlarmKind.DECLINED_ADDRESS_REUSED,
        Severity.WARNING,
        "log 18227: no address was free, so a declined one is used again before its time",
        AN_HOUR,
        "enlarge the scope; find the device that uses the address without a lease",
        follows=(AlarmKind.DECLINES_LIMITED, AlarmKind.FREE_ADDRESS_LOW),
        lasts=HOUR,
    ),
    AlarmRow(
        AlarmKind.IDENTIFIER_USED_TWICE,
        Severity.WARNING,
        "log 18224: two hardware addresses use one client identifier",
        "a day without another line, or a person",
        "find both machines: most often one was copied from the other; give one a new identifier",
        lasts=DAY,
    ),
    AlarmRow(
        AlarmKind.LEASE_EVENTS_NOT_RECEIVED,
        Severity.WARNING,
        "log 18233: a webhook or syslog receiver gets no lease events; log 18235: events for it were lost",
        f"log 18234: it gets them again; {AN_HOUR}",
        "check the receiver and the way to it; what was lost is in the lease log of the server",
        lasts=HOUR,
    ),
    AlarmRow(
        AlarmKind.REPLIES_NOT_SENT,
        Severity.WARNING,
        "log 18231: replies to a client or relay cannot be sent",
        AN_HOUR,
        "check the routes of the server, and the MTU of its interface",
        lasts=HOUR,
    ),
)

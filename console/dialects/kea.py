"""The log lines of Kea.

2026-11-27 10:00:00.123 INFO  [kea-dhcp4.ha-hooks/1234.140] HA_STATE_TRANSITION server transitions from ...

Time, level, logger with process and thread, message id, text. Through syslog there is no time of its own. From Kea 2.5
on the text of most HA messages begins with the name of the server and a colon.
"""

import re
from collections.abc import Mapping

from console.dialects import stamps
from console.dialects.dialect import Contact, Dialect, Message
from console.model.phases import Phase

PHASES: Mapping[str, Phase] = {
    "load-balancing": Phase.NORMAL,
    "hot-standby": Phase.NORMAL,
    "passive-backup": Phase.NORMAL,
    "backup": Phase.STANDBY,
    "communication-recovery": Phase.ALONE,
    "partner-down": Phase.TAKEN_OVER,
    "partner-in-maintenance": Phase.TAKEN_OVER,
    "in-maintenance": Phase.PAUSED,
    "terminated": Phase.TERMINATED,
    "waiting": Phase.STARTING,
    "syncing": Phase.RETURNING,
    "ready": Phase.RETURN_WAIT,
}
"""Kea's states ("Server States" in its documentation), in the log in capital letters. In hot standby both servers are
`hot-standby`: which of them answers clients is in their scopes, and not in the log."""

LEVELS = {"FATAL": "Critical", "ERROR": "Error", "WARN": "Warning", "INFO": "Info", "DEBUG": "Debug"}


def _message(meaning: str, pattern: str | None = None, contact: Contact | None = None) -> Message:
    return Message(None if pattern is None else re.compile(pattern), contact=contact, meaning=meaning)


_UNACKED = r"respond, (?P<unacked>\d+) clients unacked so far, (?P<left>\d+) clients left"
_SKEW = r"(?:partner's clock is (?P<skew>-?\d+)s (?P<direction>ahead|behind))"
_FOR_ADDRESS = r"for address (?P<address>[0-9A-Fa-f.:]+), reason"

KEA = Dialect(
    name="kea",
    stamp=stamps.KEA,
    body=(
        r"(?P<level>FATAL|ERROR|WARN|INFO|DEBUG) +\[(?:kea-)?[\w-]+(?:\.(?P<category>[\w-]+))?[^\]\s]*\] "
        r"(?P<id>[A-Z][A-Z0-9_]*)(?!\S) ?(?P<text>.*)"
    ),
    levels=LEVELS,
    phases=PHASES,
    messages={
        "HA_STATE_TRANSITION": _message(
            "the server has changed its state",
            r"transitions from (?P<old>[A-Z-]+) to (?P<new>[A-Z-]+) state(?:, partner state is (?P<partner>[A-Z-]+))?",
        ),
        "HA_STATE_TRANSITION_PASSIVE_BACKUP": _message(
            "the server has changed its state", r"transitions from (?P<old>[A-Z-]+) to (?P<new>[A-Z-]+) state"
        ),
        "HA_COMMUNICATION_INTERRUPTED": _message(
            "no answer from the partner for max-response-delay; from now on the server counts the clients that the "
            "partner leaves unanswered",
            contact=Contact.LOST,
        ),
        "HA_COMMUNICATION_INTERRUPTED_CLIENT4_UNACKED": _message(
            "a client got no answer from the partner; the partner counts as down when none is left", _UNACKED
        ),
        "HA_COMMUNICATION_INTERRUPTED_CLIENT6_UNACKED": _message(
            "a client got no answer from the partner; the partner counts as down when none is left", _UNACKED
        ),
        "HA_HEARTBEAT_COMMUNICATIONS_FAILED": _message("a heartbeat got no answer: the first sign of a lost partner"),
        "HA_HEARTBEAT_FAILED": _message("the partner answered a heartbeat with an error"),
        "HA_HIGH_CLOCK_SKEW": _message(
            "the clocks differ by more than 30 s; over 60 s the servers give up the exchange of leases", _SKEW
        ),
        "HA_HIGH_CLOCK_SKEW_CAUSES_TERMINATION": _message(
            "the clocks differ by more than 60 s: the server gives up the exchange of leases", _SKEW
        ),
        "HA_TERMINATED": _message(
            "the server has given up the exchange of leases; it goes on serving, and the databases drift apart"
        ),
        "HA_TERMINATED_RESTART_PARTNER": _message(
            "the partner has given up the exchange of leases: this server waits until it is restarted"
        ),
        "HA_TERMINATED_PARTNER_DID_NOT_RESTART": _message(
            "the partner was not restarted after both had given up: stop both servers, then start both"
        ),
        "HA_LEASE_UPDATE_CONFLICT": _message("the partner refused a lease, because it has another one there"),
        "HA_LEASE_UPDATE_REJECTS_CAUSED_TERMINATION": _message(
            "the partner refused more than max-rejected-lease-updates leases: the server gives up the exchange"
        ),
        "HA_LEASE_UPDATE_FAILED": _message("the partner answered a lease update with an error"),
        "HA_LEASE_UPDATE_COMMUNICATIONS_FAILED": _message("a lease update did not reach the partner"),
        "HA_LEASE_UPDATE_CREATE_UPDATE_FAILED_ON_PEER": _message("the partner did not store a lease", _FOR_ADDRESS),
        "HA_LEASE_UPDATE_DELETE_FAILED_ON_PEER": _message("the partner did not delete a lease", _FOR_ADDRESS),
        "HA_LEASES_BACKLOG_START": _message("the leases of the interruption are sent to the partner"),
        "HA_LEASES_BACKLOG_SUCCESS": _message("the partner has the leases of the interruption"),
        "HA_LEASES_BACKLOG_FAILED": _message("the leases of the interruption could not be sent to the partner"),
        "HA_SYNC_START": _message("the server reads the leases of its partner"),
        "HA_SYNC_SUCCESSFUL": _message("the server has the leases of its partner"),
        "HA_SYNC_FAILED": _message("the server could not read the leases of its partner, and tries again"),
        "HA_LEASES_SYNC_FAILED": _message("the partner refused to send its leases"),
        "HA_LEASES_SYNC_COMMUNICATIONS_FAILED": _message("the partner could not be reached for its leases"),
        "HA_LOCAL_DHCP_DISABLE": _message("the server answers no client in this state"),
        "HA_LOCAL_DHCP_ENABLE": _message("the server answers clients again"),
        "HA_MAINTENANCE_STARTED": _message("this server serves all clients; the partner can be stopped"),
        "HA_MAINTENANCE_STARTED_IN_PARTNER_DOWN": _message("this server serves all clients; the partner was down"),
        "HA_MAINTENANCE_SHUTDOWN_SAFE": _message("the partner serves all clients: this server can be stopped"),
        "HA_STATE_MACHINE_PAUSED": _message("the server waits in this state until ha-continue is sent"),
        "HA_STATE_MACHINE_CONTINUED": _message("ha-continue was sent: the server goes on"),
        "HA_SERVICE_STARTED": _message("high availability has started"),
        "HA_MISSING_CONFIGURATION": _message("the hook library has no configuration: there is no high availability"),
        "ALLOC_ENGINE_V4_ALLOC_FAIL_SUBNET": _message(
            "no address was free for a client", r"in the subnet (?P<subnet>[0-9./]+)"
        ),
        "ALLOC_ENGINE_V4_ALLOC_FAIL": _message("no address was free for a client"),
        "ALLOC_ENGINE_V6_ALLOC_FAIL_SUBNET": _message(
            "no address was free for a client", r"in the subnet (?P<subnet>[0-9A-Fa-f:/]+)"
        ),
        "ALLOC_ENGINE_V6_ALLOC_FAIL": _message("no address was free for a client"),
        "DHCP4_LEASE_ALLOC": _message("a client got a lease", r"lease (?P<address>[0-9.]+) has been"),
        "DHCP6_LEASE_ALLOC": _message("a client got a lease", r"lease for address (?P<address>[0-9A-Fa-f:]+) and"),
        "DHCP4_DECLINE_LEASE": _message("a client refused its address: something else uses it"),
        "DHCPSRV_NO_SOCKETS_OPEN": _message("the server receives no packets: no interface is open"),
        "DHCPSRV_OPEN_SOCKET_FAIL": _message("an interface could not be opened for packets of clients"),
        "DHCP4_STARTING": _message("the server starts"),
        "DHCP6_STARTING": _message("the server starts"),
        "DHCP4_STARTED": _message("the server has started"),
        "DHCP6_STARTED": _message("the server has started"),
        "DHCP4_SHUTDOWN": _message("the server ends"),
        "DHCP6_SHUTDOWN": _message("the server ends"),
    },
)

"""The log messages that raise or clear an alarm, by the message ids of each dialect.

A message can have several rules. Those of other makes have the ids of their dialects (console/dialects).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from console.insight.alarms.keys import PAIR
from console.model.alarm_kinds import AlarmKind
from console.model.phases import Phase


@dataclass(frozen=True, slots=True)
class LogRule:
    """The kind of alarm that a message id raises or clears.

    `entity` is the entity, or returns it from the server and the fields of the message; without it, or without the
    field, the entity is the server that wrote the line. `clears_all`: it clears the alarms of all entities of that
    server.
    """

    kind: AlarmKind
    entity: Callable[[str, Mapping[str, str]], str] | str | None = None
    clears: bool = False
    clears_all: bool = False
    phases: frozenset[Phase] = frozenset()
    """The phases of the new state for which the rule applies, of a message about a change of state."""


def _address(server: str, fields: Mapping[str, str]) -> str:
    return fields.get("address", server)


def _field(name: str) -> Callable[[str, Mapping[str, str]], str]:
    """The entity is a field at one server."""
    return lambda server, fields: f"{server}/{fields[name]}" if name in fields else server


MESSAGES: dict[str, LogRule] = {
    "18101": LogRule(AlarmKind.OTHER_SERVER_NOT_RESPONDING, PAIR),
    "18102": LogRule(AlarmKind.OTHER_SERVER_NOT_RESPONDING, PAIR, clears=True),
    "18103": LogRule(AlarmKind.FAILOVER_CONFIG_MISMATCH, PAIR),
    "18104": LogRule(AlarmKind.PARTNER_DOWN),
    "18105": LogRule(AlarmKind.PARTNER_DOWN),
    "18109": LogRule(AlarmKind.ADDRESS_CONFLICT, _address),
    "18112": LogRule(AlarmKind.FREE_ADDRESS_LOW, _field("scope")),
    "18115": LogRule(AlarmKind.CLOCK_SKEW, PAIR),
    "18127": LogRule(AlarmKind.FREE_ADDRESS_LOW, _field("scope"), clears=True),
    "18134": LogRule(AlarmKind.PARTNER_GIVES_NO_LEASES, PAIR),
    "18200": LogRule(AlarmKind.INTERFACE_NOT_RECEIVING, clears_all=True),
    "18208": LogRule(AlarmKind.INTERFACE_NOT_RECEIVING, _field("listener")),
    "18209": LogRule(AlarmKind.INTERFACE_NOT_RECEIVING, _field("listener"), clears=True),
    "18220": LogRule(AlarmKind.NO_ADDRESS_FOR_CLIENT, _field("scopes")),
    "18221": LogRule(AlarmKind.NETWORK_NOT_SERVED, _field("relay")),
    "18222": LogRule(AlarmKind.DISCOVER_FLOOD, _field("scope")),
    "18224": LogRule(AlarmKind.IDENTIFIER_USED_TWICE, _field("identifier")),
    "18226": LogRule(AlarmKind.DECLINES_LIMITED, _field("port")),
    "18227": LogRule(AlarmKind.DECLINED_ADDRESS_REUSED, _field("scope")),
    "18228": LogRule(AlarmKind.NEW_CLIENTS_LIMITED, _field("port")),
    "18233": LogRule(AlarmKind.LEASE_EVENTS_NOT_RECEIVED, _field("to")),
    "18234": LogRule(AlarmKind.LEASE_EVENTS_NOT_RECEIVED, _field("to"), clears=True),
    "18235": LogRule(AlarmKind.LEASE_EVENTS_NOT_RECEIVED, _field("to")),
    "18231": LogRule(AlarmKind.REPLIES_NOT_SENT, _field("to")),
    "18237": LogRule(AlarmKind.DISCOVER_FLOOD, _field("scope")),
}

TOGETHER = frozenset({Phase.NORMAL})
NOT_TERMINATED = frozenset(Phase) - {Phase.TERMINATED}
TAKEN_OVER = frozenset({Phase.TAKEN_OVER})
NOT_TAKEN_OVER = frozenset(Phase) - TAKEN_OVER

STATE_RULES = (
    LogRule(AlarmKind.PARTNER_DOWN, phases=TAKEN_OVER),
    LogRule(AlarmKind.PARTNER_DOWN, clears=True, phases=NOT_TAKEN_OVER),
    LogRule(AlarmKind.FAILOVER_TERMINATED, phases=frozenset({Phase.TERMINATED})),
    LogRule(AlarmKind.FAILOVER_TERMINATED, clears=True, phases=NOT_TERMINATED),
    LogRule(AlarmKind.OTHER_SERVER_NOT_RESPONDING, PAIR, clears=True, phases=TOGETHER),
)
"""A change of state of another make."""

_NO_ADDRESS = LogRule(AlarmKind.NO_ADDRESS_FOR_CLIENT, _field("subnet"))
_SYNC_FAILED = LogRule(AlarmKind.LEASE_SYNC_FAILED)
_REJECTED = LogRule(AlarmKind.LEASE_UPDATES_REJECTED)

KEA: Mapping[str, tuple[LogRule, ...]] = {
    "HA_STATE_TRANSITION": STATE_RULES,
    "HA_STATE_TRANSITION_PASSIVE_BACKUP": STATE_RULES,
    "HA_COMMUNICATION_INTERRUPTED": (LogRule(AlarmKind.OTHER_SERVER_NOT_RESPONDING, PAIR),),
    "HA_HIGH_CLOCK_SKEW": (LogRule(AlarmKind.CLOCK_SKEW, PAIR),),
    "HA_HIGH_CLOCK_SKEW_CAUSES_TERMINATION": (LogRule(AlarmKind.CLOCK_SKEW, PAIR),),
    "HA_TERMINATED": (LogRule(AlarmKind.FAILOVER_TERMINATED),),
    "HA_LEASE_UPDATE_CONFLICT": (_REJECTED,),
    "HA_LEASE_UPDATE_REJECTS_CAUSED_TERMINATION": (_REJECTED,),
    "HA_LEASE_UPDATE_CREATE_UPDATE_FAILED_ON_PEER": (_REJECTED,),
    "HA_LEASE_UPDATE_DELETE_FAILED_ON_PEER": (_REJECTED,),
    "HA_SYNC_FAILED": (_SYNC_FAILED,),
    "HA_LEASES_SYNC_FAILED": (_SYNC_FAILED,),
    "HA_LEASES_SYNC_COMMUNICATIONS_FAILED": (_SYNC_FAILED,),
    "HA_LEASES_BACKLOG_FAILED": (_SYNC_FAILED,),
    "HA_SYNC_SUCCESSFUL": (LogRule(AlarmKind.LEASE_SYNC_FAILED, clears=True),),
    "HA_LEASES_BACKLOG_SUCCESS": (LogRule(AlarmKind.LEASE_SYNC_FAILED, clears=True),),
    "ALLOC_ENGINE_V4_ALLOC_FAIL_SUBNET": (_NO_ADDRESS,),
    "ALLOC_ENGINE_V6_ALLOC_FAIL_SUBNET": (_NO_ADDRESS,),
    "DHCPSRV_NO_SOCKETS_OPEN": (LogRule(AlarmKind.INTERFACE_NOT_RECEIVING),),
    "DHCP4_STARTING": (LogRule(AlarmKind.INTERFACE_NOT_RECEIVING, clears=True),),
    "DHCP6_STARTING": (LogRule(AlarmKind.INTERFACE_NOT_RECEIVING, clears=True),),
}

ISC: Mapping[str, tuple[LogRule, ...]] = {
    "FAILOVER_STATE": STATE_RULES,
    "FAILOVER_DISCONNECTED": (LogRule(AlarmKind.OTHER_SERVER_NOT_RESPONDING, PAIR),),
    "FAILOVER_TIMEOUT": (LogRule(AlarmKind.OTHER_SERVER_NOT_RESPONDING, PAIR),),
    "FAILOVER_NORMAL": (LogRule(AlarmKind.OTHER_SERVER_NOT_RESPONDING, PAIR, clears=True),),
    "BIND_UPDATE_REJECTED": (_REJECTED,),
    "NO_FREE_LEASES": (LogRule(AlarmKind.NO_ADDRESS_FOR_CLIENT, _field("network")),),
    "PEER_HOLDS_ALL": (LogRule(AlarmKind.NO_ADDRESS_FOR_CLIENT),),
    "UNKNOWN_NETWORK": (LogRule(AlarmKind.NETWORK_NOT_SERVED, _field("relay")),),
}

BY_ID: Mapping[str, tuple[LogRule, ...]] = {**{number: (rule,) for number, rule in MESSAGES.items()}, **KEA, **ISC}
"""Every rule, by the id of the message."""

MARKS = (
    *(f" {number} " for number in (*MESSAGES, *KEA)),
    "I move from ",
    ": disconnected",
    "timeout waiting for failover peer",
    ": Both servers normal",
    " rejected: ",
    "no free leases",
    "no addresses available",
    ": peer holds all free leases",
    ": unknown network segment",
)
"""A text in every line that a rule is about, to find such lines in a journal."""

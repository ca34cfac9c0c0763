"""Alarms that traps and log lines raise and clear: two tables.

A trap has a clearing trap where the MIB defines one. The MIB warns that the clearing trap can be missing and that the
raising trap can repeat. So a repeated trap adds to the count, and polls can settle the alarm (judging.py).

A clearing trap for an alarm that is not active changes nothing. A trap that is not in the table is shown as
`unknown-trap` and never dropped. Address conflicts, duplicates and failed synchronisations have no clearing trap; their
rows have what ends them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from console.insight.alarms import keys
from console.insight.alarms.keys import PAIR
from console.insight.alarms.lifecycle import clear_alarm, raise_alarm
from console.insight.alarms.row import Fault
from console.insight.alarms.table import severity_of
from console.insight.log_format import LogRecord, read_record
from console.model.alarm_kinds import AlarmKind
from console.model.observations import LogLine, TrapSeen
from console.model.picture import AlarmSource, PairPicture, Severity

Key = Callable[[TrapSeen], str]


@dataclass(frozen=True, slots=True)
class TrapRule:
    """The kinds of alarm that a trap raises or clears, and how their entity is found."""

    kinds: tuple[AlarmKind, ...]
    key: Key
    clears: bool = False


def _raises(kind: AlarmKind, key: Key) -> TrapRule:
    return TrapRule((kind,), key)


def _clears(*kinds: AlarmKind, key: Key) -> TrapRule:
    return TrapRule(kinds, key, clears=True)


TRAPS: dict[str, TrapRule] = {
    "other-server-not-responding": _raises(AlarmKind.OTHER_SERVER_NOT_RESPONDING, keys.related),
    "other-server-responding": _clears(AlarmKind.OTHER_SERVER_NOT_RESPONDING, key=keys.related),
    "failover-config-mismatch": _raises(AlarmKind.FAILOVER_CONFIG_MISMATCH, keys.pair),
    "failover-sync-failure": _raises(AlarmKind.FAILOVER_SYNC_FAILURE, keys.direction),
    "server-stop": _raises(AlarmKind.SERVER_STOP, keys.stopped),
    "server-start": _clears(AlarmKind.SERVER_STOP, key=keys.stopped),
    "free-address-low": _raises(AlarmKind.FREE_ADDRESS_LOW, keys.threshold),
    "free-address-high": _clears(AlarmKind.FREE_ADDRESS_LOW, key=keys.threshold),
    "free-address6-low": _raises(AlarmKind.FREE_ADDRESS_LOW, keys.threshold),
    "free-address6-high": _clears(AlarmKind.FREE_ADDRESS_LOW, key=keys.threshold),
    "duplicate-address": _raises(AlarmKind.DUPLICATE_ADDRESS, keys.duplicate),
    "duplicate-address6": _raises(AlarmKind.DUPLICATE_ADDRESS, keys.duplicate),
    "duplicate-prefix6": _raises(AlarmKind.DUPLICATE_ADDRESS, keys.duplicate),
    "address-conflict": _raises(AlarmKind.ADDRESS_CONFLICT, keys.address),
    "address-conflict6": _raises(AlarmKind.ADDRESS_CONFLICT, keys.address),
    "prefix-conflict6": _raises(AlarmKind.ADDRESS_CONFLICT, keys.address),
    "dns-queue-too-big": _raises(AlarmKind.DNS_QUEUE_TOO_BIG, keys.sender),
    "ha-dns-partner-down": _raises(AlarmKind.HA_DNS_PARTNER_DOWN, keys.dns_partner),
    "ha-dns-partner-up": _clears(AlarmKind.HA_DNS_PARTNER_DOWN, key=keys.dns_partner),
    "ha-dns-config-error": _raises(AlarmKind.HA_DNS_CONFIG_ERROR, keys.zone_error),
    "masters-not-responding": _raises(AlarmKind.MASTERS_NOT_RESPONDING, keys.zone),
    "masters-responding": _clears(AlarmKind.MASTERS_NOT_RESPONDING, AlarmKind.SECONDARY_ZONES_EXPIRED, key=keys.zone),
    "secondary-zones-expired": _raises(AlarmKind.SECONDARY_ZONES_EXPIRED, keys.zone),
    "dns-forwarders-not-responding": _raises(AlarmKind.DNS_FORWARDERS_NOT_RESPONDING, keys.zone),
    "dns-forwarders-responding": _clears(AlarmKind.DNS_FORWARDERS_NOT_RESPONDING, key=keys.zone),
    "authentication-failure": _raises(AlarmKind.AUTHENTICATION_FAILURE, keys.sender),
    "link-down": _raises(AlarmKind.LINK_DOWN, keys.interface),
    "link-up": _clears(AlarmKind.LINK_DOWN, key=keys.interface),
    "ups-on-battery": _raises(AlarmKind.TRAP_EVENT, keys.ups_alarm),
    "ups-alarm-added": _raises(AlarmKind.TRAP_EVENT, keys.ups_alarm),
    "ups-alarm-removed": _clears(AlarmKind.TRAP_EVENT, key=keys.ups_alarm),
    "egp-neighbor-loss": _raises(AlarmKind.EGP_NEIGHBOR_LOSS, keys.sender),
}

UNKNOWN_NAME = "unknown"
"""The name of a trap that is in no table (snmp.mib.notification)."""

EVENTS_ONLY = frozenset({"cold-start", "warm-start", "ent-config-change", "ups-test-completed"})
"""Traps that report no fault. They are on the timeline and raise no alarm."""

UNKNOWN_TRAP = _raises(AlarmKind.UNKNOWN_TRAP, keys.oid)


def apply_trap(pair: PairPicture, trap: TrapSeen) -> PairPicture:
    """Returns the pair after a trap: alarms raised, counted or cleared."""
    if trap.event:
        return _apply_event(pair, trap)
    rule = None if trap.name in EVENTS_ONLY else TRAPS.get(trap.name, UNKNOWN_TRAP)
    if rule is None:
        return pair
    details = ", ".join(f"{name} {text}" for name, text in trap.varbinds.items())
    who = trap.server or trap.device or trap.source
    text = f"{who} sent {trap.name}" + (f" ({details})" if details else "")
    if rule is UNKNOWN_TRAP:
        text = f"{who} sent an unknown trap: {trap.oid}" + (f" ({details})" if details else "")
    for kind in rule.kinds:
        found = Fault(kind, rule.key(trap), _severity(kind, trap), text)
        if rule.clears:
            pair = clear_alarm(pair, found.id(pair.name), AlarmSource.TRAP, trap.at)
        else:
            pair = raise_alarm(pair, found, AlarmSource.TRAP, trap.at, trap.count)
    return pair


def _apply_event(pair: PairPicture, trap: TrapSeen) -> PairPicture:
    """Returns the pair after a trap that the configuration has made an event."""
    details = ", ".join(f"{name} {text}" for name, text in trap.varbinds.items())
    said = trap.text or trap.event.partition("/")[0]
    text = f"{keys.sender(trap)}: {said}" + (f" ({details})" if details else "")
    severity = Severity(trap.severity) if trap.severity in list(Severity) else Severity.WARNING
    found = Fault(AlarmKind.TRAP_EVENT, f"{keys.sender(trap)}/{trap.event}", severity, text)
    if trap.clears:
        return clear_alarm(pair, found.id(pair.name), AlarmSource.TRAP, trap.at)
    return raise_alarm(pair, found, AlarmSource.TRAP, trap.at, trap.count)


def _severity(kind: AlarmKind, trap: TrapSeen) -> Severity:
    if kind is AlarmKind.OTHER_SERVER_NOT_RESPONDING and not keys.is_partner(trap):
        return Severity.MAJOR
    return severity_of(kind)


def apply_unknown_sender(own: PairPicture, trap: TrapSeen) -> PairPicture:
    """Returns the console's own alarms after a trap from an address that is not configured."""
    sender = keys.host(trap.source)
    named = trap.oid if trap.name == UNKNOWN_NAME else f"{trap.name} {trap.oid}"
    details = ", ".join(f"{name} {text}" for name, text in trap.varbinds.items())
    text = f"{sender} sends traps but is not a configured server (last trap: {named}" + (
        f": {details})" if details else ")"
    )
    found = Fault(AlarmKind.UNKNOWN_SENDER, sender, severity_of(AlarmKind.UNKNOWN_SENDER), text)
    return raise_alarm(own, found, AlarmSource.TRAP, trap.at, trap.count)


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


def apply_log_line(pair: PairPicture, line: LogLine) -> PairPicture:
    """Returns the pair after a log line. Lines written before the console started to follow the log raise no alarm."""
    record = None if line.past else read_record(line.text)
    rule = MESSAGES.get(record.number) if record is not None else None
    if record is None or rule is None:
        return pair
    if rule.clears_all:
        below = f"{pair.name}/{rule.kind}/{line.server}/"
        for alarm in [each for each in pair.alarms if each.startswith(below)]:
            pair = clear_alarm(pair, alarm, AlarmSource.LOG, line.at)
        return pair
    text = record.text if line.server in record.text else f"{line.server}: {record.text}"
    found = Fault(rule.kind, _concerned(rule, record, line.server), severity_of(rule.kind), text)
    if rule.clears:
        return clear_alarm(pair, found.id(pair.name), AlarmSource.LOG, line.at)
    return raise_alarm(pair, found, AlarmSource.LOG, line.at)


def _concerned(rule: LogRule, record: LogRecord, server: str) -> str:
    if rule.entity is None:
        return server
    return rule.entity if isinstance(rule.entity, str) else rule.entity(server, record.fields)

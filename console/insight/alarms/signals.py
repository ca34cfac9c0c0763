"""Alarms that traps and log lines raise and clear; the table of the log messages is in `log_rules`.

A trap has a clearing trap where the MIB defines one. The MIB warns that the clearing trap can be missing and that the
raising trap can repeat. So a repeated trap adds to the count, and polls can settle the alarm (judging.py).

A clearing trap for an alarm that is not active changes nothing. A trap that is not in the table is shown as
`unknown-trap` and never dropped. Address conflicts, duplicates and failed synchronisations have no clearing trap; their
rows have what ends them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from console.dialects.dialect import LogRecord
from console.dialects.reading import read_record
from console.insight.alarms import keys
from console.insight.alarms.lifecycle import clear_alarm, raise_alarm
from console.insight.alarms.log_rules import BY_ID, LogRule
from console.insight.alarms.row import Fault
from console.insight.alarms.table import severity_of
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


def apply_log_line(pair: PairPicture, line: LogLine) -> PairPicture:
    """Returns the pair after a log line. Lines written before the console started to follow the log raise no alarm."""
    record = None if line.past else read_record(line.text)
    for rule in () if record is None else BY_ID.get(record.id, ()):
        if record is not None and (not rule.phases or record.phase in rule.phases):
            pair = _apply_rule(pair, line, record, rule)
    return pair


def _apply_rule(pair: PairPicture, line: LogLine, record: LogRecord, rule: LogRule) -> PairPicture:
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

"""Alarms that traps and log lines raise and clear: two tables.

A trap has a clearing trap where the MIB gives it one; the MIB itself warns that it can be missing and
that the raising one can repeat, so a repeated one counts up and conditions.py settles by what is observed.
A clearing trap without its raise changes nothing. A trap nobody knows is shown as `unknown-trap`, never
dropped. Address conflicts, duplicates and failed synchronisations have no clearing trap (kinds.py says what
ends them).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from console.insight.alarms import keys
from console.insight.alarms.keys import PAIR
from console.insight.alarms.kinds import severity_of
from console.insight.alarms.lifecycle import Finding, cleared, raised
from console.insight.log_format import LINE
from console.model.observations import LogLine, TrapSeen
from console.model.picture import PairPicture, Severity

Key = Callable[[TrapSeen], str]


@dataclass(frozen=True, slots=True)
class TrapRule:
    """What a trap does: the kinds that it raises or clears, and about whom."""

    kinds: tuple[str, ...]
    key: Key
    clears: bool = False


def _raises(kind: str, key: Key) -> TrapRule:
    return TrapRule((kind,), key)


def _clears(*kinds: str, key: Key) -> TrapRule:
    return TrapRule(kinds, key, clears=True)


TRAPS: dict[str, TrapRule] = {
    "other-server-not-responding": _raises("other-server-not-responding", keys.related),
    "other-server-responding": _clears("other-server-not-responding", key=keys.related),
    "failover-config-mismatch": _raises("failover-config-mismatch", keys.pair),
    "failover-sync-failure": _raises("failover-sync-failure", keys.direction),
    "server-stop": _raises("server-stop", keys.stopped),
    "server-start": _clears("server-stop", key=keys.stopped),
    "free-address-low": _raises("free-address-low", keys.threshold),
    "free-address-high": _clears("free-address-low", key=keys.threshold),
    "free-address6-low": _raises("free-address-low", keys.threshold),
    "free-address6-high": _clears("free-address-low", key=keys.threshold),
    "duplicate-address": _raises("duplicate-address", keys.duplicate),
    "duplicate-address6": _raises("duplicate-address", keys.duplicate),
    "duplicate-prefix6": _raises("duplicate-address", keys.duplicate),
    "address-conflict": _raises("address-conflict", keys.address),
    "address-conflict6": _raises("address-conflict", keys.address),
    "prefix-conflict6": _raises("address-conflict", keys.address),
    "dns-queue-too-big": _raises("dns-queue-too-big", keys.sender),
    "ha-dns-partner-down": _raises("ha-dns-partner-down", keys.dns_partner),
    "ha-dns-partner-up": _clears("ha-dns-partner-down", key=keys.dns_partner),
    "ha-dns-config-error": _raises("ha-dns-config-error", keys.zone_error),
    "masters-not-responding": _raises("masters-not-responding", keys.zone),
    "masters-responding": _clears("masters-not-responding", "secondary-zones-expired", key=keys.zone),
    "secondary-zones-expired": _raises("secondary-zones-expired", keys.zone),
    "dns-forwarders-not-responding": _raises("dns-forwarders-not-responding", keys.zone),
    "dns-forwarders-responding": _clears("dns-forwarders-not-responding", key=keys.zone),
    "authentication-failure": _raises("authentication-failure", keys.sender),
    "link-down": _raises("link-down", keys.interface),
    "link-up": _clears("link-down", key=keys.interface),
    "egp-neighbor-loss": _raises("egp-neighbor-loss", keys.sender),
}

TOLD_ONLY = frozenset({"cold-start", "warm-start"})
"""Known and no fault: they stand in the story, which is enough."""

UNKNOWN_NAME = "unknown"
STRANGER = _raises("unknown-trap", keys.oid)


def trapped(pair: PairPicture, trap: TrapSeen) -> PairPicture:
    """The pair after a trap: an alarm raised, counted or cleared."""
    rule = None if trap.name in TOLD_ONLY else TRAPS.get(trap.name, STRANGER)
    if rule is None:
        return pair
    details = ", ".join(f"{name} {text}" for name, text in trap.varbinds.items())
    who = trap.server or trap.source
    text = f"{who} reports {trap.name}" + (f" ({details})" if details else "")
    if rule is STRANGER:
        text = f"{who} sent a trap that is not known: {trap.oid}" + (f" ({details})" if details else "")
    for kind in rule.kinds:
        found = Finding(kind, rule.key(trap), _severity(kind, trap), text)
        if rule.clears:
            pair = cleared(pair, found.id(pair.name), "trap", trap.at)
        else:
            pair = raised(pair, found, "trap", trap.at, trap.count)
    return pair


def _severity(kind: str, trap: TrapSeen) -> Severity:
    if kind == "other-server-not-responding" and not keys.is_partner(trap):
        return Severity.MAJOR
    return severity_of(kind)


def strayed(own: PairPicture, trap: TrapSeen) -> PairPicture:
    """The console's own alarms after a trap from an address that is nobody's."""
    sender = keys.host(trap.source)
    text = f"{sender} sends traps and is no server that is configured ({trap.name}, last)"
    found = Finding("unknown-sender", sender, severity_of("unknown-sender"), text)
    return raised(own, found, "trap", trap.at, trap.count)


@dataclass(frozen=True, slots=True)
class LogRule:
    """What a message id does. `entity` finds whom it concerns in the text; without one it is the server."""

    kind: str
    entity: re.Pattern[str] | str | None = None
    clears: bool = False


SCOPE = re.compile(r"[Ss]cope '?([^\s':]+)")
CONFLICT_ADDRESS = re.compile(r"conflict on (\S+?):? ")

MESSAGES: dict[str, LogRule] = {
    "18101": LogRule("other-server-not-responding", PAIR),
    "18102": LogRule("other-server-not-responding", PAIR, clears=True),
    "18103": LogRule("failover-config-mismatch", PAIR),
    "18104": LogRule("partner-down"),
    "18105": LogRule("partner-down"),
    "18109": LogRule("address-conflict", CONFLICT_ADDRESS),
    "18112": LogRule("free-address-low", SCOPE),
    "18115": LogRule("clock-skew", PAIR),
    "18118": LogRule("failover-sync-failure", PAIR),
}


def logged(pair: PairPicture, line: LogLine) -> PairPicture:
    """The pair after a log line. Lines from before watching began are history and raise nothing."""
    match = None if line.past else LINE.match(line.text)
    rule = MESSAGES.get(match["id"]) if match is not None else None
    if match is None or rule is None:
        return pair
    found = Finding(rule.kind, _concerned(rule, match["text"], line.server), severity_of(rule.kind), match["text"])
    if rule.clears:
        return cleared(pair, found.id(pair.name), "log", line.at)
    return raised(pair, found, "log", line.at)


def _concerned(rule: LogRule, text: str, server: str) -> str:
    if rule.entity is None:
        return server
    if isinstance(rule.entity, str):
        return rule.entity
    match = rule.entity.search(text)
    if match is None:
        return server
    return f"{server}/{match[1]}" if rule.entity is SCOPE else match[1]

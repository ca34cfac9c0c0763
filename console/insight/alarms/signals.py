"""Alarms that traps and log lines raise and clear: two tables.

A trap has a clearing trap where the MIB gives it one; the MIB itself warns that it can be missing and that
the raising one can repeat, so a repeated one counts up and conditions.py settles by what is observed. A
trap nobody knows is shown as `unknown-trap`, never dropped. Address conflicts, duplicates, mismatches and
failed synchronisations have no clearing trap: a person closes them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from console.insight.alarms.conditions import PAIR
from console.insight.alarms.lifecycle import Finding, cleared, raised
from console.insight.log_format import LINE
from console.model.observations import LogLine, TrapSeen
from console.model.picture import PairPicture, Severity

WARNING, CRITICAL, UNKNOWN = Severity.WARNING, Severity.CRITICAL, Severity.UNKNOWN


def _pair(trap: TrapSeen) -> str:
    """One fault of the pair, whichever partner reports it; another kind of related server is a fault of its
    own."""
    related = trap.varbinds.get("related-server-type", "failoverPartner")
    return PAIR if _is_partner(related) else f"{trap.server}/{related}"


def _is_partner(related: str) -> bool:
    word = related.lower().replace("-", "")
    return word.startswith("failoverpartner") or related.strip().startswith("3")


def _server(trap: TrapSeen) -> str:
    return trap.server or trap.source


def _pool(trap: TrapSeen) -> str:
    named = (trap.varbinds.get(name) for name in ("scope-name", "link-name", "prefix-address"))
    return f"{trap.server}/{next((name for name in named if name), 'unnamed')}"


ADDRESSES = (
    "address",
    "contested-address",
    "ipv6-address",
    "contested-ipv6-address",
    "duplicate-prefix",
    "contested-prefix",
)


def _address(trap: TrapSeen) -> str:
    return next((trap.varbinds[name] for name in ADDRESSES if name in trap.varbinds), trap.source)


def _oid(trap: TrapSeen) -> str:
    return f"{trap.source}/{trap.oid}"


def _mismatch(trap: TrapSeen) -> str:
    return PAIR


@dataclass(frozen=True, slots=True)
class TrapRule:
    """What a trap does: the kind that it raises or clears, how bad that is, and about whom."""

    kind: str
    severity: Severity
    entity: Callable[[TrapSeen], str]
    clears: bool = False


TRAPS: dict[str, TrapRule] = {
    "other-server-not-responding": TrapRule("other-server-not-responding", CRITICAL, _pair),
    "other-server-responding": TrapRule("other-server-not-responding", Severity.OK, _pair, clears=True),
    "failover-config-mismatch": TrapRule("failover-config-mismatch", WARNING, _mismatch),
    "server-stop": TrapRule("server-stop", CRITICAL, _server),
    "server-start": TrapRule("server-stop", Severity.OK, _server, clears=True),
    "free-address-low": TrapRule("free-address-low", WARNING, _pool),
    "free-address-high": TrapRule("free-address-low", Severity.OK, _pool, clears=True),
    "duplicate-address": TrapRule("duplicate-address", WARNING, _address),
    "duplicate-prefix": TrapRule("duplicate-address", WARNING, _address),
    "address-conflict": TrapRule("address-conflict", CRITICAL, _address),
    "prefix-conflict": TrapRule("address-conflict", CRITICAL, _address),
    "dns-queue-too-big": TrapRule("dns-queue-too-big", CRITICAL, _server),
    "authentication-failure": TrapRule("authentication-failure", WARNING, _server),
    "failover-sync-failure": TrapRule("failover-sync-failure", WARNING, _mismatch),
}

UNKNOWN_NAME = "unknown"
STRANGER = TrapRule("unknown-trap", UNKNOWN, _oid)


def trapped(pair: PairPicture, trap: TrapSeen) -> PairPicture:
    """The pair after a trap: an alarm raised, counted or cleared."""
    rule = STRANGER if trap.name == UNKNOWN_NAME else TRAPS.get(trap.name)
    if rule is None:
        # Known and no fault of a pair, such as a cold start: it stands in the timeline, which is enough.
        return pair
    entity = rule.entity(trap)
    details = ", ".join(f"{name} {text}" for name, text in trap.varbinds.items())
    who = trap.server or trap.source
    text = f"{who} reports {trap.name}" + (f" ({details})" if details else "")
    if rule is STRANGER:
        text = f"{who} sent a trap that is not known: {trap.oid}" + (f" ({details})" if details else "")
    found = Finding(rule.kind, entity, rule.severity, text)
    if rule.clears:
        return cleared(pair, found.id(pair.name), "trap", trap.at)
    return raised(pair, found, "trap", trap.at, trap.count)


@dataclass(frozen=True, slots=True)
class LogRule:
    """What a message id does. `entity` finds whom it concerns in the text; without one it is the server."""

    kind: str
    severity: Severity
    entity: re.Pattern[str] | str | None = None
    clears: bool = False


SCOPE = re.compile(r"[Ss]cope '?([^\s':]+)")
CONFLICT_ADDRESS = re.compile(r"conflict on (\S+?):? ")

MESSAGES: dict[str, LogRule] = {
    "18101": LogRule("other-server-not-responding", CRITICAL, PAIR),
    "18102": LogRule("other-server-not-responding", Severity.OK, PAIR, clears=True),
    "18103": LogRule("failover-config-mismatch", WARNING, PAIR),
    "18104": LogRule("partner-down", CRITICAL),
    "18105": LogRule("partner-down", CRITICAL),
    "18109": LogRule("address-conflict", CRITICAL, CONFLICT_ADDRESS),
    "18112": LogRule("free-address-low", WARNING, SCOPE),
    "18115": LogRule("clock-skew", CRITICAL, PAIR),
    "18118": LogRule("failover-sync-failure", WARNING, PAIR),
}


def logged(pair: PairPicture, line: LogLine) -> PairPicture:
    """The pair after a log line. Lines from before watching began are history and raise nothing."""
    match = None if line.past else LINE.match(line.text)
    rule = MESSAGES.get(match["id"]) if match is not None else None
    if match is None or rule is None:
        return pair
    found = Finding(rule.kind, _concerned(rule, match["text"], line.server), rule.severity, match["text"])
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

"""Sentences that explain a lease: its length, the owner of its address, and when another client may get it.

The arithmetic is that of the servers:

    granted   min(desired, MCLT + max(acknowledged, received, now) - now), in every state but PARTNER-DOWN (R-127)
    reusable  in PARTNER-DOWN, by another client: MCLT + max(end, sent, acknowledged, received, partner-down time);
              a lease that was never sent to the partner is reusable at its end (R-123)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from math import inf

from console.insight.wording import duration, span, wall
from console.model.facts import PairFacts
from console.model.leases import Binding, LeaseFacts
from console.model.phases import INTERRUPTED, Phase

SLACK_SECONDS = 2.0
"""Times of leases are in whole seconds."""
PENDING = frozenset({Binding.EXPIRED, Binding.RELEASED, Binding.RESET})


def explained(record: LeaseFacts, facts: PairFacts | None, now: float, zone: tzinfo) -> Iterator[str]:
    """Sentences for a person: the length, the owner, and when another client may get the address."""
    if facts is None:
        yield "cannot explain this lease: the server has not reported its state"
        return
    desired = next((pool.lease_time for pool in facts.pools or () if pool.name == record.scope), None)
    if record.status is Binding.ACTIVE:
        yield explain_length(record, facts, desired, zone)
        if desired is not None and record.end != inf:
            yield _next(record, facts, desired, now)
    yield describe_owner(record, facts)
    yield describe_reuse(record, facts, now, zone)


def explain_length(record: LeaseFacts, facts: PairFacts, desired: float | None, zone: tzinfo) -> str:
    """Why the last lease had its length (R-120)."""
    if record.end is None or record.last_transaction is None:
        return "its length is not known"
    if record.end == inf:
        return "it has no end (BOOTP, or an infinite lease)"
    length = record.end - record.last_transaction
    if desired is None:
        return f"granted for {span(length)}; the server does not report the lease time of the policy"
    if length >= desired - SLACK_SECONDS:
        return f"granted for {span(length)}: the full lease time of the policy"
    known = record.lead - record.last_transaction
    limit = "MCLT" if facts.mclt is None else f"MCLT {span(facts.mclt)}"
    if facts.mclt is None:
        return f"granted for {span(length)} of {span(desired)}; the server does not report its MCLT"
    if length <= facts.mclt + SLACK_SECONDS:
        cause = "the partner had not acknowledged an update for it yet" if not record.lead else "no lead was left"
        if known > 0:
            cause = "it was the first lease, or no newer update was acknowledged when it was granted"
        return f"granted for {span(length)} of {span(desired)}: only {limit}, because {cause}"
    until = wall(record.lead, zone, record.last_transaction)
    return (
        f"granted for {span(length)} of {span(desired)}: at most {limit} after {until}, which both servers had agreed"
    )


def granted_now(record: LeaseFacts, facts: PairFacts, desired: float, now: float) -> float | None:
    """The length of a renewal now: min(desired, MCLT + the lead left), in seconds; None where it is not known."""
    if facts.phase is Phase.TAKEN_OVER:
        return desired
    if facts.mclt is None or facts.phase is Phase.UNKNOWN:
        return None
    return min(desired, facts.mclt + max(0.0, record.lead - now))


def _next(record: LeaseFacts, facts: PairFacts, desired: float, now: float) -> str:
    seconds = granted_now(record, facts, desired, now)
    if seconds is None:
        return "cannot tell the length of a renewal now: the server does not report its state or its MCLT"
    if facts.phase is Phase.TAKEN_OVER:
        return f"a renewal now gets {span(seconds)}: PARTNER-DOWN has no limit"
    lead = max(0.0, record.lead - now)
    mclt = span(facts.mclt or 0)
    return f"a renewal now gets {span(seconds)}: min({span(desired)}, MCLT {mclt} + lead {span(lead)})"


def describe_owner(record: LeaseFacts, facts: PairFacts) -> str:
    """Who has the address now, or which server may lease it."""
    if record.status is Binding.ACTIVE:
        return "leased by its client; when the lease ends, the partner must acknowledge that before it is free"
    if record.status is Binding.ABANDONED:
        return "unavailable: an unknown device uses it; Force available makes it available again"
    if record.status in PENDING:
        if facts.phase is Phase.UNKNOWN:
            return "cannot tell: it waits for the partner's acknowledgement, or for its time in PARTNER-DOWN"
        if facts.phase in INTERRUPTED:
            return "not free yet: it waits for the partner's acknowledgement, and contact with the partner is lost"
        if facts.phase is Phase.TAKEN_OVER:
            return "not free yet: its last client may get it at any time, another client when it is reusable"
        return "not free yet: it waits for the partner's acknowledgement, which takes a moment"
    if record.status is Binding.UNKNOWN or facts.role not in ("main", "backup"):
        return "cannot tell who may lease it: the server does not report the status of the lease or its own role"
    if record.reserved:
        return "reserved for one client; both servers may lease it to that client"
    owner = "main" if record.status is Binding.FREE else "backup"
    mine = owner == facts.role
    gain = " until the partner was declared down and MCLT has passed" if not mine else ""
    return f"free, in the share of the {owner}: {'this server may lease it' if mine else 'this server may not'}{gain}"


@dataclass(frozen=True, slots=True)
class Reusable:
    """When another client may get the address without the partner, and the term of the maximum that decides."""

    at: float
    term: str


def usable_at(record: LeaseFacts, mclt: float, partner_down_time: float) -> Reusable:
    """The maximum over the terms (R-123), on the server's clock; infinite for a lease without an end."""
    promises = {"acknowledged": record.acked, "received": record.received, "sent": record.sent}
    known = {name: at for name, at in promises.items() if at}
    if record.end == inf or inf in known.values():
        return Reusable(inf, "it has no end")
    end = record.end or 0.0
    if not known:
        return Reusable(end, "its end: it was never sent to the partner")
    terms = {**known, "end": end, "partner-down time": partner_down_time}
    term = max(terms, key=lambda name: terms[name])
    return Reusable(mclt + terms[term], f"MCLT + {term}")


def describe_reuse(record: LeaseFacts, facts: PairFacts, now: float, zone: tzinfo) -> str:
    """When another client may get the address: in the present state, or in PARTNER-DOWN."""
    if record.status in {Binding.FREE, Binding.BACKUP}:
        return "another client may get it now, from the server that has it in its share"
    if facts.mclt is None or facts.phase is Phase.UNKNOWN:
        return "cannot tell when another client may get it: the server does not report its state or its MCLT"
    down = facts.phase is Phase.TAKEN_OVER
    lost = facts.partner_down_time if down else facts.contact_lost_at
    if down and lost is None:
        return "cannot tell when another client may get it: the server does not report the partner-down time"
    found = usable_at(record, facts.mclt, lost or now)
    when = "never, without an operator" if found.at == inf else _when(found.at, now, zone)
    if down:
        return f"another client may get it {when} ({found.term} decides)"
    agreed = "after its end with the partner's acknowledgement; " if facts.phase is Phase.NORMAL else ""
    condition = "if the partner is declared down" if facts.phase in INTERRUPTED else "in PARTNER-DOWN"
    return f"another client may get it {agreed}{condition}: {when} ({found.term} decides)"


def _when(at: float, now: float, zone: tzinfo) -> str:
    return "now" if at <= now else f"at {wall(at, zone, now)}, in {duration(at - now)}"

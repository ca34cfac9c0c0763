"""Why a lease has its length, whose its address is, and when another client may have it, in sentences with the numbers.

The arithmetic is the servers' own:

    granted   min(desired, MCLT + max(acknowledged, received, now) - now), in every state but PARTNER-DOWN (R-127)
    reusable  in PARTNER-DOWN, by another client: MCLT + max(end, sent, acknowledged, received, partner-down time);
              a lease that no partner was ever told of is reusable at its end (R-123)
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
"""Leases are told in whole seconds."""
PENDING = frozenset({Binding.EXPIRED, Binding.RELEASED, Binding.RESET})


def explained(record: LeaseFacts, facts: PairFacts | None, now: float, zone: tzinfo) -> Iterator[str]:
    """Sentences for a person: the length, the owner, and when another client may have it."""
    if facts is None:
        yield "the server has not told its state, so nothing can be explained"
        return
    desired = next((pool.lease_time for pool in facts.pools or () if pool.name == record.scope), None)
    if record.status is Binding.ACTIVE:
        yield why_so_long(record, facts, desired, zone)
        if desired is not None and record.end != inf:
            yield _next(record, facts, desired, now)
    yield whose(record, facts)
    yield reusable(record, facts, now, zone)


def why_so_long(record: LeaseFacts, facts: PairFacts, desired: float | None, zone: tzinfo) -> str:
    """Why the last lease had its length (R-120)."""
    if record.end is None or record.last_transaction is None:
        return "its length is not known"
    if record.end == inf:
        return "it has no end (BOOTP, or an infinite lease)"
    length = record.end - record.last_transaction
    if desired is None:
        return f"given for {span(length)}; the server does not say what the policy wants"
    if length >= desired - SLACK_SECONDS:
        return f"given for {span(length)}: all that the policy wants"
    known = record.lead - record.last_transaction
    limit = "MCLT" if facts.mclt is None else f"MCLT {span(facts.mclt)}"
    if facts.mclt is None:
        return f"given for {span(length)} of {span(desired)}; the server does not say its MCLT"
    if length <= facts.mclt + SLACK_SECONDS:
        cause = "the partner had acknowledged nothing for it yet" if not record.lead else "its lead had run out by then"
        if known > 0:
            cause = "it was its first, or nothing newer was acknowledged when it was given; that came after it"
        return f"given for {span(length)} of {span(desired)}: {limit} alone, since {cause}"
    until = wall(record.lead, zone, record.last_transaction)
    return f"given for {span(length)} of {span(desired)}: {limit} beyond what both knew of, {until} at most"


def granted_now(record: LeaseFacts, facts: PairFacts, desired: float, now: float) -> float | None:
    """How long a renewal would be now: min(desired, MCLT + what is left of the lead); None where it is not known."""
    if facts.phase is Phase.TAKEN_OVER:
        return desired
    if facts.mclt is None or facts.phase is Phase.UNKNOWN:
        return None
    return min(desired, facts.mclt + max(0.0, record.lead - now))


def _next(record: LeaseFacts, facts: PairFacts, desired: float, now: float) -> str:
    seconds = granted_now(record, facts, desired, now)
    if seconds is None:
        return "cannot tell what it would get now: the server does not say its state or its MCLT"
    if facts.phase is Phase.TAKEN_OVER:
        return f"renewed now it gets {span(seconds)}: in PARTNER-DOWN nothing limits it"
    lead = max(0.0, record.lead - now)
    mclt = span(facts.mclt or 0)
    return f"renewed now it gets {span(seconds)}: min({span(desired)}, MCLT {mclt} + lead {span(lead)})"


def whose(record: LeaseFacts, facts: PairFacts) -> str:
    """Whose address it is now, or whose to give."""
    if record.status is Binding.ACTIVE:
        return "it is its client's; when it ends, it waits for the partner's agreement before it is free"
    if record.status is Binding.ABANDONED:
        return "nobody's: in use by somebody unknown; Force available gives it back"
    if record.status in PENDING:
        if facts.phase is Phase.UNKNOWN:
            return "cannot tell: it waits for the partner's agreement, or for its time in PARTNER-DOWN"
        if facts.phase in INTERRUPTED:
            return "nobody's: it waits for the partner's agreement, and there is no contact with the partner"
        if facts.phase is Phase.TAKEN_OVER:
            return "nobody's yet: its client may have it at any time, another one when it is reusable"
        return "nobody's: it waits for the partner's agreement, which takes a moment"
    if record.status is Binding.UNKNOWN or facts.role not in ("main", "backup"):
        return "cannot tell whose it is: the server does not say the lease's status or its own role"
    if record.reserved:
        return "kept for one client; either server may give it to that one"
    owner = "main" if record.status is Binding.FREE else "backup"
    mine = owner == facts.role
    gain = " until that one is declared down and MCLT has passed" if not mine else ""
    return f"free, the {owner}'s to give: {'this server may' if mine else 'this server may not'}{gain}"


@dataclass(frozen=True, slots=True)
class Reusable:
    """When another client may have the address without the partner, and the term of the maximum that decides."""

    at: float
    term: str


def usable_at(record: LeaseFacts, mclt: float, partner_down_time: float) -> Reusable:
    """max over the terms (R-123); infinite for what has no end."""
    promises = {"acknowledged": record.acked, "received": record.received, "sent": record.sent}
    known = {name: at for name, at in promises.items() if at}
    if record.end == inf or inf in known.values():
        return Reusable(inf, "it has no end")
    end = record.end or 0.0
    if not known:
        return Reusable(end, "its end: the partner never heard of it")
    terms = {**known, "end": end, "partner-down time": partner_down_time}
    term = max(terms, key=lambda name: terms[name])
    return Reusable(mclt + terms[term], f"MCLT + {term}")


def reusable(record: LeaseFacts, facts: PairFacts, now: float, zone: tzinfo) -> str:
    """When another client may have it: as it is, or as it would be in PARTNER-DOWN."""
    if record.status in {Binding.FREE, Binding.BACKUP}:
        return "another client may have it now, from the server whose it is"
    if facts.mclt is None or facts.phase is Phase.UNKNOWN:
        return "cannot tell when another client may have it: the server does not say its state or its MCLT"
    down = facts.phase is Phase.TAKEN_OVER
    lost = facts.partner_down_time if down else facts.contact_lost_at
    if down and lost is None:
        return "cannot tell when another client may have it: the server does not say the partner-down time"
    found = usable_at(record, facts.mclt, lost or now)
    when = "never, without an operator" if found.at == inf else _when(found.at, now, zone)
    if down:
        return f"another client may have it {when} ({found.term} decides)"
    agreed = "with the partner's agreement when it has ended; " if facts.phase is Phase.NORMAL else ""
    condition = (
        "if the partner were declared down" if facts.phase in INTERRUPTED else "if it were alone in PARTNER-DOWN"
    )
    return f"another client may have it {agreed}{condition}: {when} ({found.term} decides)"


def _when(at: float, now: float, zone: tzinfo) -> str:
    return "now" if at <= now else f"at {wall(at, zone, now)}, in {duration(at - now)}"

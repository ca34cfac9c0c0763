"""The risk of duplicate addresses: none, possible, certain, or cannot tell; always with the reason."""

from dataclasses import dataclass
from enum import StrEnum

from console.insight.danger import UNDER_A_TAKEOVER, automatic_until, early_date_until
from console.insight.freshness import on_our_clock
from console.insight.joint import Joint
from console.model.fact_table import lacking
from console.model.facts import Unit
from console.model.phases import INTERRUPTED, Phase
from console.model.picture import ServerPicture
from console.model.profiles import Fact


class Risk(StrEnum):
    """How likely it is that two clients get the same address now."""

    NONE = "none"
    POSSIBLE = "possible"
    CERTAIN = "certain"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True, slots=True)
class DuplicateRisk:
    """The risk, and the reason as a sentence."""

    risk: Risk
    reason: str


def dup_risk(both: Joint) -> DuplicateRisk:
    """The risk from the phases of both servers. A server that is not seen or a missing fact gives `UNKNOWN`."""
    main, backup = both.phases
    if main is backup is Phase.TAKEN_OVER:
        return DuplicateRisk(Risk.CERTAIN, "both servers are PARTNER-DOWN and lease each other's addresses")
    for server, other in both.each_way:
        if both.phase(server) is Phase.TAKEN_OVER and both.phase(other) in UNDER_A_TAKEOVER:
            return DuplicateRisk(Risk.POSSIBLE, f"{server.name} took over while {other.name} serves")
    for server, other in both.each_way:
        if early_date_until(both, server) is not None:
            return DuplicateRisk(Risk.POSSIBLE, f"{server.name} took over with a date before its last contact")
        if automatic_until(both, server) is not None:
            return DuplicateRisk(Risk.POSSIBLE, f"it is not proven that {other.name} had stopped when contact was lost")
    if main is None and backup is None:
        return DuplicateRisk(Risk.UNKNOWN, "neither server is seen")
    for server, other in both.each_way:
        if both.phase(server) is Phase.TAKEN_OVER and not both.seen(other):
            return DuplicateRisk(Risk.UNKNOWN, f"{other.name} was declared down and is not seen: it must stay off")
    for server, _ in both.each_way:
        missing = _not_known(both, server)
        if missing is not None:
            return DuplicateRisk(Risk.UNKNOWN, missing)
    for server, other in both.each_way:
        if both.phase(server) in INTERRUPTED and not both.seen(other):
            unsettled = _may_have_taken_over(other, server, both.now)
            if unsettled is not None:
                return DuplicateRisk(Risk.UNKNOWN, f"{other.name} is not seen, and {unsettled}: it may have taken over")
            words = f"{server.name} leases only its own addresses; {other.name} is not seen and must not take over"
            return DuplicateRisk(Risk.NONE, words)
    if any(phase in INTERRUPTED for phase in both.phases):
        return DuplicateRisk(Risk.NONE, "each serves from its own addresses until one enters PARTNER-DOWN")
    return DuplicateRisk(Risk.NONE, "no server leases the other's addresses")


def _not_known(both: Joint, server: ServerPicture) -> str | None:
    """The missing fact of a seen server that is needed to exclude duplicate addresses; None where all are known."""
    facts = server.facts
    if facts is None or not both.seen(server):
        return None
    if facts.phase is not Phase.TAKEN_OVER:
        return lacking(server, Fact.STATE)
    missing = lacking(server, Fact.PARTNER_DOWN_TIME, Fact.LAST_CONTACT, Fact.MCLT, Fact.STATE_SINCE)
    if missing is not None or facts.since is None or facts.mclt is None:
        return missing
    over = on_our_clock(server, facts.since + facts.mclt) <= both.now
    return None if over else lacking(server, Fact.CAUSE)


def _may_have_taken_over(unseen: ServerPicture, alone: ServerPicture, now: float) -> str | None:
    """Why a server that is not seen may have taken over by now, from its last answer; None where it has not.

    For a server that never answered, the settings of its partner are used.
    """
    known = unseen.facts or alone.facts
    lost = None if alone.facts is None else alone.facts.contact_lost_at
    takeover = None if known is None else known.takeover
    if takeover is not None and takeover.automatic is False:
        return None
    if takeover is None or takeover.automatic is None or takeover.length is None or lost is None:
        return "its safe period is not known"
    if takeover.unit is not Unit.SECONDS:
        return "its countdown counts clients"
    return "its safe period is over" if now > on_our_clock(alone, lost) + takeover.length else None

"""Whether two clients can get one address: none, possible, certain, or nobody can tell; always with the reason."""

from dataclasses import dataclass
from enum import StrEnum

from console.insight.danger import UNDER_A_TAKEOVER, automatic_until, early_date_until
from console.insight.freshness import on_our_clock
from console.insight.verdict import Joint
from console.model.picture import ServerPicture
from console.model.states import ALONE, State


class Risk(StrEnum):
    """How likely it is that one address is given out twice now."""

    NONE = "none"
    POSSIBLE = "possible"
    CERTAIN = "certain"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True, slots=True)
class DuplicateRisk:
    """The risk, and in a sentence why."""

    risk: Risk
    reason: str


def dup_risk(both: Joint) -> DuplicateRisk:
    """What the states of both say together; what is not seen is not claimed."""
    main, backup = both.states
    if main is backup is State.PARTNER_DOWN:
        return DuplicateRisk(Risk.CERTAIN, "both are PARTNER-DOWN: each gives out the other's addresses")
    for server, other in both.each_way:
        if both.state(server) is State.PARTNER_DOWN and both.state(other) in UNDER_A_TAKEOVER:
            return DuplicateRisk(Risk.POSSIBLE, f"{server.name} took over while {other.name} serves")
    for server, other in both.each_way:
        if early_date_until(both, server) is not None:
            return DuplicateRisk(Risk.POSSIBLE, f"{server.name} was given a date before its last contact")
        if automatic_until(both, server) is not None:
            return DuplicateRisk(Risk.POSSIBLE, f"nobody proved that {other.name} stopped when contact was lost")
    if main is None and backup is None:
        return DuplicateRisk(Risk.UNKNOWN, "neither server is seen")
    for server, other in both.each_way:
        if both.state(server) is State.PARTNER_DOWN and not both.seen(other):
            return DuplicateRisk(Risk.UNKNOWN, f"{other.name} is declared down, and not seen: it must stay off")
    for server, other in both.each_way:
        if both.state(server) in ALONE and not both.seen(other):
            if _may_have_taken_over(other, server, both.now):
                words = f"{other.name} is not seen, and its safe period is over: it may have taken over"
                return DuplicateRisk(Risk.UNKNOWN, words)
            words = f"{server.name} gives out only its own; {other.name}, not seen, must not have been set PARTNER-DOWN"
            return DuplicateRisk(Risk.NONE, words)
    if any(state in ALONE for state in both.states):
        return DuplicateRisk(Risk.NONE, "each serves from its own addresses until one enters PARTNER-DOWN")
    return DuplicateRisk(Risk.NONE, "no server gives out the other's addresses")


def _may_have_taken_over(unseen: ServerPicture, alone: ServerPicture, now: float) -> bool:
    """Whether the safe period of a server that is not seen would have ended by now, reckoned from its last answer; one
    that never answered is reckoned with its partner's settings."""
    told = unseen.report or alone.report
    lost = None if alone.report is None else alone.report.start_of_communications_interrupted
    if told is None or lost is None or not told.use_safe_period:
        return False
    return now > on_our_clock(alone, lost) + told.safe_period

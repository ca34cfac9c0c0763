"""The prose of servers in old journals and recordings, which have no typed causes. Nothing else reads prose."""

from console.model.facts import LinkRefusal
from console.model.phases import Cause

CAUSES: tuple[tuple[tuple[str, ...], Cause], ...] = (
    (("safe period", "mclt wait over"), Cause.TIMER),
    (("set by operator", "operator"), Cause.OPERATOR),
    (("partner", "contact lost", "communications failed", "update done"), Cause.PARTNER),
    (("start", "failover was off", "failover-recover", "stored state", "server stops"), Cause.RESTART),
)
"""Words in the reason of a state, and their cause; the first row with one of them counts."""

REFUSALS: tuple[tuple[tuple[str, ...], LinkRefusal], ...] = (
    (("skew", "time mismatch"), LinkRefusal.CLOCKS),
    (("mclt", "hash bucket", "load balancing", "load-balancing", "relationship", "version"), LinkRefusal.CONFIGURATION),
)
"""Words of the reason why a connection failed."""


def cause_of(reason: str | None) -> Cause:
    """Why a server entered its state; UNKNOWN for a reason without any of the words."""
    text = (reason or "").lower()
    return next((cause for words, cause in CAUSES if any(word in text for word in words)), Cause.UNKNOWN)


def refusal_of(text: str) -> LinkRefusal:
    """Why a connection was refused; OTHER for a reason without any of the words, as when it merely failed."""
    lowered = text.lower()
    found = (refusal for words, refusal in REFUSALS if any(word in lowered for word in words))
    return next(found, LinkRefusal.OTHER)

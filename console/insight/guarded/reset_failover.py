"""Reset failover: the server begins again, reads the leases of its partner and returns."""

from console.insight.freshness import last_word
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.row import Guard, GuardedAction
from console.insight.guarded.shared_guards import ALWAYS, EXPERT_ROLE, acting_phase, answer, outside_expert_mode
from console.insight.guarded.stop import PARTNER_SERVES
from console.insight.reasons import CannotTell
from console.model.action_names import ActionName
from console.model.phases import TOGETHER, Phase
from console.model.picture import PairPicture
from console.model.profiles import Can

BEGINNING = frozenset({Phase.STARTING, Phase.RETURNING, Phase.RETURN_WAIT})


def _not_terminated(attempt: Attempt) -> str | None:
    phase = acting_phase(attempt, "is TERMINATED")
    if isinstance(phase, CannotTell):
        return phase
    if phase is not Phase.TERMINATED:
        return None
    return f"{attempt.server} is TERMINATED, which a reset does not end: stop BOTH servers, then start both"


def _not_together(attempt: Attempt) -> str | None:
    phase = acting_phase(attempt, "works with its partner")
    if isinstance(phase, CannotTell):
        return phase
    if phase not in TOGETHER:
        return None
    return f"{attempt.server} is {last_word(attempt.acting)}, which needs no reset: use expert mode for one"


def _consequences(attempt: Attempt) -> tuple[str, ...]:
    return (
        f"{attempt.server} answers no client until it has read the leases of {attempt.partner.name} and returned.",
        f"If {attempt.partner.name} cannot be reached, it waits for it.",
    )


def _seen(now: PairPicture, attempt: Attempt) -> str | None:
    facts, before = answer(now, attempt), attempt.facts
    if facts is None or facts.phase is Phase.UNKNOWN:
        return None
    changed = before is not None and before.word != facts.word
    if facts.phase not in BEGINNING and not changed:
        return None
    return f"{attempt.server} has begun again and is {facts.word}"


RESET_FAILOVER = GuardedAction(
    ActionName.RESET_FAILOVER,
    "Reset failover",
    "have a server begin again: wait for its partner, read its leases, return",
    Can.RESET,
    (
        *ALWAYS,
        Guard("not-terminated", True, "the server is not TERMINATED", _not_terminated),
        Guard("not-together", True, "it does not work with its partner", _not_together, applies=outside_expert_mode),
        PARTNER_SERVES,
        EXPERT_ROLE,
    ),
    _consequences,
    _seen,
)

"""Cancel maintenance: both servers serve as before."""

from console.insight.freshness import last_word
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.row import Guard, GuardedAction
from console.insight.guarded.shared_guards import ALWAYS, acting_phase, answer
from console.insight.reasons import CannotTell
from console.model.action_names import ActionName
from console.model.phases import Phase
from console.model.picture import PairPicture
from console.model.profiles import Can


def _has_taken_over(attempt: Attempt) -> str | None:
    phase = acting_phase(attempt, "has taken over")
    if isinstance(phase, CannotTell) or phase is Phase.TAKEN_OVER:
        return phase if isinstance(phase, CannotTell) else None
    if phase is Phase.PAUSED:
        return f"{attempt.server} is {last_word(attempt.acting)}: cancel it on {attempt.partner.name}, which took over"
    return f"{attempt.server} is {last_word(attempt.acting)}: there is no maintenance to cancel"


def _consequences(attempt: Attempt) -> tuple[str, ...]:
    return (f"{attempt.partner.name} answers its clients again, and {attempt.server} leaves them to it.",)


def _seen(now: PairPicture, attempt: Attempt) -> str | None:
    facts = answer(now, attempt)
    if facts is None or facts.phase in (Phase.TAKEN_OVER, Phase.UNKNOWN):
        return None
    partner = now.partner_of(attempt.server)
    return f"the maintenance has ended: {attempt.server} is {facts.word}, {partner.name} is {last_word(partner)}"


CANCEL_MAINTENANCE = GuardedAction(
    ActionName.CANCEL_MAINTENANCE,
    "Cancel maintenance",
    "end the maintenance on the server that took over; both serve as before",
    Can.MAINTENANCE,
    (*ALWAYS, Guard("has-taken-over", True, "the server has taken over for its partner", _has_taken_over)),
    _consequences,
    _seen,
)

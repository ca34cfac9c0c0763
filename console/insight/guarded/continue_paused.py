"""Continue: a server whose configuration pauses it in a state goes on.

Kea does not report whether it is paused, only the state. So expert mode is needed, and its answer is the outcome: it
refuses if it was not paused.
"""

from console.insight.freshness import last_word
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.row import Guard, GuardedAction
from console.insight.guarded.shared_guards import ALWAYS, EXPERT_ROLE, acting_phase, outside_expert_mode
from console.insight.reasons import CannotTell
from console.model.action_names import ActionName
from console.model.phases import Phase
from console.model.picture import PairPicture
from console.model.profiles import Can


def _paused(attempt: Attempt) -> str | None:
    return CannotTell(f"cannot tell whether {attempt.server} is paused: it does not report that. Use expert mode")


def _can_go_on(attempt: Attempt) -> str | None:
    phase = acting_phase(attempt, "can go on")
    if isinstance(phase, CannotTell):
        return phase
    if phase is not Phase.TERMINATED:
        return None
    return f"{attempt.server} is {last_word(attempt.acting)}: it leaves this state only when both servers are stopped"


def _consequences(attempt: Attempt) -> tuple[str, ...]:
    return (f"If {attempt.server} is paused, it leaves the state {last_word(attempt.acting)} by itself.",)


def _seen(now: PairPicture, attempt: Attempt) -> str | None:
    return None


CONTINUE = GuardedAction(
    ActionName.CONTINUE,
    "Continue",
    "let a server go on that its configuration pauses in its state",
    Can.CONTINUE,
    (
        *ALWAYS,
        Guard("can-go-on", True, "the server can leave its state", _can_go_on),
        Guard("paused", True, "the server is paused", _paused, applies=outside_expert_mode),
        EXPERT_ROLE,
    ),
    _consequences,
    _seen,
    answered=True,
)

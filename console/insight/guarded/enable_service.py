"""Enable service: a server whose service an operator disabled answers clients again."""

from console.insight.guarded.attempt import Attempt
from console.insight.guarded.row import GuardedAction
from console.insight.guarded.shared_guards import ALWAYS, STATE_KNOWN
from console.model.action_names import ActionName
from console.model.picture import PairPicture
from console.model.profiles import Can


def _consequences(attempt: Attempt) -> tuple[str, ...]:
    return (f"{attempt.server} answers clients as its state permits. Nothing changes if its service was not disabled.",)


def _seen(now: PairPicture, attempt: Attempt) -> str | None:
    return None


ENABLE_SERVICE = GuardedAction(
    ActionName.ENABLE_SERVICE,
    "Enable service",
    "end a disabled service before its time",
    Can.SERVICE,
    (*ALWAYS, STATE_KNOWN),
    _consequences,
    _seen,
    answered=True,
)

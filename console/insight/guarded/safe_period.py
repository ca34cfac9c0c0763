"""Switch the safe period off or on, on both servers (R-141).

A safe period that is switched on after its end would put the server in PARTNER-DOWN at once. That would be Set Partner
Down without its guards, so it is refused here.
"""

from datetime import tzinfo

from console.insight.countdowns import takeover, takeover_end
from console.insight.freshness import is_seen
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.row import Guard, GuardedAction
from console.insight.guarded.safe_period_parts import ALONE, BOTH, NOT_AT_ONCE, OTHER_REACHED, end, worst_pool
from console.insight.guarded.shared_guards import ALWAYS, answer
from console.insight.reasons import CannotTell
from console.insight.wording import countdown, wall
from console.model.action_names import ActionName
from console.model.picture import PairPicture, ServerPicture
from console.model.profiles import Can


def _changes(attempt: Attempt) -> str | None:
    facts = attempt.facts
    if attempt.choice not in ("on", "off"):
        return "on or off?"
    automatic = None if facts is None else takeover(facts).automatic
    if automatic is None:
        return CannotTell(f"cannot tell whether the safe period is on: {attempt.server} does not report it")
    if automatic is (attempt.choice == "on"):
        return f"the safe period is already {attempt.choice} on {attempt.server}"
    return None


def _consequences(attempt: Attempt) -> tuple[str, ...]:
    """Whether a takeover happens automatically, what is left in the worst pool, and that both must be changed."""
    if attempt.choice == "on":
        lines = ["An automatic takeover happens again when the safe period ends.", *end(attempt)]
    else:
        lines = ["No automatic takeover from now on: a server without its partner stays so until an operator acts."]
    return (*lines, *worst_pool(attempt), BOTH)


def _seen(now: PairPicture, attempt: Attempt) -> str | None:
    facts = answer(now, attempt)
    if facts is None or takeover(facts).automatic is not (attempt.choice == "on"):
        return None
    return f"the safe period is {attempt.choice} on {attempt.server}"


def not_yet(server: ServerPicture, now: float, zone: tzinfo) -> str | None:
    """When a server that is not changed yet enters PARTNER-DOWN automatically. None where it does not."""
    due = takeover_end(server)
    if due is None or due <= now:
        return None
    known = "" if is_seen(server, now) else " (last known)"
    return f"{server.name} NOT YET: PARTNER-DOWN at {wall(due, zone, now)}, in {countdown(due - now)}{known}"


SAFE_PERIOD = GuardedAction(
    ActionName.SAFE_PERIOD,
    "Safe period off / on",
    "switch the automatic takeover off while the link is down, or on again",
    Can.SAFE_PERIOD,
    (
        *ALWAYS,
        Guard("changes", True, "the choice changes the safe period", _changes),
        NOT_AT_ONCE,
        ALONE,
        OTHER_REACHED,
    ),
    _consequences,
    _seen,
    both=True,
    choices=("off", "on"),
    option="use",
)

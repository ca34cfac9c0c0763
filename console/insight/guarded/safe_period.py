"""The safe period, switched off or on; it is about both servers (R-141).

Switched on when it is over already, the server is PARTNER-DOWN at once: that is Set Partner Down without its guards, so
it is refused here.
"""

from datetime import tzinfo

from console.insight.countdowns import takeover, takeover_end
from console.insight.freshness import is_seen
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.common import ALWAYS, answer
from console.insight.guarded.row import Guard, GuardedAction
from console.insight.guarded.safe_period_parts import ALONE, BOTH, NOT_AT_ONCE, OTHER_REACHED, end, worst_pool
from console.insight.wording import countdown, wall
from console.model.action_names import ActionName
from console.model.picture import PairPicture, ServerPicture
from console.model.profiles import Can


def _changes(attempt: Attempt) -> str | None:
    facts = attempt.facts
    if attempt.choice not in ("on", "off"):
        return "on or off?"
    if facts is None:
        return None
    automatic = takeover(facts).automatic
    if automatic is None:
        return f"cannot tell whether the safe period is on: {attempt.server} does not report it"
    if automatic is (attempt.choice == "on"):
        return f"the safe period is {attempt.choice} on {attempt.server} already"
    return None


def _consequences(attempt: Attempt) -> tuple[str, ...]:
    """No automatic takeover any more, or one again; what the worst pool has; what the other server does meanwhile."""
    if attempt.choice == "on":
        lines = ["Takeover comes by itself again, when the safe period ends.", *end(attempt)]
    else:
        lines = ["No automatic takeover from now on: a server alone stays so until somebody acts."]
    return (*lines, *worst_pool(attempt), BOTH)


def _seen(now: PairPicture, attempt: Attempt) -> str | None:
    facts = answer(now, attempt)
    if facts is None or takeover(facts).automatic is not (attempt.choice == "on"):
        return None
    return f"the safe period is {attempt.choice} on {attempt.server}"


def not_yet(server: ServerPicture, now: float, zone: tzinfo) -> str | None:
    """What happens at a server that is not done: it goes PARTNER-DOWN by itself. None where it does not."""
    due = takeover_end(server)
    if due is None or due <= now:
        return None
    known = "" if is_seen(server, now) else " (last known)"
    return f"{server.name} NOT YET: PARTNER-DOWN at {wall(due, zone, now)}, in {countdown(due - now)}{known}"


SAFE_PERIOD = GuardedAction(
    ActionName.SAFE_PERIOD,
    "Safe period off / on",
    "no takeover by itself while the link is down, or one again",
    Can.SAFE_PERIOD,
    (
        *ALWAYS,
        Guard("changes", True, "the safe period is not so already", _changes),
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

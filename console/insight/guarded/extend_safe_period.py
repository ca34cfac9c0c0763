"""Extend the safe period, on both servers (R-141).

A safe period whose new end has already passed would put the server in PARTNER-DOWN at once. That would be Set Partner
Down without its guards, so it is refused here.
"""

from console.insight.countdowns import takeover
from console.insight.freshness import on_our_clock
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.row import Guard, GuardedAction
from console.insight.guarded.safe_period_parts import ALONE, BOTH, NOT_AT_ONCE, OTHER_REACHED, end, worst_pool
from console.insight.guarded.shared_guards import ALWAYS, answer
from console.insight.limits import LONGEST_TAKEOVER_SECONDS
from console.insight.reasons import CannotTell
from console.insight.wording import both_clocks, span
from console.model.action_names import ActionName
from console.model.picture import PairPicture
from console.model.profiles import Can


def _is_used(attempt: Attempt) -> str | None:
    automatic = None if attempt.facts is None else takeover(attempt.facts).automatic
    if automatic is None:
        return CannotTell(f"cannot tell whether the safe period is on: {attempt.server} does not report it")
    return None if automatic else f"the safe period is off on {attempt.server}: it cannot be extended"


def _length_given(attempt: Attempt) -> str | None:
    if attempt.seconds is None:
        return "no valid duration: write 6h, 90m or 3600"
    if not 0 < attempt.seconds <= LONGEST_TAKEOVER_SECONDS:
        longest = span(LONGEST_TAKEOVER_SECONDS // 3600 * 3600)
        return f"a safe period is 1 s to {longest} long: write a shorter one, or switch it off"
    return None


def _is_given(attempt: Attempt) -> bool:
    return attempt.seconds is not None


def _longer(attempt: Attempt) -> str | None:
    length = None if attempt.facts is None else takeover(attempt.facts).length
    if length is None or attempt.seconds is None:
        return CannotTell(
            f"cannot tell whether this is longer: {attempt.server} does not report the length of its safe period"
        )
    if attempt.seconds > length:
        return None
    return f"the safe period is already {span(length)} on {attempt.server}: write a longer one"


def _consequences(attempt: Attempt) -> tuple[str, ...]:
    """When the takeover would happen, and what is left in the worst pool."""
    return (*end(attempt), *worst_pool(attempt), BOTH)


def _seen(now: PairPicture, attempt: Attempt) -> str | None:
    facts = answer(now, attempt)
    if facts is None or attempt.seconds is None or takeover(facts).length != attempt.seconds:
        return None
    ends = takeover(facts).due_at
    server = now.servers[attempt.server]
    when = "" if ends is None else f"; it ends at {both_clocks(on_our_clock(server, ends), attempt.zone)}"
    return f"the safe period of {attempt.server} is {span(attempt.seconds)}{when}"


EXTEND_SAFE_PERIOD = GuardedAction(
    ActionName.EXTEND_SAFE_PERIOD,
    "Extend the safe period",
    "more time before the automatic takeover",
    Can.SAFE_PERIOD,
    (
        *ALWAYS,
        Guard("is-used", True, "the safe period is in use", _is_used),
        Guard("length-given", True, "a duration is given", _length_given, typed=True),
        Guard("longer", True, "it is longer than before", _longer, typed=True, applies=_is_given),
        NOT_AT_ONCE,
        ALONE,
        OTHER_REACHED,
    ),
    _consequences,
    _seen,
    both=True,
    field="seconds",
    question="How long after the loss of contact? 6h, 90m, 3600",
)

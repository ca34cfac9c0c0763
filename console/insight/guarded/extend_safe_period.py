"""The safe period made longer, on both servers (R-141).

Set to a length that is over already, the server is PARTNER-DOWN at once: that is Set Partner Down without its guards,
so it is refused here.
"""

from console.insight.countdowns import takeover
from console.insight.freshness import on_our_clock
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.common import ALWAYS, answer
from console.insight.guarded.row import Guard, GuardedAction
from console.insight.guarded.safe_period_parts import ALONE, BOTH, NOT_AT_ONCE, OTHER_REACHED, end, worst_pool
from console.insight.limits import LONGEST_TAKEOVER_SECONDS
from console.insight.wording import both_clocks, span
from console.model.action_names import ActionName
from console.model.picture import PairPicture
from console.model.profiles import Can


def _is_used(attempt: Attempt) -> str | None:
    if attempt.facts is None:
        return None
    automatic = takeover(attempt.facts).automatic
    if automatic is None:
        return f"cannot tell whether the safe period is on: {attempt.server} does not report it"
    return None if automatic else f"the safe period is off on {attempt.server}: there is nothing to make longer"


def _length_given(attempt: Attempt) -> str | None:
    if attempt.seconds is None:
        return "no length that can be read: 6h, 90m, 3600"
    if not 0 < attempt.seconds <= LONGEST_TAKEOVER_SECONDS:
        return f"a safe period lasts from 1 s to {span(LONGEST_TAKEOVER_SECONDS // 3600 * 3600)}; or switch it off"
    return None


def _longer(attempt: Attempt) -> str | None:
    if attempt.facts is None or attempt.seconds is None:
        return None
    length = takeover(attempt.facts).length
    if length is None:
        return f"cannot tell whether it is longer: {attempt.server} does not report the length"
    if attempt.seconds > length:
        return None
    return f"it is {span(length)} on {attempt.server} already: name a longer one"


def _consequences(attempt: Attempt) -> tuple[str, ...]:
    """When the takeover would come now."""
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
    "more time before the takeover by itself",
    Can.SAFE_PERIOD,
    (
        *ALWAYS,
        Guard("is-used", True, "the safe period is in use", _is_used),
        Guard("length-given", True, "a length is given", _length_given, typed=True),
        Guard("longer", True, "it is longer than before", _longer, typed=True),
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

"""The guards of the safe period: switched off or on, on both servers (R-141), or made longer.

Switched on, or set to a length that is over already, it ends at once, and the server is PARTNER-DOWN: that is Set
Partner Down without its guards, so it is refused here.
"""

from console.insight.freshness import is_seen, last_state
from console.insight.guards.attempt import Attempt, Guard
from console.insight.guards.seeing import ALWAYS
from console.insight.wording import both_clocks, duration, span
from console.model.states import State

LONGEST_SECONDS = 14 * 24 * 3600
"""Beyond two weeks a period is no respite; it is switched off instead."""


def _changes(attempt: Attempt) -> str | None:
    report = attempt.report
    if attempt.choice not in ("on", "off"):
        return "on or off?"
    if report is not None and report.use_safe_period is (attempt.choice == "on"):
        return f"the safe period is {attempt.choice} on {attempt.server} already"
    return None


def _is_used(attempt: Attempt) -> str | None:
    report = attempt.report
    if report is not None and not report.use_safe_period:
        return f"the safe period is off on {attempt.server}: there is nothing to make longer"
    return None


def _not_at_once(attempt: Attempt) -> str | None:
    report, lost = attempt.report, attempt.earliest
    if report is None or report.state is not State.COMMUNICATIONS_INTERRUPTED or lost is None:
        return None
    if attempt.choice == "off":
        return None
    length = report.safe_period if attempt.seconds is None else attempt.seconds
    if lost + length > attempt.now:
        return None
    gone = duration(attempt.now - lost)
    return f"contact was lost {gone} ago: {attempt.server} would go PARTNER-DOWN at once. That is Set Partner Down"


def _length_given(attempt: Attempt) -> str | None:
    if attempt.seconds is None:
        return "no length that can be read: 6h, 90m, 3600"
    if not 0 < attempt.seconds <= LONGEST_SECONDS:
        return f"a safe period lasts from 1 s to {span(LONGEST_SECONDS // 3600 * 3600)}; or switch it off"
    return None


def _longer(attempt: Attempt) -> str | None:
    report = attempt.report
    if report is None or attempt.seconds is None or attempt.seconds > report.safe_period:
        return None
    return f"it is {span(report.safe_period)} on {attempt.server} already: name a longer one"


def _alone(attempt: Attempt) -> str | None:
    state = last_state(attempt.acting)
    if state is None or state is State.COMMUNICATIONS_INTERRUPTED:
        return None
    return f"{attempt.server} is {state}: the safe period does not run now"


def _other_reached(attempt: Attempt) -> str | None:
    partner = attempt.partner
    if is_seen(partner, attempt.now):
        return None
    report = partner.report
    ends = None if report is None else report.safe_period_ends
    when = "" if ends is None else f"; if it runs, it goes PARTNER-DOWN at {both_clocks(ends, attempt.zone)}"
    return f"cannot see {partner.name}: it is not changed there{when}"


SWITCHING = (
    *ALWAYS,
    Guard("changes", True, "the safe period is not so already", _changes),
    Guard("not-at-once", True, "it does not end at once", _not_at_once),
    Guard("alone", False, "the server is COMMUNICATIONS-INTERRUPTED", _alone),
    Guard("other-reached", False, "the other server can be changed too", _other_reached),
)

EXTENDING = (
    *ALWAYS,
    Guard("is-used", True, "the safe period is in use", _is_used),
    Guard("length-given", True, "a length is given", _length_given),
    Guard("longer", True, "it is longer than before", _longer),
    Guard("not-at-once", True, "it does not end at once", _not_at_once),
    Guard("alone", False, "the server is COMMUNICATIONS-INTERRUPTED", _alone),
    Guard("other-reached", False, "the other server can be changed too", _other_reached),
)

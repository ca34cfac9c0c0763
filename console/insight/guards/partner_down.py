"""The guards of Set Partner Down.

There are two ways to PARTNER-DOWN and never both partners in it (R-136); it is offered from
COMMUNICATIONS-INTERRUPTED (R-148) with a date that is not before the start of it, except in expert mode (R-149).
"""

from console.insight.freshness import is_fresh, is_seen, last_state
from console.insight.guards.attempt import Attempt, Guard
from console.insight.guards.seeing import ACTING_FRESH, EXPERT_ROLE, MAY_ACT, PARTNER_ASKED, WRITABLE
from console.insight.wording import both_clocks
from console.model.states import ALONE, RECOVERING, SERVING, State

FUTURE_TOLERANCE_SECONDS = 1.0
"""`now` is a moment old when it is judged."""


def _not_yet_down(attempt: Attempt) -> str | None:
    if last_state(attempt.acting) is State.PARTNER_DOWN:
        return f"{attempt.server} is PARTNER-DOWN already"
    return None


def _partner_not_down(attempt: Attempt) -> str | None:
    partner, report = attempt.partner, attempt.acting.report
    if last_state(partner) is State.PARTNER_DOWN:
        sight = "is" if is_seen(partner, attempt.now) else "was, when last seen,"
        return f"{partner.name} {sight} PARTNER-DOWN: both would give out each other's addresses"
    if report is not None and report.partner_state is State.PARTNER_DOWN:
        return f"{attempt.server} says that {partner.name} is PARTNER-DOWN: never both"
    return None


def _partner_silent(attempt: Attempt) -> str | None:
    partner = attempt.partner
    state = last_state(partner)
    # One failed poll within the last seconds proves nothing: a partner that answered just now counts as
    # answering.
    if not is_fresh(partner, attempt.now) or state is None:
        return None
    if state in SERVING or state is State.UNKNOWN:
        return f"{partner.name} answers and is {state}: it may serve clients now. Stop it or repair the link"
    return None


def _no_contact(attempt: Attempt) -> str | None:
    report = attempt.acting.report
    if report is not None and not report.interrupted:
        return f"{attempt.server} is talking to {attempt.partner.name} now: it is alive"
    return None


def _acting_state(attempt: Attempt) -> str | None:
    state = last_state(attempt.acting)
    blocked = RECOVERING | {
        State.POTENTIAL_CONFLICT,
        State.STARTUP,
        State.PAUSED,
        State.SHUTDOWN,
        State.UNKNOWN,
    }
    if state in blocked:
        return f"{attempt.server} is {state}: wait until it has left that state"
    return None


def _date_given(attempt: Attempt) -> str | None:
    return None if attempt.date is not None else "no date that can be read"


def _date_not_future(attempt: Attempt) -> str | None:
    if attempt.date is not None and attempt.date > attempt.now + FUTURE_TOLERANCE_SECONDS:
        return f"{both_clocks(attempt.date, attempt.zone)} is in the future"
    return None


def _date_not_early(attempt: Attempt) -> str | None:
    if attempt.date is None or attempt.expert or attempt.earliest is None:
        return None
    # The field and the server's words carry whole seconds.
    if attempt.date < attempt.earliest - 1:
        earliest = both_clocks(attempt.earliest, attempt.zone)
        return f"before contact was lost ({earliest}): only expert mode takes an earlier date"
    return None


def _acting_alone(attempt: Attempt) -> str | None:
    state = last_state(attempt.acting)
    if state is None or state in ALONE:
        return None
    return f"{attempt.server} is {state}, not COMMUNICATIONS-INTERRUPTED"


def _partner_unreachable(attempt: Attempt) -> str | None:
    partner = attempt.partner
    if not is_fresh(partner, attempt.now):
        return None
    return f"{partner.name} answers us ({last_state(partner)}): it is switched on and may start to serve"


def _early_on_purpose(attempt: Attempt) -> str | None:
    if attempt.date is None or attempt.earliest is None or attempt.date >= attempt.earliest - 1:
        return None
    return "the date is before the last contact: addresses may be given out twice"


def _vouched(attempt: Attempt) -> str | None:
    if attempt.vouched:
        return None
    return f"nobody has said that {attempt.partner.name} is off: verify it (power, console port, cable)"


GUARDS: tuple[Guard, ...] = (
    WRITABLE,
    ACTING_FRESH,
    PARTNER_ASKED,
    MAY_ACT,
    Guard("not-yet-down", True, "the server is not PARTNER-DOWN already", _not_yet_down),
    Guard("partner-not-down", True, "the partner is not PARTNER-DOWN", _partner_not_down),
    Guard("partner-silent", True, "the partner does not answer in a serving state", _partner_silent),
    Guard("no-contact", True, "the server has no contact with the partner", _no_contact),
    Guard("acting-state", True, "the server is not recovering or resolving conflicts", _acting_state),
    Guard("date-given", True, "a date is given", _date_given),
    Guard("date-not-future", True, "the date is not in the future", _date_not_future),
    Guard("date-not-early", True, "the date is not before contact was lost", _date_not_early),
    EXPERT_ROLE,
    Guard("acting-alone", False, "the server is COMMUNICATIONS-INTERRUPTED", _acting_alone),
    Guard("partner-unreachable", False, "the partner does not answer at all", _partner_unreachable),
    Guard("early-on-purpose", False, "the date is one that the server's records support", _early_on_purpose),
    Guard("partner-verified-off", False, "a person verified that the partner is off", _vouched),
)

"""Disable service: a server answers no client for a limited time."""

from console.insight.freshness import last_word
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.row import Guard, GuardedAction
from console.insight.guarded.shared_guards import ALWAYS, EXPERT_ROLE, outside_expert_mode
from console.insight.guarded.stop import PARTNER_HAS_ADDRESSES, PARTNER_SERVES
from console.insight.reasons import CannotTell
from console.insight.wording import HOUR, span
from console.model.action_names import ActionName
from console.model.phases import Phase
from console.model.picture import PairPicture
from console.model.profiles import Can

LONGEST_SECONDS = HOUR


def _length_given(attempt: Attempt) -> str | None:
    if attempt.seconds is None:
        return "no time given: for how long, such as 10m?"
    if 1 <= attempt.seconds <= LONGEST_SECONDS:
        return None
    return f"{span(attempt.seconds)} is not possible: a second at least, an hour at most"


def _partner_serves_all(attempt: Attempt) -> str | None:
    facts = attempt.partner.facts
    if facts is None or facts.phase is Phase.UNKNOWN:
        return CannotTell(f"cannot tell whether {attempt.partner.name} serves all clients")
    if facts.phase is Phase.TAKEN_OVER:
        return None
    return (
        f"{attempt.partner.name} is {last_word(attempt.partner)} and leaves the clients of {attempt.server} to it: "
        f"start maintenance on {attempt.partner.name}, or use expert mode"
    )


def _consequences(attempt: Attempt) -> tuple[str, ...]:
    time = "the time" if attempt.seconds is None else span(attempt.seconds)
    return (
        f"{attempt.server} answers no client for {time}, or until its service is enabled.",
        f"{attempt.partner.name} is not informed: it sees a partner that works, and does not take over its clients.",
    )


def _seen(now: PairPicture, attempt: Attempt) -> str | None:
    return None


DISABLE_SERVICE = GuardedAction(
    ActionName.DISABLE_SERVICE,
    "Disable service",
    "have a server answer no client for a limited time",
    Can.SERVICE,
    (
        *ALWAYS,
        Guard("time-given", True, "a time from 1 s to 1 h is given", _length_given, typed=True),
        PARTNER_SERVES,
        Guard(
            "partner-serves-all",
            True,
            "the partner serves all clients",
            _partner_serves_all,
            applies=outside_expert_mode,
        ),
        EXPERT_ROLE,
        PARTNER_HAS_ADDRESSES,
    ),
    _consequences,
    _seen,
    answered=True,
    field="seconds",
    question="For how long? (10m, at most 1h)",
)

"""Synchronise leases: the server reads all leases of its partner now."""

from console.insight.freshness import is_seen, last_word
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.row import Guard, GuardedAction
from console.insight.guarded.shared_guards import ALWAYS, NOT_RECOVERING
from console.insight.reasons import CannotTell
from console.insight.wording import plural
from console.model.action_names import ActionName
from console.model.picture import PairPicture
from console.model.profiles import Can

LONGEST_PAUSE_SECONDS = 60
"""For at most so long the partner answers no client while its leases are read."""


def _partner_seen(attempt: Attempt) -> str | None:
    partner = attempt.partner
    if is_seen(partner, attempt.now):
        return None
    return CannotTell(f"cannot see {partner.name}: its leases may not be readable")


def _in_contact(attempt: Attempt) -> str | None:
    facts = attempt.facts
    if facts is None or facts.contact is None:
        return CannotTell(
            f"cannot tell whether {attempt.server} reaches {attempt.partner.name}: it does not report that"
        )
    return None if facts.contact else f"{attempt.server} reports no contact with {attempt.partner.name}"


def _consequences(attempt: Attempt) -> tuple[str, ...]:
    partner = attempt.partner
    facts = partner.facts
    leased = None if facts is None or facts.pools is None else [pool.leased for pool in facts.pools]
    held = None if leased is None or None in leased else sum(each for each in leased if each is not None)
    count = "an unknown number of leases" if held is None else plural(held, "lease")
    return (
        f"{attempt.server} reads {count} of {partner.name}, and keeps the newer one of each address.",
        f"{partner.name} answers no client meanwhile, for at most {LONGEST_PAUSE_SECONDS} s.",
        f"Leases that only {attempt.server} has stay there and are not sent: synchronise {partner.name} too.",
        f"The state of {attempt.server} does not change: it is {last_word(attempt.acting)}.",
    )


def _seen(now: PairPicture, attempt: Attempt) -> str | None:
    return None


SYNC_LEASES = GuardedAction(
    ActionName.SYNC_LEASES,
    "Synchronise leases",
    "read all leases of the partner into this server now",
    Can.SYNC_LEASES,
    (
        *ALWAYS,
        NOT_RECOVERING,
        Guard("partner-seen", True, "the partner answers", _partner_seen),
        Guard("in-contact", False, "the server has contact with its partner", _in_contact),
    ),
    _consequences,
    _seen,
    answered=True,
)

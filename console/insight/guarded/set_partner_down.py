"""Set Partner Down: the partner is down; serve all clients, and use its addresses after MCLT.

A server enters PARTNER-DOWN in one of two ways, and both partners must never be in it (R-136). The action is offered
in COMMUNICATIONS-INTERRUPTED (R-148), and to a server that recovers, because its partner may die for good just then.
Its date must not be before the start of the interruption, except in expert mode (R-149). A make that takes no date
counts from the moment of the action, which is never too early. In RECOVER the server does not have all leases of its
partner: only expert mode allows it, and the server probes each address before it gives it.
"""

from datetime import datetime, tzinfo

from console.insight.freshness import clock_offset, is_fresh, is_seen, last_phase, last_word
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.row import Guard, GuardedAction
from console.insight.guarded.shared_guards import (
    ACTING_FRESH,
    EXPERT_ROLE,
    MAY_ACT,
    PARTNER_ASKED,
    WRITABLE,
    acting_phase,
    answer,
)
from console.insight.partner_down_outlook import outlook_of, sentences
from console.insight.reasons import CannotTell
from console.insight.wording import both_clocks
from console.model.action_names import ActionName
from console.model.phases import INTERRUPTED, RECOVERING, SERVING, Phase
from console.model.picture import PairPicture, ServerPicture
from console.model.profiles import Can

FUTURE_TOLERANCE_SECONDS = 1.0
"""The word `now` is a moment old when the guards check it."""

BLOCKING = frozenset({Phase.CONFLICT, Phase.STARTING, Phase.PAUSED, Phase.LEFT})
ALONE = INTERRUPTED | RECOVERING
"""Phases of a server that may have lost its partner for good."""


def _not_yet_down(attempt: Attempt) -> str | None:
    phase = acting_phase(attempt, "is PARTNER-DOWN already")
    if isinstance(phase, CannotTell):
        return phase
    return f"{attempt.server} is already PARTNER-DOWN" if phase is Phase.TAKEN_OVER else None


def _partner_not_down(attempt: Attempt) -> str | None:
    partner, facts = attempt.partner, attempt.acting.facts
    if last_phase(partner) is Phase.TAKEN_OVER:
        sight = "is" if is_seen(partner, attempt.now) else "was, when last seen,"
        return f"{partner.name} {sight} PARTNER-DOWN: both servers would lease each other's addresses"
    if facts is not None and facts.partner_phase is Phase.TAKEN_OVER:
        return f"{attempt.server} reports that {partner.name} is PARTNER-DOWN: both servers must never be in it"
    reported = {last_phase(partner), None if facts is None else facts.partner_phase}
    if reported <= {None, Phase.UNKNOWN}:
        return CannotTell(f"cannot tell whether {partner.name} is PARTNER-DOWN: neither server reports its state")
    return None


def _partner_silent(attempt: Attempt) -> str | None:
    partner = attempt.partner
    phase = last_phase(partner)
    if partner.unreadable:
        return f"{partner.name} answers, and its answer cannot be read: it runs, and may serve clients"
    if partner.no_such_pair:
        return CannotTell(f"cannot tell whether {partner.name} serves clients: it answers, and does not have this pair")
    # One failed poll proves nothing: a partner that answered a few seconds ago counts as answering.
    if not is_fresh(partner, attempt.now) or phase is None:
        asked = partner.unseen_since is not None
        return None if asked else CannotTell(f"cannot tell whether {partner.name} answers: it was not polled just now")
    if phase is Phase.UNKNOWN:
        return CannotTell(
            f"{partner.name} answers and is {last_word(partner)}: it may serve clients. Stop it, or repair the link"
        )
    if phase in SERVING:
        return f"{partner.name} answers and is {last_word(partner)}: it may serve clients. Stop it, or repair the link"
    return None


def _no_contact(attempt: Attempt) -> str | None:
    facts = attempt.acting.facts
    if facts is None or facts.contact is None:
        return CannotTell(
            f"cannot tell whether {attempt.server} has contact with {attempt.partner.name}: it does not report that"
        )
    if not facts.contact:
        return None
    return f"{attempt.server} has contact with {attempt.partner.name} now: the partner runs"


def _acting_state(attempt: Attempt) -> str | None:
    phase = acting_phase(attempt, "starts, stops or resolves conflicts")
    if isinstance(phase, CannotTell):
        return phase
    if phase in BLOCKING:
        return f"{attempt.server} is {last_word(attempt.acting)}: wait until it leaves that state"
    if phase is Phase.RETURNING and not attempt.expert:
        return (
            f"{attempt.server} is {last_word(attempt.acting)} and lacks leases of {attempt.partner.name}: start "
            f"{attempt.partner.name}, or a copy of its data. Only expert mode goes on without it"
        )
    return None


def _date_given(attempt: Attempt) -> str | None:
    return None if attempt.date is not None else "no valid date is given"


def _takes_date(attempt: Attempt) -> bool:
    return attempt.takes_date


def _is_dated(attempt: Attempt) -> bool:
    return attempt.takes_date and attempt.date is not None


def _date_not_future(attempt: Attempt) -> str | None:
    if attempt.date is not None and attempt.date > attempt.now + FUTURE_TOLERANCE_SECONDS:
        return f"{both_clocks(attempt.date, attempt.zone)} is in the future"
    return None


def _date_not_early(attempt: Attempt) -> str | None:
    if attempt.date is None or attempt.earliest is None:
        return CannotTell(
            f"cannot tell when contact was lost: {attempt.server} does not report it. Only expert mode accepts a date"
        )
    # The field and the server's times have whole seconds.
    if attempt.date < attempt.earliest - 1:
        earliest = both_clocks(attempt.earliest, attempt.zone)
        return f"the date is before contact was lost ({earliest}): only expert mode accepts an earlier date"
    return None


def _acting_alone(attempt: Attempt) -> str | None:
    phase = acting_phase(attempt, "is COMMUNICATIONS-INTERRUPTED")
    if isinstance(phase, CannotTell):
        return phase
    if phase in INTERRUPTED:
        return None
    return f"{attempt.server} is {last_word(attempt.acting)}, not COMMUNICATIONS-INTERRUPTED"


def _leases_missing(attempt: Attempt) -> str | None:
    phase = acting_phase(attempt, "waits for leases of its partner")
    if isinstance(phase, CannotTell):
        return phase
    if phase is not Phase.RETURNING:
        return None
    return (
        f"leases of {attempt.partner.name} are missing: {attempt.server} probes each address before it gives it, until "
        "the longest lease has passed"
    )


def _partner_unreachable(attempt: Attempt) -> str | None:
    partner = attempt.partner
    if partner.no_such_pair or partner.unreadable:
        return f"{partner.name} answers the console: it runs and may start to serve clients"
    if not is_fresh(partner, attempt.now):
        asked = partner.unseen_since is not None
        return None if asked else CannotTell(f"cannot tell whether {partner.name} answers: it was not polled just now")
    return f"{partner.name} answers the console ({last_word(partner)}): it runs and may start to serve clients"


def _early_on_purpose(attempt: Attempt) -> str | None:
    if attempt.date is None or attempt.earliest is None:
        return CannotTell("cannot tell whether the date is before the last contact: addresses may be leased twice")
    if attempt.date >= attempt.earliest - 1:
        return None
    return "the date is before the last contact: addresses may be leased twice"


def _verified_off(attempt: Attempt) -> str | None:
    if attempt.vouched:
        return None
    return CannotTell(f"not confirmed that {attempt.partner.name} is off: verify it (power, console port, cable)")


GUARDS: tuple[Guard, ...] = (
    WRITABLE,
    ACTING_FRESH,
    PARTNER_ASKED,
    MAY_ACT,
    Guard("not-yet-down", True, "the server is not yet PARTNER-DOWN", _not_yet_down),
    Guard("partner-not-down", True, "no server reports that the partner is PARTNER-DOWN", _partner_not_down),
    Guard("partner-silent", True, "the console gets no answer of a partner that serves", _partner_silent),
    Guard("no-contact", True, "the server has lost contact with the partner", _no_contact),
    Guard("acting-state", True, "the server is not starting, stopping or resolving conflicts", _acting_state),
    Guard("date-given", True, "a date is given", _date_given, typed=True, applies=_takes_date),
    Guard("date-not-future", True, "the date is not in the future", _date_not_future, typed=True, applies=_is_dated),
    Guard(
        "date-not-early",
        True,
        "the date is not before contact was lost",
        _date_not_early,
        typed=True,
        applies=lambda attempt: _is_dated(attempt) and not attempt.expert,
    ),
    EXPERT_ROLE,
    Guard("acting-alone", False, "the server is COMMUNICATIONS-INTERRUPTED", _acting_alone),
    Guard("leases-complete", False, "the server does not wait for leases of its partner", _leases_missing),
    Guard("partner-unreachable", False, "the partner does not answer at all", _partner_unreachable),
    Guard("early-on-purpose", False, "the date agrees with the server's records", _early_on_purpose, applies=_is_dated),
    Guard("partner-verified-off", False, "a person verified that the partner is off", _verified_off, confirmable=True),
)


def _consequences(attempt: Attempt) -> tuple[str, ...]:
    date = attempt.counted_from
    found = None if date is None else outlook_of(attempt.acting, date, attempt.now)
    return () if found is None else sentences(found, attempt.zone)


def _seen(now: PairPicture, attempt: Attempt) -> str | None:
    facts = answer(now, attempt)
    if facts is None or facts.phase is not Phase.TAKEN_OVER:
        return None
    usable = facts.partner_pool_usable_at
    gain = "" if usable is None else f"; it may use its partner's addresses from {both_clocks(usable, attempt.zone)}"
    return f"{attempt.server} is PARTNER-DOWN{gain}"


def sent_date(attempt: Attempt) -> float | None:
    """The date to send, on the server's clock (Unix seconds); `None` when it is the start of the interruption.

    People type whole seconds and the server has fractions, so a typed start can be earlier than the real one.
    """
    if attempt.date is None or not attempt.takes_date:
        return None
    if attempt.earliest is not None and abs(attempt.date - attempt.earliest) <= 1:
        return None
    return server_date(attempt.acting, attempt.date)


def server_date(server: ServerPicture, date: float) -> float:
    """The date on the server's clock. The server compares it with its own records."""
    return date + clock_offset(server)


def partner_down_typed(pair: str, date: float | None, zone: tzinfo) -> str:
    """Set Partner Down in the command language, for a shell or a ticket (R-150).

    The date has the form of R-153, in the local time of the process that reads it (R-154): `zone`.
    """
    moment = "" if date is None else datetime.fromtimestamp(date, zone).strftime(" %b %d %H:%M:%S %Y")
    return f"failover-pair {pair} setPartnerDown{moment}"


SET_PARTNER_DOWN = GuardedAction(
    ActionName.SET_PARTNER_DOWN,
    "Set Partner Down",
    "serve all clients without the partner, and use its addresses after MCLT",
    Can.SET_PARTNER_DOWN,
    GUARDS,
    _consequences,
    _seen,
    lambda attempt: partner_down_typed(attempt.pair.name, attempt.date, attempt.zone),
    field="date",
)

"""Set scopes: choose by hand whose clients a server answers. Two servers with one scope both serve its clients."""

from console.insight.freshness import is_seen, last_word
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.row import Guard, GuardedAction
from console.insight.guarded.shared_guards import ALWAYS, EXPERT_ROLE, STATE_KNOWN, outside_expert_mode
from console.insight.reasons import CannotTell
from console.model.action_names import ActionName
from console.model.picture import PairPicture
from console.model.profiles import Can

OWN, BOTH, NONE = "own", "both", "none"


def _expert(attempt: Attempt) -> str | None:
    return "scopes set by hand can make both servers serve one client: use expert mode"


def _chosen(attempt: Attempt) -> str | None:
    return None if attempt.choice in (OWN, BOTH, NONE) else "no scopes chosen: own, both or none?"


def _takes_partners_clients(attempt: Attempt) -> bool:
    return attempt.choice == BOTH


def _gives_up_clients(attempt: Attempt) -> bool:
    return attempt.choice == NONE


def _partner_silent(attempt: Attempt) -> str | None:
    partner = attempt.partner
    if not is_seen(partner, attempt.now) or partner.facts is None:
        return CannotTell(f"cannot see {partner.name}: if it runs, both servers serve its clients")
    if partner.facts.serves is None:
        return CannotTell(f"cannot tell whether {partner.name} serves clients: it does not report that")
    if not partner.facts.serves:
        return None
    return f"{partner.name} is {last_word(partner)} and serves: both would serve one client, with two addresses"


def _partner_serves(attempt: Attempt) -> str | None:
    partner = attempt.partner
    if not is_seen(partner, attempt.now) or partner.facts is None or partner.facts.serves is None:
        return CannotTell(f"cannot tell whether {partner.name} serves clients: perhaps no server would serve them")
    return None if partner.facts.serves else f"{partner.name} does not serve clients: no server would serve them"


def _consequences(attempt: Attempt) -> tuple[str, ...]:
    server, partner = attempt.server, attempt.partner.name
    what = {
        OWN: f"{server} answers its own clients only; the clients of {partner} are left to {partner}.",
        BOTH: f"{server} answers all clients, also those of {partner}.",
        NONE: f"{server} answers no client.",
    }
    return (
        what.get(attempt.choice, "Choose the scopes."),
        f"DANGER: if both servers have a scope, both serve its clients; {partner} is not informed.",
        f"It holds until {server} changes its state: then it sets its scopes by itself.",
    )


def _seen(now: PairPicture, attempt: Attempt) -> str | None:
    return None


SET_SCOPES = GuardedAction(
    ActionName.SET_SCOPES,
    "Set scopes",
    "choose by hand whose clients this server answers",
    Can.SCOPES,
    (
        *ALWAYS,
        Guard("scopes-chosen", True, "the scopes are chosen", _chosen),
        Guard("expert-mode", True, "expert mode is on", _expert, applies=outside_expert_mode),
        EXPERT_ROLE,
        STATE_KNOWN,
        Guard(
            "partner-has-no-clients",
            False,
            "the partner serves no client",
            _partner_silent,
            applies=_takes_partners_clients,
        ),
        Guard("partner-has-scope", False, "the partner serves clients", _partner_serves, applies=_gives_up_clients),
    ),
    _consequences,
    _seen,
    answered=True,
    choices=(OWN, BOTH, NONE),
    option="scopes",
)

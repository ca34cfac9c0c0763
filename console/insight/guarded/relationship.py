"""Guards of the actions that change the relationship of a pair: failover on or off, and the roles.

They restart a server with another configuration. A server without failover serves every client with every address, so a
partner that serves meanwhile can give the same addresses.
"""

from console.insight.freshness import is_seen, last_phase, last_word
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.row import Guard
from console.insight.guarded.shared_guards import ACTING_FRESH, MAY_ACT, PARTNER_ASKED, ROLES, WRITABLE
from console.insight.reasons import CannotTell
from console.model.phases import SERVING, Phase


def has_no_pair(attempt: Attempt) -> bool:
    """Whether the server answers, and failover is off there."""
    return attempt.acting.no_such_pair


def _answers(attempt: Attempt) -> str | None:
    return None if has_no_pair(attempt) else ACTING_FRESH.fails(attempt)


def _expert(attempt: Attempt) -> str | None:
    if attempt.role not in ROLES:
        return CannotTell(f"cannot tell whether this user may change the configuration of {attempt.server}")
    if attempt.role != "expert":
        return f"the user's role on {attempt.server} is {attempt.role}: the action needs the role expert"
    return None


def _partner_serves_none(attempt: Attempt) -> str | None:
    """Why the partner may serve clients. A person's word counts only for a partner that does not answer."""
    partner = attempt.partner
    if partner.no_such_pair:
        return f"{partner.name} runs without failover: it serves clients with all addresses"
    if not is_seen(partner, attempt.now) or partner.failures:
        return CannotTell(f"cannot see {partner.name}: make sure that it is stopped")
    phase = last_phase(partner)
    if phase is None or phase is Phase.UNKNOWN:
        return f"{partner.name} answers, and its state {last_word(partner)} is not understood: stop it first"
    if phase in SERVING:
        return f"{partner.name} is {last_word(partner)} and serves clients: stop it first"
    return None


ANSWERS = Guard("answers", True, "the server answers now, with or without failover", _answers)
EXPERT_USER = Guard("expert-user", True, "this user may change its configuration", _expert, word=True)
PARTNER_SERVES_NONE = Guard(
    "partner-serves-none", True, "the other server serves no client", _partner_serves_none, confirmable=True
)

STOPPED_QUESTION = "Have you verified that the other server is stopped, if the console cannot see it?"

ALWAYS_RELATED = (WRITABLE, ANSWERS, PARTNER_ASKED, MAY_ACT, EXPERT_USER)

"""Guards that several actions share, and the facts that a server reports after a request."""

from console.insight.freshness import age, is_fresh, last_phase, last_word
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.row import Guard
from console.insight.limits import STALE_AFTER_SECONDS
from console.insight.reasons import CannotTell
from console.insight.wording import NO_REASON, duration
from console.model.facts import PairFacts
from console.model.phases import SERVING, Phase
from console.model.picture import PairPicture

TRANSFERRING = frozenset({Phase.RETURNING, Phase.RETURN_WAIT})
"""If a server stops in one of these, its transfer or its wait starts from the beginning."""


def _writable(attempt: Attempt) -> str | None:
    return (
        None
        if attempt.writable
        else f"{attempt.pair.name} is read-only here: start the console with --write to change it"
    )


def _acting_fresh(attempt: Attempt) -> str | None:
    server = attempt.acting
    if not is_fresh(server, attempt.now):
        seconds = age(server, attempt.now)
        if seconds is None:
            reason = f"cannot see {server.name}: {server.error or 'it has not answered yet'}"
            return reason if server.error else CannotTell(reason)
        limit = f"{STALE_AFTER_SECONDS:.0f} s"
        return CannotTell(f"the last answer of {server.name} is {duration(seconds)} old; the limit is {limit}")
    if server.failures:
        return f"cannot see {server.name}: {server.error}"
    return None


def _partner_asked(attempt: Attempt) -> str | None:
    partner = attempt.partner
    if is_fresh(partner, attempt.now) or partner.unseen_since is not None:
        return None
    return f"{partner.name} was not polled in the last {STALE_AFTER_SECONDS:.0f} s"


ROLES = ("viewer", "operator", "expert")


def _role_unknown(attempt: Attempt) -> CannotTell:
    role = "not known" if attempt.role is None else f"{attempt.role!r}, which is not a known role"
    return CannotTell(f"cannot tell whether this user may act: the role on {attempt.server} is {role}")


def _expert_role(attempt: Attempt) -> str | None:
    if attempt.role not in ROLES:
        return _role_unknown(attempt)
    if attempt.role != "expert":
        return f"the user's role on {attempt.server} is {attempt.role}: expert mode needs the role expert"
    return None


def _may_act(attempt: Attempt) -> str | None:
    if attempt.role not in ROLES:
        return _role_unknown(attempt)
    if attempt.role == "viewer":
        return f"the user's role on {attempt.server} is viewer: the action needs the role operator"
    return None


def in_expert_mode(attempt: Attempt) -> bool:
    """Whether a guard that only expert mode needs applies."""
    return attempt.expert


def outside_expert_mode(attempt: Attempt) -> bool:
    """Whether a guard that expert mode lifts applies."""
    return not attempt.expert


def acting_phase(attempt: Attempt, question: str) -> Phase | CannotTell:
    """The phase of the server of the action; where it is missing, that the console cannot tell the answer to
    `question`."""
    phase = last_phase(attempt.acting)
    if phase is None or phase is Phase.UNKNOWN:
        return CannotTell(f"cannot tell whether {attempt.server} {question}: its state is {last_word(attempt.acting)}")
    return phase


WRITABLE = Guard("writable", True, "this console may change the pair", _writable)
ACTING_FRESH = Guard("acting-fresh", True, "the server of the action answers now", _acting_fresh)
PARTNER_ASKED = Guard("partner-asked", True, "the partner was polled just now", _partner_asked)
EXPERT_ROLE = Guard(
    "expert-role", True, "this user may use expert mode", _expert_role, word=True, applies=in_expert_mode
)
MAY_ACT = Guard("may-act", True, "this user may do the action on the server", _may_act, word=True)

ALWAYS = (WRITABLE, ACTING_FRESH, PARTNER_ASKED, MAY_ACT)


def _not_recovering(attempt: Attempt) -> str | None:
    phase = acting_phase(attempt, "is recovering")
    if isinstance(phase, CannotTell):
        return phase
    if phase not in TRANSFERRING:
        return None
    done = attempt.facts.resync if attempt.facts is not None else None
    so_far = f" ({done.done:,} bindings so far)" if done is not None else ""
    return f"{attempt.server} is {last_word(attempt.acting)}{so_far}: it would start again. Wait, or use expert mode"


NOT_RECOVERING = Guard(
    "not-recovering", True, "the server is not recovering", _not_recovering, applies=outside_expert_mode
)


def answer(now: PairPicture, attempt: Attempt) -> PairFacts | None:
    """The facts that the server reports now; None while it does not answer."""
    server = now.servers[attempt.server]
    return None if server.failures else server.facts


def _serves(attempt: Attempt) -> str | None:
    phase, facts = acting_phase(attempt, "serves clients"), attempt.facts
    if isinstance(phase, CannotTell):
        return phase
    if phase not in SERVING:
        return f"{attempt.server} is {last_word(attempt.acting)}: it does not lease addresses now"
    if facts is None or facts.serves is None:
        return CannotTell(f"cannot tell whether {attempt.server} serves clients: it does not report that")
    return None if facts.serves else f"{attempt.server} does not serve clients: {facts.not_serving_reason or NO_REASON}"


def _state_known(attempt: Attempt) -> str | None:
    phase = acting_phase(attempt, "is able to do it")
    return phase if isinstance(phase, CannotTell) else None


STATE_KNOWN = Guard("state-known", False, "the state of the server is known", _state_known)

SERVES = Guard("serves", True, "the server serves clients", _serves)
"""For actions that concern single clients."""

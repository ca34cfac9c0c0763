"""Give one server the other role (R-205, R-219 to R-227, R-232)."""

from console.insight.guarded.attempt import Attempt
from console.insight.guarded.relationship import ALWAYS_RELATED, PARTNER_SERVES_NONE, STOPPED_QUESTION, has_no_pair
from console.insight.guarded.row import Guard, GuardedAction
from console.insight.guarded.shared_guards import answer
from console.insight.reasons import CannotTell
from console.model.action_names import ActionName
from console.model.picture import PairPicture
from console.model.profiles import Can


def _changes(attempt: Attempt) -> str | None:
    if attempt.choice not in ("main", "backup"):
        return "main or backup?"
    if has_no_pair(attempt):
        return None  # Its file has a role, which it does not report while failover is off.
    facts = attempt.facts
    if facts is None or facts.role not in ("main", "backup"):
        return CannotTell(f"cannot tell which role {attempt.server} has")
    return f"{attempt.server} is the {facts.role} already" if facts.role == attempt.choice else None


def _consequences(attempt: Attempt) -> tuple[str, ...]:
    server, partner = attempt.server, attempt.partner.name
    other = "backup" if attempt.choice == "main" else "main"
    lines = [
        f"{server} writes the roles into config.toml and restarts: it does not answer for a few seconds.",
        f"{server} discards what it has stored of its state in this pair (R-205). It loses no lease.",
        f"{partner} needs the role {other} before both can work together.",
    ]
    if has_no_pair(attempt):
        lines.append(f"Failover is off at {server}: the role counts when it is switched on.")
    return tuple(lines)


def _seen(now: PairPicture, attempt: Attempt) -> str | None:
    if has_no_pair(attempt):
        # The role is in the file only; the server has accepted the request.
        if not now.servers[attempt.server].no_such_pair:
            return None
        return f"{attempt.server} has the role {attempt.choice} in its configuration; failover is off there"
    facts = answer(now, attempt)
    if facts is None or facts.role != attempt.choice:
        return None
    return f"{attempt.server} is the {facts.role}: {facts.word}"


ROLE = GuardedAction(
    ActionName.ROLE,
    "Exchange the roles",
    "make one server the main or the backup of the pair",
    Can.RELATIONSHIP,
    (
        *ALWAYS_RELATED,
        Guard("role-changes", True, "the choice changes the role", _changes),
        PARTNER_SERVES_NONE,
    ),
    _consequences,
    _seen,
    lambda attempt: f"failover-pair {attempt.pair.name} set main=... backup=...",
    choices=("main", "backup"),
    option="role",
    word=STOPPED_QUESTION,
)

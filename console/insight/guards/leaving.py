"""The guards of stopping and of reloading a server: somebody must go on serving, and no transfer be thrown away."""

from console.insight.freshness import is_seen, last_state
from console.insight.guards.attempt import Attempt, Guard
from console.insight.guards.seeing import ALWAYS, EXPERT_ROLE
from console.model.states import SERVING, State

TRANSFERRING = frozenset({State.RECOVER, State.RECOVER_WAIT})
"""A server that ends here begins its transfer, or its wait, anew."""


def _absence_chosen(attempt: Attempt) -> str | None:
    return None if attempt.choice in ("short", "long") else "for a short or for a long while?"


def _partner_serves(attempt: Attempt) -> str | None:
    partner = attempt.partner
    if not is_seen(partner, attempt.now):
        return f"cannot see {partner.name}: nobody may be left to serve clients"
    state, report = last_state(partner), partner.report
    if state not in SERVING:
        return f"{partner.name} is {state} and silent to clients: nobody would serve them"
    if report is not None and not report.serving:
        return f"{partner.name} does not serve: {report.not_serving_reason or 'it gives no reason'}"
    return None


def _not_recovering(attempt: Attempt) -> str | None:
    state = last_state(attempt.acting)
    if state not in TRANSFERRING or attempt.expert:
        return None
    done = attempt.report.resync if attempt.report is not None else None
    so_far = f" ({done.done:,} bindings so far)" if done is not None else ""
    return f"{attempt.server} is {state}{so_far}: it would begin anew. Wait, or use expert mode"


def _partner_has_addresses(attempt: Attempt) -> str | None:
    report = attempt.partner.report
    if report is None:
        return None
    empty = [pool.name for pool in report.pools if not pool.available and pool.total]
    if empty:
        return f"{report.server_name} has no free address of its own in {', '.join(sorted(empty))}"
    return None


def _partner_normal(attempt: Attempt) -> str | None:
    partner = attempt.partner
    if not is_seen(partner, attempt.now):
        return f"cannot see {partner.name}"
    state = last_state(partner)
    return None if state is State.NORMAL else f"{partner.name} is {state}, not NORMAL"


def _no_conflict(attempt: Attempt) -> str | None:
    state = last_state(attempt.acting)
    if state is State.POTENTIAL_CONFLICT and not attempt.expert:
        return f"{attempt.server} is resolving conflicts: it would begin anew. Wait, or use expert mode"
    return None


STOPPING = (
    *ALWAYS,
    Guard("absence-chosen", True, "it is said for how long", _absence_chosen),
    Guard("partner-serves", True, "the other server serves clients", _partner_serves),
    Guard("not-recovering", True, "the server is not recovering", _not_recovering),
    EXPERT_ROLE,
    Guard("partner-has-addresses", False, "the other server has free addresses everywhere", _partner_has_addresses),
)

RELOADING = (
    *ALWAYS,
    Guard("not-recovering", True, "the server is not recovering", _not_recovering),
    Guard("no-conflict", True, "the server is not resolving conflicts", _no_conflict),
    EXPERT_ROLE,
    Guard("partner-normal", False, "the partner is NORMAL", _partner_normal),
)

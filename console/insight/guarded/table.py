"""Every guarded action, the verdicts of its guards, and whether it may be done."""

from collections.abc import Iterable, Mapping

from console.insight.freshness import is_seen, last_phase, last_word
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.cancel_maintenance import CANCEL_MAINTENANCE
from console.insight.guarded.continue_paused import CONTINUE
from console.insight.guarded.disable_service import DISABLE_SERVICE
from console.insight.guarded.enable_service import ENABLE_SERVICE
from console.insight.guarded.extend_safe_period import EXTEND_SAFE_PERIOD
from console.insight.guarded.failover import FAILOVER
from console.insight.guarded.force_available import FORCE_AVAILABLE
from console.insight.guarded.rebalance import REBALANCE
from console.insight.guarded.reconfigure import RECONFIGURE
from console.insight.guarded.reload import RELOAD
from console.insight.guarded.reset_failover import RESET_FAILOVER
from console.insight.guarded.role import ROLE
from console.insight.guarded.row import Guard, GuardedAction, Held, Verdict
from console.insight.guarded.safe_period import SAFE_PERIOD
from console.insight.guarded.set_partner_down import ALONE, SET_PARTNER_DOWN, sent_date
from console.insight.guarded.set_scopes import SET_SCOPES
from console.insight.guarded.start_maintenance import START_MAINTENANCE
from console.insight.guarded.stop import STOP
from console.insight.guarded.sync_leases import SYNC_LEASES
from console.insight.reasons import CannotTell
from console.model.action_names import ActionName, ActionRequest
from console.model.picture import PairPicture

ACTIONS: Mapping[ActionName, GuardedAction] = {
    each.name: each
    for each in (
        SET_PARTNER_DOWN,
        SAFE_PERIOD,
        EXTEND_SAFE_PERIOD,
        STOP,
        RELOAD,
        REBALANCE,
        FORCE_AVAILABLE,
        RECONFIGURE,
        FAILOVER,
        ROLE,
        START_MAINTENANCE,
        CANCEL_MAINTENANCE,
        CONTINUE,
        SYNC_LEASES,
        SET_SCOPES,
        RESET_FAILOVER,
        DISABLE_SERVICE,
        ENABLE_SERVICE,
    )
}

_GUARDS: Mapping[str, Guard] = {guard.name: guard for action in ACTIONS.values() for guard in action.guards}

UNTIL_TYPED = frozenset(guard.name for guard in _GUARDS.values() if guard.typed)
"""Guards that depend on what the operator types on the screen of the action."""

CAN_DO = "make-can"


def judge(attempt: Attempt) -> tuple[Verdict, ...]:
    """Every guard's verdict, in the order of the table. The first is about the make, if the make cannot do it."""
    action = ACTIONS[attempt.action]
    found = []
    against = _cannot_do(attempt.pair, attempt.server, action)
    if against is not None:
        found.append(Verdict(CAN_DO, True, False, Held.REFUSED, "this make of server can do it", against))
    found += [_verdict(guard, attempt) for guard in action.guards if guard.applies(attempt)]
    return tuple(found)


def _verdict(guard: Guard, attempt: Attempt) -> Verdict:
    reason = guard.fails(attempt)
    if reason is None:
        return Verdict(guard.name, guard.hard, True, Held.SATISFIED, guard.text, "")
    if not isinstance(reason, CannotTell):
        return Verdict(guard.name, guard.hard, False, Held.REFUSED, guard.text, reason, guard.confirmable)
    by_word = guard.confirmable or guard.word
    return Verdict(guard.name, guard.hard and not by_word, False, Held.CANNOT_TELL, guard.text, str(reason), by_word)


def _cannot_do(pair: PairPicture, server: str, action: GuardedAction) -> str | None:
    make = pair.servers[server].make
    return None if action.needs in make.can else f"{server} is {make.title}: the console cannot do this on that make"


def wants_word(action: ActionName) -> bool:
    """Whether the action has a guard that only a person can verify."""
    return any(guard.confirmable for guard in ACTIONS[action].guards)


def refusals(verdicts: tuple[Verdict, ...], attempt: Attempt) -> tuple[str, ...]:
    """Why the action may not be done now; empty when it may.

    A hard guard refuses unless it is satisfied. A soft guard that a person's word replaces refuses until the operator
    confirms it. Every other soft guard that is not satisfied also refuses until there is a reason to record.
    """
    vouched = attempt.vouched or not wants_word(attempt.action)
    found = [each.reason for each in verdicts if each.blocks]
    soft = [each for each in verdicts if not each.hard and not each.passed]
    found += [each.reason for each in soft if each.by_word and not vouched]
    unexplained = [each for each in soft if not each.by_word]
    if not (vouched and attempt.reason.strip()):
        found += [f"{each.reason}; give a reason to continue" for each in unexplained]
    return tuple(found)


def offered(pair: PairPicture, server: str, now: float) -> str | None:
    """Why the console does not offer Set Partner Down on this server, or `None` when it does (R-148).

    The guards can still refuse an action that is offered: they check live answers.
    """
    picture = pair.servers[server]
    against = _cannot_do(pair, server, SET_PARTNER_DOWN)
    if against is not None:
        return against
    if not is_seen(picture, now):
        return f"cannot see {server}"
    if last_phase(picture) in ALONE:
        return None
    return (
        f"{server} is {last_word(picture)}; Set Partner Down is offered in COMMUNICATIONS-INTERRUPTED and to a server "
        "that recovers"
    )


def why_not(verdicts: Iterable[Verdict]) -> str | None:
    """The first reason not to open an action whose details are not typed yet; `None` when there is none."""
    return next((each.reason for each in verdicts if each.blocks and each.guard not in UNTIL_TYPED), None)


def request_of(attempt: Attempt, operator: str) -> ActionRequest:
    """The request to the server for an attempt that no guard refuses."""
    return ActionRequest(
        action=attempt.action,
        pair=attempt.pair.name,
        operator=operator,
        reason=attempt.reason,
        expert=attempt.expert,
        date=sent_date(attempt),
        seconds=attempt.seconds,
        choice=attempt.choice,
        address=attempt.address,
    )

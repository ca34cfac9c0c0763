"""Every guarded action, the verdicts of its guards, and what these mean for going on."""

from collections.abc import Iterable, Mapping

from console.insight.freshness import is_seen, last_phase, last_word
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.extend_safe_period import EXTEND_SAFE_PERIOD
from console.insight.guarded.force_available import FORCE_AVAILABLE
from console.insight.guarded.rebalance import REBALANCE
from console.insight.guarded.reload import RELOAD
from console.insight.guarded.row import Guard, GuardedAction, Verdict
from console.insight.guarded.safe_period import SAFE_PERIOD
from console.insight.guarded.set_partner_down import SET_PARTNER_DOWN, sent_date
from console.insight.guarded.stop import STOP
from console.model.action_names import ActionName, ActionRequest
from console.model.phases import INTERRUPTED
from console.model.picture import PairPicture

ACTIONS: Mapping[ActionName, GuardedAction] = {
    each.name: each
    for each in (SET_PARTNER_DOWN, SAFE_PERIOD, EXTEND_SAFE_PERIOD, STOP, RELOAD, REBALANCE, FORCE_AVAILABLE)
}

_GUARDS: Mapping[str, Guard] = {guard.name: guard for action in ACTIONS.values() for guard in action.guards}

BY_WORD_ALONE = frozenset(guard.name for guard in _GUARDS.values() if guard.by_word)
"""Soft guards that the operator's word settles; every other failed soft guard also wants a reason."""
UNTIL_TYPED = frozenset(guard.name for guard in _GUARDS.values() if guard.typed)
"""Guards that wait for what is typed on the action's own screen."""

CAN_DO = "make-can"


def judge(attempt: Attempt) -> tuple[Verdict, ...]:
    """Every guard's verdict, in the table's order. Before them, that the server's make cannot do it at all."""
    action = ACTIONS[attempt.action]
    found = []
    against = _cannot_do(attempt.pair, attempt.server, action)
    if against is not None:
        found.append(Verdict(CAN_DO, True, False, "this make of server can do it", against))
    for guard in action.guards:
        reason = guard.fails(attempt)
        found.append(Verdict(guard.name, guard.hard, reason is None, guard.text, reason or ""))
    return tuple(found)


def _cannot_do(pair: PairPicture, server: str, action: GuardedAction) -> str | None:
    make = pair.servers[server].make
    return None if action.needs in make.can else f"{server} is {make.title}: the console cannot do this there"


def wants_word(action: ActionName) -> bool:
    """Whether there is something about the action that only a person can verify."""
    return any(guard.by_word for guard in ACTIONS[action].guards)


def refusals(verdicts: tuple[Verdict, ...], attempt: Attempt) -> tuple[str, ...]:
    """Why it may not be done now; empty when it may.

    Hard guards refuse as they are. Soft ones refuse until the operator vouches where their word is wanted, and those
    beyond the operator's word until there is a reason to record.
    """
    found = [each.reason for each in verdicts if each.hard and not each.passed]
    soft = [each for each in verdicts if not each.hard and not each.passed]
    found += [each.reason for each in soft if each.guard in BY_WORD_ALONE]
    unexplained = [each for each in soft if each.guard not in BY_WORD_ALONE]
    vouched = attempt.vouched or not wants_word(attempt.action)
    if not (vouched and attempt.reason.strip()):
        found += [f"{each.reason}; give a reason to go on" for each in unexplained]
    return tuple(found)


def offered(pair: PairPicture, server: str, now: float) -> str | None:
    """Why the console does not offer Set Partner Down on this server at all, or `None` when it does
    (R-148). An action that is offered may still be refused by its guards, which judge live answers."""
    picture = pair.servers[server]
    against = _cannot_do(pair, server, SET_PARTNER_DOWN)
    if against is not None:
        return against
    if not is_seen(picture, now):
        return f"cannot see {server}"
    if last_phase(picture) in INTERRUPTED:
        return None
    return f"{server} is {last_word(picture)}; it is offered in COMMUNICATIONS-INTERRUPTED"


def why_not(verdicts: Iterable[Verdict]) -> str | None:
    """The first reason against opening an action whose details are still to be typed; `None` when there is none."""
    hard = (each.reason for each in verdicts if each.hard and not each.passed and each.guard not in UNTIL_TYPED)
    return next(hard, None)


def request_of(attempt: Attempt, operator: str) -> ActionRequest:
    """What is asked of the server for an attempt that may go on."""
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

"""What is offered on a pair at all, before anything is asked: the first thing against each action, on what is known.

An action that is offered may still be refused by its guards, which judge live answers.
"""

from collections.abc import Iterable

from console.insight.freshness import is_seen, last_state
from console.insight.guards.attempt import Verdict
from console.model.picture import PairPicture
from console.model.states import ALONE


def offered(pair: PairPicture, server: str, now: float) -> str | None:
    """Why the console does not offer Set Partner Down on this server at all, or `None` when it does
    (R-148)."""
    picture = pair.servers[server]
    if not is_seen(picture, now):
        return f"cannot see {server}"
    state = last_state(picture)
    return None if state in ALONE else f"{server} is {state}; it is offered in COMMUNICATIONS-INTERRUPTED"


UNTIL_TYPED = frozenset({"date-given", "date-not-future", "date-not-early", "length-given", "longer", "address-given"})
"""Guards that wait for what is typed on the action's own screen."""


def why_not(verdicts: Iterable[Verdict]) -> str | None:
    """What stands against opening an action whose details are still to be typed, the first of it; `None` when
    nothing does."""
    hard = (each.reason for each in verdicts if each.hard and not each.passed and each.guard not in UNTIL_TYPED)
    return next(hard, None)

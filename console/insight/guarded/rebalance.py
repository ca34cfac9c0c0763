"""Rebalance now: the backup gets its percentage of the free addresses, and the main the rest."""

from console.insight.guarded.attempt import Attempt
from console.insight.guarded.row import Guard, GuardedAction
from console.insight.guarded.shared_guards import ALWAYS, answer
from console.insight.reasons import CannotTell
from console.insight.shares import free, moves
from console.insight.wording import plural
from console.model.action_names import ActionName
from console.model.phases import Phase
from console.model.picture import PairPicture
from console.model.profiles import Can

EXACT_PERCENT = 1.0
"""Shares that differ by less count as balanced, because clients change them at the same time."""


def _is_main(attempt: Attempt) -> str | None:
    facts = attempt.facts
    if facts is None or facts.role not in ("main", "backup"):
        return CannotTell(f"cannot tell whether {attempt.server} is the main: it does not report its role")
    if facts.role == "main":
        return None
    return f"{attempt.server} is the backup: run this on the main, {attempt.partner.name}"


def _normal(attempt: Attempt) -> str | None:
    facts = attempt.facts
    if facts is None or facts.phase is Phase.UNKNOWN:
        word = "unknown" if facts is None else facts.word or "unknown"
        return CannotTell(f"cannot tell whether {attempt.server} is NORMAL: its state is {word}")
    if facts.phase is not Phase.NORMAL:
        return f"{attempt.server} is {facts.word}: addresses move between partners only in NORMAL"
    if facts.contact is None:
        return CannotTell(f"cannot tell whether {attempt.server} has contact: it does not report that")
    return None if facts.contact else f"{attempt.server} has lost contact with {facts.partner}"


def _something_to_move(attempt: Attempt) -> str | None:
    facts = attempt.facts
    found = moves(facts) if facts is not None and facts.pools else None
    if found is None:
        return CannotTell(f"cannot tell which addresses would move: {attempt.server} does not report all shares")
    return None if found else "the backup has its percentage in every scope: no address would move"


def _consequences(attempt: Attempt) -> tuple[str, ...]:
    """How many addresses of each pool move to which server."""
    facts = attempt.facts
    if facts is None:
        return ()
    found = moves(facts)
    lines = ["Cannot tell how many addresses move."] if found is None else []
    for move in found or ():
        count = plural(abs(move.addresses), *move.nouns)
        to = facts.partner if move.addresses > 0 else facts.server
        lines.append(f"About {count} of {move.pool} move to {to}.")
    return (*lines, "Clients are not affected: only free addresses move, and the partner acknowledges each move.")


def _seen(now: PairPicture, attempt: Attempt) -> str | None:
    facts = answer(now, attempt)
    found = None if facts is None else moves(facts)
    if facts is None or found is None:
        return None
    both = sum(free(pool) or 0 for pool in facts.pools or ())
    if sum(abs(move.addresses) for move in found) > max(1, both * EXACT_PERCENT / 100):
        return None
    return f"{attempt.server} has balanced the free addresses as configured"


REBALANCE = GuardedAction(
    ActionName.REBALANCE,
    "Rebalance now",
    "give the backup its percentage of the free addresses, and the main the rest",
    Can.REBALANCE,
    (
        *ALWAYS,
        Guard("is-main", True, "the server is the main", _is_main),
        Guard("normal", True, "the server is NORMAL and in contact", _normal),
        Guard("something-to-move", True, "some addresses would move", _something_to_move),
    ),
    _consequences,
    _seen,
)

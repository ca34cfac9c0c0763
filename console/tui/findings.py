"""What the diagnosis has found, in one line, for the pair and the fleet."""

from typing import TYPE_CHECKING

from console.model.picture import PairPicture
from console.tui.session import Session

if TYPE_CHECKING:
    from console.insight.diagnosis.problem import Problem


def worst_finding(session: Session, pair: PairPicture) -> "Problem | None":
    """The most severe finding that the verdict does not include; none before the first facts are on the screen, since
    the rules of the diagnosis are loaded after them."""
    if session.starting:
        return None
    from console.insight.diagnosis.table import beyond_the_verdict

    return beyond_the_verdict(pair, session.now, session.store.zone)

"""Every runbook, and how well each fits the pair: the best one is offered first."""

from datetime import tzinfo

from console.insight.runbooks.disagreement import CONFIG_MISMATCH, POTENTIAL_CONFLICT
from console.insight.runbooks.drill import FIRE_DRILL
from console.insight.runbooks.leaving import LEAVE_ISC
from console.insight.runbooks.outage import MAIN_DOWN, POOL_EXHAUSTION, RACE
from console.insight.runbooks.planned import PLANNED_RESTART, PLANNED_UPGRADE
from console.insight.runbooks.progress import current, progress, scene_of, started
from console.insight.runbooks.returning import LOST_DATABASE, RESTORED_DATABASE
from console.insight.runbooks.reversal import ROLE_REVERSAL
from console.insight.runbooks.steps import Runbook
from console.insight.runbooks.stranded import LOST_IN_RECOVERY
from console.insight.runbooks.windows import WINDOWS_PARTNER_LOST, WINDOWS_SCOPES_DIFFER
from console.model.picture import PairPicture

BOOKS: tuple[Runbook, ...] = (
    MAIN_DOWN,
    RACE,
    LOST_IN_RECOVERY,
    POOL_EXHAUSTION,
    CONFIG_MISMATCH,
    POTENTIAL_CONFLICT,
    LOST_DATABASE,
    RESTORED_DATABASE,
    ROLE_REVERSAL,
    PLANNED_RESTART,
    PLANNED_UPGRADE,
    FIRE_DRILL,
    LEAVE_ISC,
    WINDOWS_PARTNER_LOST,
    WINDOWS_SCOPES_DIFFER,
)

UNDER_WAY = 100
"""Added to the fit of a runbook that was started: it comes first until it is finished."""
FINISHED = 30
"""Added to the fit of a runbook that is finished: it stays in the list until an operator ends it, below one that fits.
"""


def book(name: str) -> Runbook | None:
    """The runbook of that name; None where there is none."""
    return next((each for each in BOOKS if each.name == name), None)


def fitting(pair: PairPicture, now: float, zone: tzinfo) -> tuple[tuple[Runbook, int], ...]:
    """The runbooks for the makes of the pair, with how well each fits: the best first, then in the order of the table.

    One that was started stays in the list.
    """
    found = []
    makes = [server.make for server in pair.servers.values()]
    for each in BOOKS:
        if started(each, pair) is None and not any(each.suits(make) for make in makes):
            continue
        scene = scene_of(each, pair, now, zone)
        fit = each.fits(scene)
        if started(each, pair) is not None:
            fit += FINISHED if current(progress(each, scene)) is None else UNDER_WAY
        found.append((each, fit))
    return tuple(sorted(found, key=lambda one: -one[1]))

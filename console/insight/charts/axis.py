"""Clock times on the time axis, in the operator's zone: whole hours and minutes, as many as have room."""

from datetime import tzinfo

from console.insight.wording import DAY, HOUR, MINUTE
from console.model.times import moment_of

STEPS = (
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    4 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
)
CLOCK_WIDTH, DAY_WIDTH = 5, 6
GAP = 2
QUARTER = 15 * MINUTE
"""Every zone is a multiple of a quarter of an hour from UTC."""


def ticks(start: float, end: float, zone: tzinfo, cells: int) -> list[tuple[float, str]]:
    """Times of the axis with their labels, `14:30` or `Mon 24`, in order; none where the calendar has no such times."""
    for step in STEPS:
        width = (DAY_WIDTH if step >= DAY else CLOCK_WIDTH) + GAP
        if (end - start) / step * width <= cells or step == STEPS[-1]:
            return _at(start, end, zone, step, width * (end - start) / max(1, cells))
    return []


def _at(start: float, end: float, zone: tzinfo, step: float, apart: float) -> list[tuple[float, str]]:
    found: list[tuple[float, str]] = []
    grain = int(min(step, QUARTER))
    at = -(-int(start) // grain) * grain
    while at <= end:
        moment = moment_of(at, zone)
        if moment is None:
            return found
        days = moment.toordinal() % max(1, int(step // DAY))
        seconds = moment.hour * HOUR + moment.minute * MINUTE + days * DAY
        # An hour that a change of the clock repeats has one label where two have no room.
        if seconds % step == 0 and (not found or at - found[-1][0] >= apart * 0.99):
            found.append((float(at), f"{moment:%a %d}" if step >= DAY else f"{moment:%H:%M}"))
        at += grain
    return found

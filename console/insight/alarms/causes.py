"""Finds the cause of an alarm that is the consequence of another active alarm (`AlarmRow.follows`).

The consequence is shown with its cause. Notifications are sent for the cause alone.
"""

from console.insight.alarms.announcing import comes_and_goes
from console.insight.alarms.table import BY_KIND
from console.model.picture import Alarm, PairPicture


def because_of(pair: PairPicture, alarm: Alarm) -> Alarm | None:
    """The likeliest cause that is active, or that comes and goes; None where there is none. Of two kinds that can
    cause each other, the older alarm."""
    kind = BY_KIND.get(alarm.kind)
    for name in () if kind is None else kind.follows:
        coming = [each for each in pair.alarms.values() if comes_and_goes(each, alarm.last)]
        for other in (*pair.open_alarms, *coming):
            if other.kind == name and not _later(pair, other, alarm):
                return other
    return None


def _later(pair: PairPicture, other: Alarm, alarm: Alarm) -> bool:
    """Whether `other` can be a consequence of `alarm` and was raised after it."""
    kind = BY_KIND.get(other.kind)
    return kind is not None and alarm.kind in kind.follows and other.since > alarm.since

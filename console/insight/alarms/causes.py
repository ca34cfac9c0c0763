"""What follows from what: an alarm that is the consequence of another one that stands (kinds.py, `follows`).

The consequence is shown, with its cause; people are told of the cause alone.
"""

from console.insight.alarms.table import BY_KIND
from console.model.picture import Alarm, PairPicture


def because_of(pair: PairPicture, alarm: Alarm) -> Alarm | None:
    """The likeliest cause that stands, None for what has none. Two that could each cause the other: the older one."""
    kind = BY_KIND.get(alarm.kind)
    for name in () if kind is None else kind.follows:
        for other in pair.open_alarms:
            if other.kind == name and not _later(pair, other, alarm):
                return other
    return None


def _later(pair: PairPicture, other: Alarm, alarm: Alarm) -> bool:
    """Whether `other` may itself follow from `alarm`, and came after it."""
    kind = BY_KIND.get(other.kind)
    return kind is not None and alarm.kind in kind.follows and other.since > alarm.since

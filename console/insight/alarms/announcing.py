"""When an alarm is announced to the operator: after the fault has lasted for the delay of its kind (`AlarmRow.waits`).

ANSI/ISA-18.2 calls this an on-delay. A fault that ends sooner was never announced, unless it came back several times.
Screens show every active alarm at once, as the verdict does. Notifications, the bell and the measures of the alarms
(`console.insight.alarm_quality`) use this rule.
"""

from console.insight.alarms.table import BY_KIND
from console.insight.limits import RETURN_SECONDS, RETURNS_ANNOUNCED
from console.model.picture import Alarm


def delay_of(kind: str) -> float:
    """The delay of a kind in seconds; 0 for a kind that this version does not have."""
    row = BY_KIND.get(kind)
    return 0.0 if row is None else row.waits


def announced_from(alarm: Alarm) -> float:
    """When an alarm is announced, if it is active until then."""
    return alarm.since + (0.0 if alarm.returned >= RETURNS_ANNOUNCED else delay_of(alarm.kind))


def is_announced(alarm: Alarm, now: float) -> bool:
    """Whether the alarm has been active for the delay of its kind; for one that was cleared, whether it ever was."""
    return (now if alarm.cleared is None else alarm.cleared) >= announced_from(alarm)


def comes_and_goes(alarm: Alarm, now: float) -> bool:
    """Whether the alarm is cleared at present and came back so often that it stays in the list until it is quiet."""
    return alarm.cleared is not None and alarm.returned >= RETURNS_ANNOUNCED and now - alarm.cleared < RETURN_SECONDS

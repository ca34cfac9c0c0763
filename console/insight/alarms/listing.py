"""The list of alarms on the screen: filtered, sorted, with many alarms of one kind folded into one line."""

from collections.abc import Iterable, Set
from dataclasses import dataclass

from console.insight.alarms.announcing import comes_and_goes
from console.model.picture import Alarm, PairPicture, worst_first

FOLDED_FROM = 4
"""From this number on, alarms of one kind are one line until it is opened."""
FILTERS = ("active", "unowned", "mine", "all")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: one alarm, or all alarms of a kind. `key` stays the same while the alarm is active.

    `folded`: the line of a fold. `inside`: an alarm of a fold that is opened.
    """

    key: str
    alarms: tuple[Alarm, ...]
    folded: bool = False
    inside: bool = False

    @property
    def worst(self) -> Alarm:
        return worst_first(self.alarms)[0]

    @property
    def count(self) -> int:
        """The number of reports."""
        return sum(alarm.count for alarm in self.alarms)


def rows(pairs: Iterable[PairPicture], chosen: str, operator: str, opened: Set[str], now: float) -> list[Row]:
    """The lines to show: active alarms, worst first; then cleared ones, latest first.

    `chosen` is one of FILTERS; `opened` has the keys of the folds that are open. An alarm is in the list at once,
    also before it is announced.
    """
    alarms = [alarm for pair in pairs for alarm in pair.alarms.values() if _wanted(alarm, chosen, operator, now)]
    active = worst_first(alarm for alarm in alarms if alarm.is_active or comes_and_goes(alarm, now))
    by_kind: dict[str, list[Alarm]] = {}
    for alarm in active:
        by_kind.setdefault(alarm.kind, []).append(alarm)
    lines: list[Row] = []
    for alarm in active:
        same = tuple(by_kind[alarm.kind])
        if len(same) < FOLDED_FROM:
            lines.append(Row(alarm.id, (alarm,)))
        elif alarm is same[0]:
            fold = Row(f"fold:{alarm.kind}", same, folded=True)
            lines.append(fold)
            if fold.key in opened:
                lines += [Row(each.id, (each,), inside=True) for each in same]
    cleared = sorted(
        (alarm for alarm in alarms if not alarm.is_active and not comes_and_goes(alarm, now)),
        key=lambda alarm: (-(alarm.cleared or 0), alarm.id),
    )
    return lines + [Row(alarm.id, (alarm,)) for alarm in cleared]


def _wanted(alarm: Alarm, chosen: str, operator: str, now: float) -> bool:
    active = alarm.is_active or comes_and_goes(alarm, now)
    match chosen:
        case "all":
            return True
        case "mine":
            return active and alarm.acknowledged_by == operator
        case "unowned":
            return active and alarm.acknowledged_by is None and not alarm.suppressed
        case _:
            return active


def entity(alarm: Alarm) -> str:
    """The entity of an alarm: its id without pair and kind."""
    return alarm.id.partition(f"/{alarm.kind}/")[2] or alarm.id

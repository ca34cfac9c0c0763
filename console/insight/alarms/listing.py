"""Alarms as a list for people: filtered, sorted, and with many of one kind folded into a line that opens."""

from collections.abc import Iterable, Set
from dataclasses import dataclass

from console.model.picture import Alarm, PairPicture, worst_first

FOLDED_FROM = 4
"""So many of one kind are one line until it is opened."""
FILTERS = ("standing", "unowned", "mine", "all")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: one alarm, or all of a kind. `key` stays the same while it stands."""

    key: str
    alarms: tuple[Alarm, ...]
    folded: bool = False
    inside: bool = False

    @property
    def worst(self) -> Alarm:
        return worst_first(self.alarms)[0]

    @property
    def count(self) -> int:
        """How many reports there were."""
        return sum(alarm.count for alarm in self.alarms)


def rows(pairs: Iterable[PairPicture], chosen: str, operator: str, opened: Set[str]) -> list[Row]:
    """The lines to show, worst first, cleared ones last and the latest of them first. `opened` has the keys of folds
    that show what is in them."""
    alarms = [alarm for pair in pairs for alarm in pair.alarms.values() if _wanted(alarm, chosen, operator)]
    standing = worst_first(alarm for alarm in alarms if alarm.stands)
    by_kind: dict[str, list[Alarm]] = {}
    for alarm in standing:
        by_kind.setdefault(alarm.kind, []).append(alarm)
    found: list[Row] = []
    for alarm in standing:
        same = tuple(by_kind[alarm.kind])
        if len(same) < FOLDED_FROM:
            found.append(Row(alarm.id, (alarm,)))
        elif alarm is same[0]:
            fold = Row(f"fold:{alarm.kind}", same, folded=True)
            found.append(fold)
            if fold.key in opened:
                found += [Row(each.id, (each,), inside=True) for each in same]
    cleared = sorted(
        (alarm for alarm in alarms if not alarm.stands), key=lambda alarm: (-(alarm.cleared or 0), alarm.id)
    )
    return found + [Row(alarm.id, (alarm,)) for alarm in cleared]


def _wanted(alarm: Alarm, chosen: str, operator: str) -> bool:
    match chosen:
        case "all":
            return True
        case "mine":
            return alarm.stands and alarm.acknowledged_by == operator
        case "unowned":
            return alarm.stands and alarm.acknowledged_by is None and not alarm.suppressed
        case _:
            return alarm.stands


def entity(alarm: Alarm) -> str:
    """Whom it is about: its id without pair and kind."""
    return alarm.id.partition(f"/{alarm.kind}/")[2] or alarm.id

"""The actions of operators on alarms, and their effects. Every console that reads the journal folds the same actions.

    acknowledge    the operator owns it; a second operator takes it over
    unacknowledge  it has no owner
    suppress       it is silenced until `until` (Unix seconds), with a reason
    unsuppress     the silence ends
    clear-alarm    an operator ends it: the only end of an alarm that no trap and no poll can end

One action can be about many alarms: `subject` is the id of one, or the kind of all those in `detail["alarms"]`.
An action on an alarm that is already cleared has no effect.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from console.model.observations import OperatorAction
from console.model.picture import Alarm, HistoryEntry, PairPicture

ACKNOWLEDGE, UNACKNOWLEDGE = "acknowledge", "unacknowledge"
SUPPRESS, UNSUPPRESS = "suppress", "unsuppress"
CLOSE = "clear-alarm"
DEEDS = (ACKNOWLEDGE, UNACKNOWLEDGE, SUPPRESS, UNSUPPRESS, CLOSE)

HISTORY_KEPT = 30


def done(pair: PairPicture, seen: OperatorAction) -> PairPicture:
    """The pair after an action on its alarms."""
    if seen.action not in DEEDS:
        return pair
    changed = {}
    for key in subjects(seen):
        alarm = pair.alarms.get(key)
        if alarm is not None and alarm.is_active:
            changed[key] = _after(alarm, seen)
    return replace(pair, alarms={**pair.alarms, **changed}) if changed else pair


def subjects(seen: OperatorAction) -> tuple[str, ...]:
    """The ids of the alarms of an action."""
    many = seen.detail.get("alarms")
    return tuple(str(each) for each in many) if isinstance(many, list | tuple) else (seen.subject,)


def noted(alarm: Alarm, at: float, who: str, what: str, text: str = "") -> Alarm:
    """The alarm with one more entry in its history, once."""
    entry = HistoryEntry(at, who, what, text)
    return alarm if entry in alarm.history else replace(alarm, history=(*alarm.history, entry)[-HISTORY_KEPT:])


def in_words(seen: OperatorAction) -> str:
    """The action as a line of the timeline."""
    said = _said(seen.detail)
    words = f"{seen.operator}: {seen.action} {seen.subject}" + (f": {said}" if said else "")
    many = len(subjects(seen))
    return words if many == 1 else f"{words} ({many} alarms)"


def _after(alarm: Alarm, seen: OperatorAction) -> Alarm:
    said, who = _said(seen.detail), seen.operator
    match seen.action:
        case "acknowledge":
            before = alarm.acknowledged_by
            what = seen.action if before in (None, who) else f"took over from {before}"
            alarm = replace(alarm, acknowledged_by=who, acknowledged_at=seen.at, comment=said)
        case "unacknowledge":
            what = seen.action
            alarm = replace(alarm, acknowledged_by=None, acknowledged_at=None, comment="")
        case "suppress":
            until = _until(seen.detail)
            if until is None or until <= seen.at:
                return alarm
            what = seen.action
            alarm = replace(alarm, suppressed_until=until, suppressed_by=who, suppressed_for=said)
        case "unsuppress":
            what = seen.action
            alarm = unsuppressed(alarm)
        case _:
            what = "closed by hand"
            alarm = replace(alarm, cleared=seen.at, cleared_by=who)
    return noted(alarm, seen.at, who, what, said)


def unsuppressed(alarm: Alarm) -> Alarm:
    """The alarm without a silence."""
    return replace(alarm, suppressed_until=None, suppressed_by=None, suppressed_for="")


def _said(detail: Mapping[str, Any]) -> str:
    return str(detail.get("comment") or detail.get("reason") or "")


def _until(detail: Mapping[str, Any]) -> float | None:
    until = detail.get("until")
    return float(until) if isinstance(until, int | float) else None

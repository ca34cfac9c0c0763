"""Alarms as JSON for the journal, and back."""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, asdict, fields
from typing import Any

from console.model.fitting import misfit
from console.model.picture import Alarm, HistoryEntry, Severity


def kept_alarms(alarms: Iterable[Alarm]) -> tuple[Mapping[str, Any], ...]:
    """Each alarm as a JSON object; defaults are left out."""
    return tuple(_kept(alarm) for alarm in alarms)


def read_alarms(kept: Iterable[Mapping[str, Any]]) -> dict[str, Alarm]:
    """The alarms by id. One that cannot be read is left out; missing fields have their default."""
    found = {}
    for values in kept:
        alarm = _alarm(values) if isinstance(values, Mapping) else None
        if alarm is not None:
            found[alarm.id] = alarm
    return found


REQUIRED = frozenset(each.name for each in fields(Alarm) if each.default is MISSING and each.default_factory is MISSING)


def _kept(alarm: Alarm) -> Mapping[str, Any]:
    values = asdict(alarm)
    spare = {name: value for name, value in values.items() if name in REQUIRED or value not in (None, "", (), {}, 0)}
    return {**spare, "sources": list(alarm.sources)}


def _alarm(values: Mapping[str, Any]) -> Alarm | None:
    known = {each.name: values[each.name] for each in fields(Alarm) if each.name in values}
    if not known.keys() >= REQUIRED:
        return None
    try:
        known["severity"] = Severity(known["severity"])
        known["sources"] = tuple(str(each) for each in known["sources"])
        known["members"] = tuple(str(each) for each in known.get("members", ()))
        known["history"] = tuple(_deed(each) for each in known.get("history", ()))
        known["notified"] = {str(name): float(at) for name, at in dict(known.get("notified", {})).items()}
    except (TypeError, ValueError, KeyError, OverflowError):
        return None
    alarm = Alarm(**known)
    return alarm if misfit(alarm) is None else None


def _deed(values: Mapping[str, Any]) -> HistoryEntry:
    return HistoryEntry(float(values["at"]), str(values["who"]), str(values["what"]), str(values.get("text", "")))

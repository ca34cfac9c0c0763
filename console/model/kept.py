"""Alarms as the journal keeps them, and back."""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, asdict, fields
from typing import Any

from console.model.picture import Alarm, Severity


def kept_alarms(alarms: Iterable[Alarm]) -> tuple[Mapping[str, Any], ...]:
    """Each as a JSON object."""
    return tuple({**asdict(alarm), "sources": list(alarm.sources)} for alarm in alarms)


def read_alarms(kept: Iterable[Mapping[str, Any]]) -> dict[str, Alarm]:
    """By id. One that cannot be read is left out; what an older version did not know has its default."""
    found = {}
    for values in kept:
        alarm = _alarm(values)
        if alarm is not None:
            found[alarm.id] = alarm
    return found


def _alarm(values: Mapping[str, Any]) -> Alarm | None:
    known = {each.name: values[each.name] for each in fields(Alarm) if each.name in values}
    required = {each.name for each in fields(Alarm) if each.default is MISSING and each.default_factory is MISSING}
    if not required <= known.keys():
        return None
    try:
        severity, sources = Severity(known["severity"]), tuple(str(each) for each in known["sources"])
    except (TypeError, ValueError):
        return None
    return Alarm(**{**known, "severity": severity, "sources": sources})

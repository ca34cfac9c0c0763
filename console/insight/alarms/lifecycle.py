"""The life of an alarm: raised, counted, acknowledged, cleared, raised anew.

The reduction key is pair, kind and entity. A report of a fault that stands adds to its count and to its
sources; a report of one that was cleared opens it anew, unacknowledged. A poll that keeps seeing the same
thing adds nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from console.model.picture import Alarm, PairPicture, Severity, TimelineEntry

CLEARED_KEPT = 50


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault that someone reports. `entity` tells faults of one kind apart: a server, a server and its
    pool, an address, or `pair` for the two together."""

    kind: str
    entity: str
    severity: Severity
    text: str

    def id(self, pair: str) -> str:
        return f"{pair}/{self.kind}/{self.entity}"


def raised(pair: PairPicture, found: Finding, source: str, at: float, count: int = 1) -> PairPicture:
    """The pair with the finding reported once more by `source`."""
    key = found.id(pair.name)
    standing = pair.alarms.get(key)
    if standing is None or standing.cleared is not None:
        alarm = Alarm(key, found.kind, found.severity, at, at, count, found.text, (source,))
        entry = TimelineEntry(at, "alarm", f"{found.severity} {found.kind}: {found.text}")
        return _with(pair, alarm, entry)
    if source == "poll":
        if "poll" in standing.sources and standing.text == found.text and standing.severity == found.severity:
            return pair
        counted = standing.count if "poll" in standing.sources else standing.count + 1
        alarm = replace(standing, severity=found.severity, text=found.text, count=counted, last=at)
    else:
        alarm = replace(standing, count=standing.count + count, last=at)
    if source not in alarm.sources:
        alarm = replace(alarm, sources=(*alarm.sources, source))
    return _with(pair, alarm)


def cleared(pair: PairPicture, key: str, source: str, at: float) -> PairPicture:
    """The pair with the alarm cleared, if it stands."""
    standing = pair.alarms.get(key)
    if standing is None or standing.cleared is not None:
        return pair
    alarm = replace(standing, cleared=at, cleared_by=source)
    entry = TimelineEntry(at, "alarm", f"cleared {standing.kind} (by {source})")
    return _with(pair, alarm, entry)


def _with(pair: PairPicture, alarm: Alarm, entry: TimelineEntry | None = None) -> PairPicture:
    alarms = _bounded({**pair.alarms, alarm.id: alarm})
    timeline = pair.timeline if entry is None else (*pair.timeline, entry)
    return replace(pair, alarms=alarms, timeline=timeline)


def _bounded(alarms: Mapping[str, Alarm]) -> Mapping[str, Alarm]:
    """Standing alarms all stay; of the cleared ones the latest few do, or a storm would grow the picture
    forever."""
    closed = sorted((alarm.cleared, key) for key, alarm in alarms.items() if alarm.cleared is not None)
    if len(closed) <= CLEARED_KEPT:
        return alarms
    dropped = {key for _, key in closed[:-CLEARED_KEPT]}
    return {key: alarm for key, alarm in alarms.items() if key not in dropped}

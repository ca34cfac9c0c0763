"""The life of an alarm: raised, counted, owned, set aside, cleared, raised anew.

The reduction key is pair, kind and entity. A report of a fault that stands adds to its count and to its
sources; a report of one that was cleared opens it anew, and it belongs to nobody. A poll that keeps seeing
the same thing adds nothing.

Of one kind at most STANDING_KEPT stand apart in a pair; whatever comes beyond shares one more line, which
remembers whom it is about and nothing else, so that a storm takes little memory and loses no count.
"""

from dataclasses import replace

from console.insight.alarms.row import Fault
from console.insight.alarms.table import BY_KIND
from console.model.alarm_actions import noted, unsuppressed
from console.model.picture import Alarm, AlarmSource, EntrySource, PairPicture, TimelineEntry

CLEARED_KEPT = 50
STANDING_KEPT = 100
MEMBERS_KEPT = 5000
"""Beyond these a further entity is counted, and ends only when a person closes the line."""
REST = "*"
TIMELINE_KEPT = 500


def raised(pair: PairPicture, found: Fault, source: AlarmSource, at: float, count: int = 1) -> PairPicture:
    """The pair with the finding reported once more by `source`."""
    key = found.id(pair.name)
    standing = _unexpired(pair.alarms.get(key), at)
    if standing is None or not standing.stands:
        if _crowded(pair, found.kind) or _in_line(pair, found):
            return _raised_in_line(pair, found, source, at, count)
        return _begun(pair, Alarm(key, found.kind, found.severity, at, at, count, found.text, (source,)))
    if source not in (AlarmSource.TRAP, AlarmSource.LOG):
        if source in standing.sources and standing.text == found.text and standing.severity == found.severity:
            return pair
        counted = standing.count if source in standing.sources else standing.count + 1
        alarm = replace(standing, severity=found.severity, text=found.text, count=counted, last=max(at, standing.last))
    else:
        alarm = replace(standing, count=standing.count + count, last=max(at, standing.last))
    if source not in alarm.sources:
        alarm = replace(alarm, sources=(*alarm.sources, source))
    return _with(pair, alarm)


def cleared(pair: PairPicture, key: str, source: AlarmSource, at: float) -> PairPicture:
    """The pair with the alarm cleared, if it stands. A clear that is older than the latest report is late."""
    standing = pair.alarms.get(key)
    if standing is None or not standing.stands:
        return _cleared_in_line(pair, key, source, at)
    if at < standing.last:
        return pair
    return _ended(pair, standing, source, at)


def expired(pair: PairPicture, now: float) -> PairPicture:
    """The pair with what lasted its time cleared by age, and what was set aside until now standing again.

    Both have the time at which they were due, whenever that is noticed, so that every reader finds the same.
    """
    for alarm in pair.alarms.values():
        if not alarm.stands:
            continue
        lasts = BY_KIND[alarm.kind].lasts if alarm.kind in BY_KIND else None
        if alarm.suppressed_until is not None and now >= alarm.suppressed_until:
            due = alarm.suppressed_until
            back = noted(unsuppressed(alarm), due, "the console", "stands again", "its time aside is over")
            alarm = back
            entry = TimelineEntry(due, EntrySource.ALARM, f"{alarm.kind} stands again: its time aside is over")
            pair = _with(pair, back, entry)
        if lasts is not None and now >= alarm.last + lasts:
            pair = _ended(pair, alarm, AlarmSource.AGE, alarm.last + lasts)
    return pair


def judged(pair: PairPicture, alarm: Alarm) -> PairPicture:
    """The pair with an alarm as another reader's judgement left it. What people did to it is kept as it is here."""
    known = pair.alarms.get(alarm.id)
    if known is None or known.since != alarm.since:
        fresh = replace(alarm, history=(), notified={}, acknowledged_by=None, acknowledged_at=None, comment="")
        fresh = replace(unsuppressed(fresh), cleared=None, cleared_by=None)
        pair = _begun(pair, fresh)
        known = fresh
    told = replace(
        known,
        severity=alarm.severity,
        text=alarm.text,
        last=alarm.last,
        count=alarm.count,
        sources=alarm.sources,
        members=alarm.members,
    )
    if alarm.cleared is not None and known.stands:
        return _ended(pair, told, alarm.cleared_by or AlarmSource.POLL, alarm.cleared)
    return pair if told == known else _with(pair, told)


def _unexpired(alarm: Alarm | None, at: float) -> Alarm | None:
    """None for one whose age ended it before this report, though nobody has looked since."""
    lasts = None if alarm is None or alarm.kind not in BY_KIND else BY_KIND[alarm.kind].lasts
    return None if alarm is None or (lasts is not None and at >= alarm.last + lasts) else alarm


def _begun(pair: PairPicture, alarm: Alarm) -> PairPicture:
    return _with(
        pair, alarm, TimelineEntry(alarm.since, EntrySource.ALARM, f"{alarm.severity} {alarm.kind}: {alarm.text}")
    )


def _ended(pair: PairPicture, alarm: Alarm, source: str, at: float) -> PairPicture:
    ended = noted(replace(alarm, cleared=at, cleared_by=source), at, source, "cleared")
    return _with(pair, ended, TimelineEntry(at, EntrySource.ALARM, f"cleared {alarm.kind} (by {source})"))


def _in_line(pair: PairPicture, found: Fault) -> bool:
    line = pair.alarms.get(f"{pair.name}/{found.kind}/{REST}")
    return line is not None and line.stands and found.entity in line.members


def _crowded(pair: PairPicture, kind: str) -> bool:
    return (
        len(pair.alarms) >= STANDING_KEPT
        and sum(alarm.kind == kind and alarm.stands for alarm in pair.alarms.values()) >= STANDING_KEPT
    )


def _raised_in_line(pair: PairPicture, found: Fault, source: AlarmSource, at: float, count: int) -> PairPicture:
    """One more report for the line that stands for the rest of its kind."""
    key = f"{pair.name}/{found.kind}/{REST}"
    line = _unexpired(pair.alarms.get(key), at)
    if line is None or not line.stands:
        line = Alarm(key, found.kind, found.severity, at, at, 0, "", ())
        pair = _begun(pair, replace(line, text=f"more than {STANDING_KEPT} of this kind; further ones are one line"))
    known = found.entity in line.members
    if known and source not in (AlarmSource.TRAP, AlarmSource.LOG):
        return pair
    members = line.members if known else (*line.members, found.entity)[:MEMBERS_KEPT]
    return _with(
        pair,
        replace(
            line,
            last=max(at, line.last),
            count=line.count + count,
            members=members,
            text=f"{len(members)} further ones beyond the first {STANDING_KEPT}; the latest: {found.text}",
            sources=line.sources if source in line.sources else (*line.sources, source),
        ),
    )


def _cleared_in_line(pair: PairPicture, key: str, source: AlarmSource, at: float) -> PairPicture:
    kind, _, entity = key[len(pair.name) + 1 :].partition("/")
    line = pair.alarms.get(f"{pair.name}/{kind}/{REST}")
    if line is None or not line.stands or entity not in line.members:
        return pair
    members = tuple(each for each in line.members if each != entity)
    if not members:
        return _ended(pair, replace(line, members=()), source, at)
    return _with(pair, replace(line, members=members))


def _with(pair: PairPicture, alarm: Alarm, entry: TimelineEntry | None = None) -> PairPicture:
    timeline = pair.timeline if entry is None else (*pair.timeline, entry)[-TIMELINE_KEPT:]
    return replace(pair, alarms={**pair.alarms, alarm.id: alarm}, timeline=timeline)


def bounded(pair: PairPicture) -> PairPicture:
    """Standing alarms all stay; of the cleared ones the latest few do, or a storm would grow the picture forever.

    Once after each observation, so that the order of what it changed makes no difference.
    """
    closed = [(alarm.cleared, key) for key, alarm in pair.alarms.items() if alarm.cleared is not None]
    if len(closed) <= CLEARED_KEPT:
        return pair
    dropped = {key for _, key in sorted(closed)[:-CLEARED_KEPT]}
    return replace(pair, alarms={key: alarm for key, alarm in pair.alarms.items() if key not in dropped})

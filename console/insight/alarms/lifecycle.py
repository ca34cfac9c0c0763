"""The life cycle of an alarm: raise, count, clear, reopen, and the end of a silence.

The reduction key is pair, kind and entity. A report of an active fault adds to its count and its sources. A report of
a cleared fault reopens the alarm without an owner. A poll that finds the same fault again changes nothing.

In a pair at most MAX_ACTIVE_OF_KIND alarms of one kind are separate. All further ones share one overflow alarm, which
stores only their entities. So a storm of traps uses little memory, and every report is counted.
"""

from dataclasses import replace

from console.insight.alarms.row import Fault
from console.insight.alarms.table import BY_KIND
from console.insight.limits import RETURN_SECONDS
from console.model.alarm_actions import noted, unsuppressed
from console.model.picture import Alarm, AlarmSource, EntrySource, PairPicture, TimelineEntry

MAX_CLEARED = 50
MAX_ACTIVE_OF_KIND = 100
MAX_MEMBERS = 5000
"""Most entities of an overflow alarm. Further ones are counted, and only a person can end them: by clearing it."""
SILENCE_ENDED = "silence ended"
"""The word of this event in the history of an alarm. Journals have it, so it stays as it is."""
RESOLVED = "resolved"
"""The stage of a message that an alarm has ended, in `Alarm.notified`."""
BY_THEMSELVES = frozenset({AlarmSource.POLL, AlarmSource.TRAP, AlarmSource.LOG, AlarmSource.CONSOLE})
"""What ends a fault that can come back. One that a person ended, or its age, is a new one when it is raised again."""
OVERFLOW = "*"
"""The entity of an overflow alarm."""
MAX_TIMELINE = 500


def raise_alarm(pair: PairPicture, fault: Fault, source: AlarmSource, at: float, count: int = 1) -> PairPicture:
    """Returns the pair after `source` reported the fault `count` times."""
    key = fault.id(pair.name)
    known = _drop_expired(pair.alarms.get(key), at)
    if known is None or not known.is_active:
        if _is_crowded(pair, fault.kind) or _in_overflow(pair, fault):
            return _raise_in_overflow(pair, fault, source, at, count)
        opened = Alarm(key, fault.kind, fault.severity, at, at, count, fault.text, (source,))
        return _open(pair, _continued(known, opened))
    if source not in (AlarmSource.TRAP, AlarmSource.LOG):
        if source in known.sources and known.text == fault.text and known.severity == fault.severity:
            return pair
        counted = known.count if source in known.sources else known.count + 1
        alarm = replace(known, severity=fault.severity, text=fault.text, count=counted, last=max(at, known.last))
    else:
        alarm = replace(known, count=known.count + count, last=max(at, known.last))
    if source not in alarm.sources:
        alarm = replace(alarm, sources=(*alarm.sources, source))
    return _put(pair, alarm)


def clear_alarm(pair: PairPicture, key: str, source: AlarmSource, at: float) -> PairPicture:
    """Returns the pair with the alarm cleared, if it is active. A clear older than the latest report is ignored."""
    known = pair.alarms.get(key)
    if known is None or not known.is_active:
        return _clear_in_overflow(pair, key, source, at)
    if at < known.last:
        return pair
    return _end(pair, known, source, at)


def expire_alarms(pair: PairPicture, now: float) -> PairPicture:
    """Returns the pair with alarms cleared whose age limit has passed, and silences ended whose end has passed.

    Both get the time at which they were due, not the time of this call, so that all readers get the same result.
    """
    for alarm in pair.alarms.values():
        if not alarm.is_active:
            continue
        lasts = BY_KIND[alarm.kind].lasts if alarm.kind in BY_KIND else None
        if alarm.suppressed_until is not None and now >= alarm.suppressed_until:
            due = alarm.suppressed_until
            alarm = noted(unsuppressed(alarm), due, "the console", SILENCE_ENDED, "the silence ended")
            text = f"{alarm.kind} is active again: the silence ended"
            entry = TimelineEntry(due, EntrySource.ALARM, text, _server(pair, alarm))
            pair = _put(pair, alarm, entry)
        if lasts is not None and now >= alarm.last + lasts:
            pair = _end(pair, alarm, AlarmSource.AGE, alarm.last + lasts)
    return pair


def adopt_judged(pair: PairPicture, alarm: Alarm) -> PairPicture:
    """Returns the pair with an alarm as the collector judged it. Owner, comment and silence stay as they are here."""
    known = pair.alarms.get(alarm.id)
    if known is None or known.since != alarm.since:
        fresh = replace(alarm, history=(), acknowledged_by=None, acknowledged_at=None, comment="")
        fresh = replace(unsuppressed(fresh), cleared=None, cleared_by=None)
        pair = _open(pair, fresh)
        known = fresh
    updated = replace(
        known,
        severity=alarm.severity,
        text=alarm.text,
        last=alarm.last,
        count=alarm.count,
        sources=alarm.sources,
        members=alarm.members,
    )
    if alarm.cleared is not None and known.is_active:
        return _end(pair, updated, alarm.cleared_by or AlarmSource.POLL, alarm.cleared)
    return pair if updated == known else _put(pair, updated)


def _drop_expired(alarm: Alarm | None, at: float) -> Alarm | None:
    """The alarm; None if its age limit had passed before this report."""
    lasts = None if alarm is None or alarm.kind not in BY_KIND else BY_KIND[alarm.kind].lasts
    return None if alarm is None or (lasts is not None and at >= alarm.last + lasts) else alarm


def _continued(known: Alarm | None, opened: Alarm) -> Alarm:
    """The alarm that is raised now; if its fault ended a short time ago, as one that returned.

    Messages about the earlier fault count for it too, unless the end of that fault was already sent.
    """
    if known is None or known.cleared is None or known.cleared_by not in BY_THEMSELVES:
        return opened
    if opened.since - known.cleared >= RETURN_SECONDS:
        return opened
    over = any(name.endswith(f"/{RESOLVED}") for name in known.notified)
    return replace(opened, returned=known.returned + 1, notified={} if over else known.notified)


def _open(pair: PairPicture, alarm: Alarm) -> PairPicture:
    text = f"{alarm.severity} {alarm.kind}: {alarm.text}"
    entry = TimelineEntry(alarm.since, EntrySource.ALARM, text, _server(pair, alarm), severity=alarm.severity)
    return _put(pair, alarm, entry)


def _server(pair: PairPicture, alarm: Alarm) -> str:
    """The server that the entity of the alarm is or begins with; empty for the pair and for addresses."""
    entity = alarm.id.removeprefix(f"{pair.name}/{alarm.kind}/")
    name = entity.partition("/")[0]
    return name if name in pair.servers else ""


def _end(pair: PairPicture, alarm: Alarm, source: str, at: float) -> PairPicture:
    ended = noted(replace(alarm, cleared=at, cleared_by=source), at, source, "cleared")
    text = f"cleared {alarm.kind} (by {source})"
    return _put(pair, ended, TimelineEntry(at, EntrySource.ALARM, text, _server(pair, alarm)))


def _in_overflow(pair: PairPicture, fault: Fault) -> bool:
    overflow = pair.alarms.get(f"{pair.name}/{fault.kind}/{OVERFLOW}")
    return overflow is not None and overflow.is_active and fault.entity in overflow.members


def _is_crowded(pair: PairPicture, kind: str) -> bool:
    return (
        len(pair.alarms) >= MAX_ACTIVE_OF_KIND
        and sum(alarm.kind == kind and alarm.is_active for alarm in pair.alarms.values()) >= MAX_ACTIVE_OF_KIND
    )


def _raise_in_overflow(pair: PairPicture, fault: Fault, source: AlarmSource, at: float, count: int) -> PairPicture:
    """Returns the pair after a report that is counted by the overflow alarm of its kind."""
    key = f"{pair.name}/{fault.kind}/{OVERFLOW}"
    overflow = _drop_expired(pair.alarms.get(key), at)
    if overflow is None or not overflow.is_active:
        overflow = Alarm(key, fault.kind, fault.severity, at, at, 0, "", ())
        pair = _open(
            pair,
            replace(overflow, text=f"more than {MAX_ACTIVE_OF_KIND} alarms of this kind; the others share this line"),
        )
    known = fault.entity in overflow.members
    if known and source not in (AlarmSource.TRAP, AlarmSource.LOG):
        return pair
    members = overflow.members if known else (*overflow.members, fault.entity)[:MAX_MEMBERS]
    return _put(
        pair,
        replace(
            overflow,
            last=max(at, overflow.last),
            count=overflow.count + count,
            members=members,
            text=f"{len(members)} more after the first {MAX_ACTIVE_OF_KIND}; the latest: {fault.text}",
            sources=overflow.sources if source in overflow.sources else (*overflow.sources, source),
        ),
    )


def _clear_in_overflow(pair: PairPicture, key: str, source: AlarmSource, at: float) -> PairPicture:
    kind, _, entity = key[len(pair.name) + 1 :].partition("/")
    overflow = pair.alarms.get(f"{pair.name}/{kind}/{OVERFLOW}")
    if overflow is None or not overflow.is_active or entity not in overflow.members:
        return pair
    members = tuple(each for each in overflow.members if each != entity)
    if not members:
        return _end(pair, replace(overflow, members=()), source, at)
    return _put(pair, replace(overflow, members=members))


def _put(pair: PairPicture, alarm: Alarm, entry: TimelineEntry | None = None) -> PairPicture:
    timeline = pair.timeline if entry is None else (*pair.timeline, entry)[-MAX_TIMELINE:]
    return replace(pair, alarms={**pair.alarms, alarm.id: alarm}, timeline=timeline)


def drop_old_cleared(pair: PairPicture) -> PairPicture:
    """Returns the pair without old cleared alarms: all active ones stay, and the latest MAX_CLEARED cleared ones.

    It is called once after each observation, so that the order of the changes makes no difference.
    """
    closed = [(alarm.cleared, key) for key, alarm in pair.alarms.items() if alarm.cleared is not None]
    if len(closed) <= MAX_CLEARED:
        return pair
    dropped = {key for _, key in sorted(closed)[:-MAX_CLEARED]}
    return replace(pair, alarms={key: alarm for key, alarm in pair.alarms.items() if key not in dropped})

"""Decides which notifications to send now: rules x picture x time -> messages. Pure.

The alarms record what was already sent (`Alarm.notified`), and the journal keeps it, so that the next collector
continues from there. Nothing is sent for an alarm that is acknowledged, silenced, or the consequence of another alarm
of the same severity or a higher one.

    first        the alarm matches the rule and has been active for the delay
    repeat       it was not acknowledged in time, or its silence is over
    escalation   it was not acknowledged in time: sent to the other notification
    resolved     it was sent, and it is cleared
    digest       the alarms beyond the limit, in one message

Quiet hours delay messages and never drop them: an alarm that is still active at their end is sent then.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from console.insight.alarms.announcing import announced_from
from console.insight.alarms.causes import because_of
from console.insight.alarms.lifecycle import RESOLVED, SILENCE_ENDED
from console.insight.alarms.listing import FOLDED_FROM, entity
from console.insight.alarms.table import BY_KIND
from console.insight.limits import RETURN_SECONDS
from console.insight.wording import MINUTE, duration, plural, wall
from console.model.picture import OWN, WORST_FIRST, Alarm, PairPicture, Picture
from console.settings.notify import NotifySettings, QuietHours

FIRST, REPEAT, ESCALATION, DIGEST = "first", "repeat", "escalation", "digest"
LIMIT_SECONDS = 10 * MINUTE
DIGEST_SECONDS = 5 * MINUTE
"""The least time between two digests of the alarms beyond the limit."""
GATHER_SECONDS = 30.0
"""The longest that a message waits for others of its kind."""
NAMED_IN_DIGEST = 10


@dataclass(frozen=True, slots=True)
class Message:
    """One message through the notification named `target`. `about` are the pairs and ids of its alarms."""

    target: str
    stage: str
    title: str
    body: str
    about: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Notice:
    pair: PairPicture
    alarm: Alarm
    stage: str


def due_messages(rules: Sequence[NotifySettings], picture: Picture, now: float) -> list[Message]:
    """The messages to send now: for each notification the most severe first."""
    pairs = (*picture.pairs.values(), picture.own)
    return [
        message
        for rule in rules
        for message in _apply_limit(rule, list(_due_notices(rule, rules, pairs, now)), pairs, now)
    ]


def in_quiet_hours(hours: QuietHours | None, severity: str, now: float) -> bool:
    """Whether quiet hours hold back messages of that severity now."""
    if hours is None or severity in hours.passes:
        return False
    here = datetime.fromtimestamp(now, ZoneInfo(hours.zone)).time()
    if hours.begin < hours.end:
        return hours.begin <= here < hours.end
    return here >= hours.begin or here < hours.end


def _due_notices(
    rule: NotifySettings, rules: Sequence[NotifySettings], pairs: Sequence[PairPicture], now: float
) -> Iterator[_Notice]:
    escalating = [other for other in rules if other.escalate_to == rule.name]
    for pair in pairs:
        for alarm in pair.alarms.values():
            stage = _stage(rule, pair, alarm, now)
            if stage is None and any(_should_escalate(other, rule, pair, alarm, now) for other in escalating):
                stage = ESCALATION
            if stage is not None and not in_quiet_hours(rule.quiet, alarm.severity, now):
                yield _Notice(pair, alarm, stage)


def _stage(rule: NotifySettings, pair: PairPicture, alarm: Alarm, now: float) -> str | None:
    sent = _last_sent(rule, alarm)
    if not alarm.is_active:
        over = sent is not None and rule.resolved and not alarm.suppressed
        if alarm.returned and alarm.cleared is not None and now - alarm.cleared < RETURN_SECONDS:
            return None  # It comes and goes: its end is sent when it stays away.
        return RESOLVED if over and f"{rule.name}/{RESOLVED}" not in alarm.notified else None
    if not _matches_rule(rule, pair, alarm) or not _needs_attention(pair, alarm):
        return None
    if sent is None:
        return FIRST if now >= _due_at(rule, alarm) and not _is_covered(rule, pair, alarm) else None
    back = any(entry.what == SILENCE_ENDED and entry.at >= sent for entry in alarm.history)
    repeats = rule.repeat_minutes > 0 and now - sent >= rule.repeat_minutes * MINUTE
    return REPEAT if back or repeats else None


def _is_covered(rule: NotifySettings, pair: PairPicture, alarm: Alarm) -> bool:
    """Whether the operator was called already for a consequence of this alarm that is as severe and still active."""
    for other in pair.open_alarms:
        if _last_sent(rule, other) is None or WORST_FIRST.index(other.severity) > WORST_FIRST.index(alarm.severity):
            continue
        cause = because_of(pair, other)
        if cause is not None and cause.id == alarm.id:
            return True
    return False


def _due_at(rule: NotifySettings, alarm: Alarm) -> float:
    """When the first message about an alarm is due. What comes and goes has waited already."""
    announced = announced_from(alarm)
    return (
        announced if alarm.returned and announced == alarm.since else max(announced, alarm.since + rule.delay_seconds)
    )


def _is_gathering(rule: NotifySettings, pairs: Sequence[PairPicture], kind: str, now: float) -> bool:
    """Whether several alarms of a kind become due within seconds: one fault with many consequences. They are sent in
    one message, so the first of them waits for the last."""
    due = [
        _due_at(rule, alarm)
        for pair in pairs
        for alarm in pair.alarms.values()
        if alarm.kind == kind
        and alarm.is_active
        and _last_sent(rule, alarm) is None
        and _matches_rule(rule, pair, alarm)
        and _needs_attention(pair, alarm)
    ]
    soon = [at for at in due if at <= now + GATHER_SECONDS]
    return len(soon) >= FOLDED_FROM and max(soon) > now and now - min(soon) < GATHER_SECONDS


def _should_escalate(other: NotifySettings, rule: NotifySettings, pair: PairPicture, alarm: Alarm, now: float) -> bool:
    """Whether `other` escalates the alarm to `rule` now. `rule` must not have sent it before."""
    if other.escalate_minutes is None or _last_sent(rule, alarm) is not None or not alarm.is_active:
        return False
    if not _matches_rule(other, pair, alarm) or not _needs_attention(pair, alarm):
        return False
    sent = _first_sent(other, alarm)
    return sent is not None and now - sent >= other.escalate_minutes * MINUTE


def _matches_rule(rule: NotifySettings, pair: PairPicture, alarm: Alarm) -> bool:
    if alarm.severity not in rule.severities or (rule.kinds and alarm.kind not in rule.kinds):
        return False
    # Alarms about the console itself match every rule.
    if pair.name == OWN:
        return True
    named = not rule.pairs or pair.name in rule.pairs
    return named and (not rule.environments or pair.environment in rule.environments)


def _needs_attention(pair: PairPicture, alarm: Alarm) -> bool:
    """Whether the alarm is not acknowledged, not silenced, and not caused by an alarm that is as severe."""
    if alarm.acknowledged_by is not None or alarm.suppressed:
        return False
    cause = because_of(pair, alarm)
    return cause is None or WORST_FIRST.index(cause.severity) > WORST_FIRST.index(alarm.severity)


def _last_sent(rule: NotifySettings, alarm: Alarm) -> float | None:
    """When this notification last reported the alarm as active, None if it never did."""
    stages = (FIRST, REPEAT, ESCALATION, DIGEST)
    return max((at for at in (alarm.notified.get(f"{rule.name}/{each}") for each in stages) if at), default=None)


def _first_sent(rule: NotifySettings, alarm: Alarm) -> float | None:
    stages = (FIRST, DIGEST, ESCALATION)
    return min((at for at in (alarm.notified.get(f"{rule.name}/{each}") for each in stages) if at), default=None)


def _apply_limit(
    rule: NotifySettings, wanted: list[_Notice], pairs: Sequence[PairPicture], now: float
) -> Iterator[Message]:
    """One message for each notice up to the limit, and a digest of the rest."""
    wanted.sort(key=lambda each: (WORST_FIRST.index(each.alarm.severity), each.alarm.since, each.alarm.id))
    lately, digested = 0, float("-inf")
    for pair in pairs:
        for alarm in pair.alarms.values():
            for stage in (FIRST, REPEAT, ESCALATION, RESOLVED):
                lately += now - alarm.notified.get(f"{rule.name}/{stage}", float("-inf")) < LIMIT_SECONDS
            digested = max(digested, alarm.notified.get(f"{rule.name}/{DIGEST}", float("-inf")))
    room = max(0, rule.at_most - lately)
    gathering = {kind: _is_gathering(rule, pairs, kind, now) for kind in {each.alarm.kind for each in wanted}}
    wanted = [each for each in wanted if each.stage != FIRST or not gathering[each.alarm.kind]]
    grouped = _grouped(wanted)
    together = {(each.pair.name, each.alarm.id) for notices in grouped for each in notices}
    wanted = [each for each in wanted if (each.pair.name, each.alarm.id) not in together]
    for notices in grouped:
        if room:
            room -= 1
            yield _group_message(rule, notices)
        else:
            wanted += notices
    for each in wanted[:room]:
        yield _single_message(rule, each, now)
    # A resolved alarm is not listed among active ones: it is sent when the limit allows, or not at all.
    rest = [each for each in wanted[room:] if each.stage != RESOLVED]
    if rest and now - digested >= DIGEST_SECONDS:
        yield _digest_message(rule, rest)


def _grouped(wanted: Sequence[_Notice]) -> list[list[_Notice]]:
    """The notices that are sent together: several of one kind and stage in all pairs, or in one pair."""
    found: dict[tuple[str, str, str], list[_Notice]] = {}
    for each in wanted:
        found.setdefault((each.stage, each.alarm.kind, ""), []).append(each)
    for key, notices in list(found.items()):
        if len(notices) < FOLDED_FROM:
            del found[key]
            for each in notices:
                found.setdefault((each.stage, each.alarm.kind, each.pair.name), []).append(each)
    return [notices for notices in found.values() if len(notices) > 1]


def _group_message(rule: NotifySettings, notices: Sequence[_Notice]) -> Message:
    first = notices[0]
    word = {RESOLVED: "RESOLVED ", REPEAT: "STILL ", ESCALATION: "ESCALATED "}.get(first.stage, "")
    severity = "" if first.stage == RESOLVED else f"{first.alarm.severity.upper()} "
    title = f"{word}{severity}{first.alarm.kind}: {len(notices)} alarms"
    lines = [f"{each.pair.name} {entity(each.alarm)}: {each.alarm.text}" for each in notices[:NAMED_IN_DIGEST]]
    more = len(notices) - len(lines)
    lines += [f"and {more} more"] if more else []
    lines += [] if first.stage == RESOLVED else _to_do(first.alarm)
    about = tuple((each.pair.name, each.alarm.id) for each in notices)
    return Message(rule.name, first.stage, title, "\n".join(lines), about)


def _to_do(alarm: Alarm) -> list[str]:
    row = BY_KIND.get(alarm.kind)
    return [] if row is None else [f"to do: {row.act}"]


def _single_message(rule: NotifySettings, found: _Notice, now: float) -> Message:
    pair, alarm = found.pair, found.alarm
    where = "console" if pair.name == OWN else pair.name
    word = {RESOLVED: "RESOLVED", REPEAT: "STILL ", ESCALATION: "ESCALATED "}.get(found.stage, "")
    title = (
        f"{word} {alarm.kind} {where}"
        if found.stage == RESOLVED
        else f"{word}{alarm.severity.upper()} {alarm.kind} {where}"
    )
    zone = ZoneInfo(rule.quiet.zone) if rule.quiet is not None else ZoneInfo("UTC")
    since = wall(alarm.since, zone, now)
    lines = [alarm.text, f"{entity(alarm)}, since {since}, reported {alarm.count}x by {'+'.join(alarm.sources)}"]
    if found.stage != RESOLVED:
        lines += _to_do(alarm)
    if alarm.returned:
        lines.append(f"it came back {alarm.returned}x")
    if pair.environment:
        lines.append(f"environment {pair.environment}")
    if alarm.cleared is not None:
        lines.append(f"cleared by {alarm.cleared_by} after {duration(alarm.cleared - alarm.since)}")
    return Message(rule.name, found.stage, title, "\n".join(lines), ((pair.name, alarm.id),))


def _digest_message(rule: NotifySettings, rest: Sequence[_Notice]) -> Message:
    lines = [f"{each.alarm.severity} {each.alarm.kind} {each.pair.name} {entity(each.alarm)}" for each in rest]
    more = len(lines) - NAMED_IN_DIGEST
    shown = lines[:NAMED_IN_DIGEST] + ([f"and {more} more"] if more > 0 else [])
    worst = rest[0].alarm.severity.upper()
    title = f"{worst} {plural(len(rest), 'more alarm')}"
    return Message(rule.name, DIGEST, title, "\n".join(shown), tuple((each.pair.name, each.alarm.id) for each in rest))


def without_pending(messages: Sequence[Message], pending: Mapping[tuple[str, str], float], now: float) -> list[Message]:
    """The messages that are not being sent already. `pending` is the end of the wait, by target and alarm id."""
    return [
        message
        for message in messages
        if not any(pending.get((message.target, alarm), float("-inf")) > now for _, alarm in message.about)
    ]

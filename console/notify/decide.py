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

from console.insight.alarms.causes import because_of
from console.insight.alarms.lifecycle import SILENCE_ENDED
from console.insight.alarms.listing import entity
from console.insight.wording import MINUTE, duration, plural, wall
from console.model.picture import OWN, WORST_FIRST, Alarm, PairPicture, Picture
from console.settings.notify import NotifySettings, QuietHours

FIRST, REPEAT, ESCALATION, RESOLVED, DIGEST = "first", "repeat", "escalation", "resolved", "digest"
LIMIT_SECONDS = 10 * MINUTE
DIGEST_SECONDS = 5 * MINUTE
"""The least time between two digests of the alarms beyond the limit."""
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
        return RESOLVED if over and f"{rule.name}/{RESOLVED}" not in alarm.notified else None
    if not _matches_rule(rule, pair, alarm) or not _needs_attention(pair, alarm):
        return None
    if sent is None:
        return FIRST if now - alarm.since >= rule.delay_seconds else None
    back = any(entry.what == SILENCE_ENDED and entry.at >= sent for entry in alarm.history)
    repeats = rule.repeat_minutes > 0 and now - sent >= rule.repeat_minutes * MINUTE
    return REPEAT if back or repeats else None


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
    for each in wanted[:room]:
        yield _single_message(rule, each, now)
    # A resolved alarm is not listed among active ones: it is sent when the limit allows, or not at all.
    rest = [each for each in wanted[room:] if each.stage != RESOLVED]
    if rest and now - digested >= DIGEST_SECONDS:
        yield _digest_message(rule, rest)


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

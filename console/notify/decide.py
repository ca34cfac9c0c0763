"""Who is to be told what now: picture x time -> messages. Pure.

What was told already stands in the alarms themselves (`Alarm.notified`), where the journal keeps it, so whoever
collects next goes on from there. Nobody is told of what is owned, set aside, or the consequence of something as bad.

    first        it stands for the delay and matches
    repeat       nobody owns it after so long; or its time aside is over
    escalation   nobody owns it after so long: to the other notification
    resolved     it was told, and it is over
    digest       what is beyond the limit, in one message

Quiet hours put off and never drop: what still stands at their end is told then.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from console.insight.alarms.causes import because_of
from console.insight.alarms.listing import entity
from console.insight.wording import MINUTE, duration, plural, wall
from console.model.picture import OWN, WORST_FIRST, Alarm, PairPicture, Picture
from console.settings.notify import NotifySettings, QuietHours

FIRST, REPEAT, ESCALATION, RESOLVED, DIGEST = "first", "repeat", "escalation", "resolved", "digest"
LIMIT_SECONDS = 10 * MINUTE
DIGEST_SECONDS = 5 * MINUTE
"""At most so often what is beyond the limit is told together."""
NAMED_IN_DIGEST = 10


@dataclass(frozen=True, slots=True)
class Message:
    """One message by the notification named `target`. `about` are the pairs and ids of its alarms."""

    target: str
    stage: str
    title: str
    body: str
    about: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Due:
    pair: PairPicture
    alarm: Alarm
    stage: str


def due(rules: Sequence[NotifySettings], picture: Picture, now: float) -> list[Message]:
    """The messages to send now, for each notification the worst first."""
    pairs = (*picture.pairs.values(), picture.own)
    return [message for rule in rules for message in _limited(rule, list(_wanted(rule, rules, pairs, now)), pairs, now)]


def quiet(hours: QuietHours | None, severity: str, now: float) -> bool:
    """Whether nobody is to be told of that severity now."""
    if hours is None or severity in hours.passes:
        return False
    here = datetime.fromtimestamp(now, ZoneInfo(hours.zone)).time()
    if hours.begin < hours.end:
        return hours.begin <= here < hours.end
    return here >= hours.begin or here < hours.end


def _wanted(
    rule: NotifySettings, rules: Sequence[NotifySettings], pairs: Sequence[PairPicture], now: float
) -> Iterator[_Due]:
    escalating = [other for other in rules if other.escalate_to == rule.name]
    for pair in pairs:
        for alarm in pair.alarms.values():
            stage = _stage(rule, pair, alarm, now)
            if stage is None and any(_escalates(other, rule, pair, alarm, now) for other in escalating):
                stage = ESCALATION
            if stage is not None and not quiet(rule.quiet, alarm.severity, now):
                yield _Due(pair, alarm, stage)


def _stage(rule: NotifySettings, pair: PairPicture, alarm: Alarm, now: float) -> str | None:
    told = _told(rule, alarm)
    if not alarm.stands:
        over = told is not None and rule.resolved and not alarm.suppressed
        return RESOLVED if over and f"{rule.name}/{RESOLVED}" not in alarm.notified else None
    if not _about(rule, pair, alarm) or not _open(pair, alarm):
        return None
    if told is None:
        return FIRST if now - alarm.since >= rule.delay_seconds else None
    back = any(deed.what == "stands again" and deed.at >= told for deed in alarm.history)
    repeats = rule.repeat_minutes > 0 and now - told >= rule.repeat_minutes * MINUTE
    return REPEAT if back or repeats else None


def _escalates(other: NotifySettings, rule: NotifySettings, pair: PairPicture, alarm: Alarm, now: float) -> bool:
    """Whether `other` hands the alarm on to `rule` now, which has not told of it yet."""
    if other.escalate_minutes is None or _told(rule, alarm) is not None or not alarm.stands:
        return False
    if not _about(other, pair, alarm) or not _open(pair, alarm):
        return False
    told = _first_told(other, alarm)
    return told is not None and now - told >= other.escalate_minutes * MINUTE


def _about(rule: NotifySettings, pair: PairPicture, alarm: Alarm) -> bool:
    if alarm.severity not in rule.severities or (rule.kinds and alarm.kind not in rule.kinds):
        return False
    # The console's own troubles concern whoever is told of anything.
    if pair.name == OWN:
        return True
    named = not rule.pairs or pair.name in rule.pairs
    return named and (not rule.environments or pair.environment in rule.environments)


def _open(pair: PairPicture, alarm: Alarm) -> bool:
    """Nobody has it, it is not set aside, and nothing as bad explains it."""
    if alarm.acknowledged_by is not None or alarm.suppressed:
        return False
    cause = because_of(pair, alarm)
    return cause is None or WORST_FIRST.index(cause.severity) > WORST_FIRST.index(alarm.severity)


def _told(rule: NotifySettings, alarm: Alarm) -> float | None:
    """When this notification last told that it stands, None when it never did."""
    stages = (FIRST, REPEAT, ESCALATION, DIGEST)
    return max((at for at in (alarm.notified.get(f"{rule.name}/{each}") for each in stages) if at), default=None)


def _first_told(rule: NotifySettings, alarm: Alarm) -> float | None:
    stages = (FIRST, DIGEST, ESCALATION)
    return min((at for at in (alarm.notified.get(f"{rule.name}/{each}") for each in stages) if at), default=None)


def _limited(rule: NotifySettings, wanted: list[_Due], pairs: Sequence[PairPicture], now: float) -> Iterator[Message]:
    """Each alone up to the limit, and what is beyond it together."""
    wanted.sort(key=lambda each: (WORST_FIRST.index(each.alarm.severity), each.alarm.since, each.alarm.id))
    lately, digested = 0, float("-inf")
    for pair in pairs:
        for alarm in pair.alarms.values():
            for stage in (FIRST, REPEAT, ESCALATION, RESOLVED):
                lately += now - alarm.notified.get(f"{rule.name}/{stage}", float("-inf")) < LIMIT_SECONDS
            digested = max(digested, alarm.notified.get(f"{rule.name}/{DIGEST}", float("-inf")))
    room = max(0, rule.at_most - lately)
    for each in wanted[:room]:
        yield _alone(rule, each, now)
    # A resolved alarm needs no line among what stands; it is told when there is room, or not at all.
    rest = [each for each in wanted[room:] if each.stage != RESOLVED]
    if rest and now - digested >= DIGEST_SECONDS:
        yield _together(rule, rest)


def _alone(rule: NotifySettings, found: _Due, now: float) -> Message:
    pair, alarm = found.pair, found.alarm
    where = "console" if pair.name == OWN else pair.name
    word = {RESOLVED: "RESOLVED", REPEAT: "STILL ", ESCALATION: "NOBODY HAS "}.get(found.stage, "")
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


def _together(rule: NotifySettings, rest: Sequence[_Due]) -> Message:
    lines = [f"{each.alarm.severity} {each.alarm.kind} {each.pair.name} {entity(each.alarm)}" for each in rest]
    more = len(lines) - NAMED_IN_DIGEST
    shown = lines[:NAMED_IN_DIGEST] + ([f"and {more} more"] if more > 0 else [])
    worst = rest[0].alarm.severity.upper()
    title = f"{worst} {plural(len(rest), 'more alarm')}"
    return Message(rule.name, DIGEST, title, "\n".join(shown), tuple((each.pair.name, each.alarm.id) for each in rest))


def unsent(messages: Sequence[Message], under_way: Mapping[tuple[str, str], float], now: float) -> list[Message]:
    """Those that are not under way already: `under_way` has, by target and alarm, until when to leave it alone."""
    return [
        message
        for message in messages
        if not any(under_way.get((message.target, alarm), float("-inf")) > now for _, alarm in message.about)
    ]

"""The verdict: one judgement of a pair, from which its severity and its sentence both come.

It begins with the situation of the pair (`console.insight.situations`). An active alarm, a danger or a missing fact
that is worse than the situation decides the severity, and then it is in the sentence too, before the situation. So a
trap or a log line that is newer than the last answers counts, and severity and sentence never contradict each other.
"""

from dataclasses import dataclass
from datetime import UTC, tzinfo

from console.insight.alarms.judging import undecided
from console.insight.danger import banners
from console.insight.joint import Joint, joint
from console.insight.memo import once
from console.insight.situations import GOOD, SITUATIONS, both_words, empty_pools
from console.model.alarm_kinds import AlarmKind
from console.model.picture import WORST_FIRST, PairPicture, Severity

BADNESS = WORST_FIRST[::-1]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of a pair at a time. `sentence` ends with a full stop."""

    severity: Severity
    sentence: str


@once
def judge(pair: PairPicture, now: float, zone: tzinfo) -> Verdict:
    """The judgement of the pair."""
    both = joint(pair, now, zone)
    found = _situation(both)
    worse = _beyond(both)
    if worse is None or BADNESS.index(worse.severity) <= BADNESS.index(found.severity):
        return found
    rest = f"{both_words(both)}." if found.sentence.startswith(GOOD) else found.sentence
    return Verdict(worse.severity, f"{worse.sentence} {rest}")


def verdict(pair: PairPicture, now: float, zone: tzinfo) -> str:
    """The sentence at the top of the screen."""
    return judge(pair, now, zone).sentence


def severity(pair: PairPicture, now: float, zone: tzinfo = UTC) -> Severity:
    """The severity of the pair. The zone is for its sentence only."""
    return judge(pair, now, zone).severity


def _situation(both: Joint) -> Verdict:
    grade, sentence = next((grade, words) for grade, rule in SITUATIONS if (words := rule(both)) is not None)
    empty = empty_pools(both)
    if empty and "empty" not in sentence:
        return Verdict(Severity.CRITICAL, f"EMPTY: {', '.join(empty)}. {sentence}")
    return Verdict(grade, sentence)


def _beyond(both: Joint) -> Verdict | None:
    """The worst of the active alarms, the dangers and what the console cannot exclude; None without any."""
    found = [
        Verdict(alarm.severity, f"{alarm.kind}: {alarm.text.rstrip('.')}.")
        for alarm in both.pair.open_alarms
        if alarm.kind != AlarmKind.UNKNOWN_TRAP and alarm.severity is not Severity.INFO
    ]
    found += [Verdict(each.severity, each.text) for each in banners(both.pair, both.now, both.zone)]
    reason = undecided(both.pair, both.now)
    if reason is not None:
        found.append(Verdict(Severity.UNKNOWN, f"Cannot exclude a fault: {reason}."))
    return max(found, key=lambda each: BADNESS.index(each.severity), default=None)

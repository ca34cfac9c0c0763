"""A handover to the next shift: what is open, what happens next without an operator, what was done, what must not be
done, and the pinned notes. Pure: pictures and actions to sections of lines, for Markdown, HTML and the screen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from console.insight.alarms.announcing import is_announced
from console.insight.alarms.causes import because_of
from console.insight.alarms.table import BY_KIND
from console.insight.countdowns import cannot_tell, countdowns
from console.insight.danger import banners
from console.insight.freshness import is_seen, main_first
from console.insight.guarded.table import offered
from console.insight.verdict import severity, verdict
from console.insight.wording import duration, wall
from console.model.observations import ActionOutcome, Observation, OperatorAction
from console.model.picture import OWN, Alarm, PairPicture, Severity

QUIET_ACTIONS = frozenset({"suppress"})
"""What a plan does by itself is in the alarms."""
ACTIONS_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its lines; `empty` is what is written where there are none."""

    title: str
    lines: tuple[str, ...]
    empty: str


@dataclass(frozen=True, slots=True)
class PairHandover:
    """One pair: its verdict and its sections. `calm`: there is nothing to hand over."""

    name: str
    environment: str
    severity: Severity
    verdict: str
    sections: tuple[Section, ...]
    calm: bool


def handover(
    pairs: Iterable[PairPicture], own: PairPicture, seen: Sequence[Observation], now: float, zone: tzinfo
) -> list[PairHandover]:
    """The handover of each pair, the pairs with something open first. `seen` are the actions of the shift, in order."""
    found = [_pair(pair, seen, now, zone) for pair in pairs]
    console = [_own(own, now, zone)] if any(alarm.is_active for alarm in own.alarms.values()) else []
    return [*console, *sorted(found, key=lambda each: (each.calm, each.name))]


def _pair(pair: PairPicture, seen: Sequence[Observation], now: float, zone: tzinfo) -> PairHandover:
    alarms = tuple(_alarm(pair, alarm, now, zone) for alarm in pair.open_alarms)
    ahead = tuple(f"{wall(each.at, zone, now)} ({_left(each.at - now)}): {each.text}" for each in countdowns(pair, now))
    unknown = cannot_tell(pair, now)
    notes = tuple(_note(each.at, each.who, each.text, now, zone) for each in pair.notes.values())
    done = _actions([each for each in seen if each.pair == pair.name], now, zone)
    forbidden = _forbidden(pair, now, zone)
    sections = (
        Section("Notes", notes, "none"),
        Section("Open alarms", alarms, "none is known"),
        Section("What happens next without an operator", (*ahead, *([unknown] if unknown else [])), "nothing is due"),
        Section("What must not be done", forbidden, "no danger is known"),
        Section("What was done", done, "nothing through the console"),
    )
    judged = severity(pair, now, zone)
    calm = judged in (Severity.OK, Severity.INFO) and not (alarms or notes or done or forbidden)
    return PairHandover(pair.name, pair.environment, judged, verdict(pair, now, zone), sections, calm)


def _own(own: PairPicture, now: float, zone: tzinfo) -> PairHandover:
    alarms = tuple(_alarm(own, alarm, now, zone) for alarm in own.open_alarms)
    worst = own.open_alarms[0].severity
    return PairHandover(
        OWN, "", worst, "The console itself has faults.", (Section("Open alarms", alarms, "none"),), False
    )


def _left(seconds: float) -> str:
    return f"in {duration(seconds)}" if seconds > 0 else "passed"


def _note(at: float, who: str, text: str, now: float, zone: tzinfo) -> str:
    return f"{text} ({who}, {wall(at, zone, now)})"


def _alarm(pair: PairPicture, alarm: Alarm, now: float, zone: tzinfo) -> str:
    owner = f"owner {alarm.acknowledged_by}" if alarm.acknowledged_by is not None else "NO OWNER"
    words = [f"{alarm.severity} {alarm.kind}: {alarm.text}", f"since {wall(alarm.since, zone, now)}", owner]
    if alarm.comment:
        words.append(f"comment: {alarm.comment}")
    if alarm.suppressed_until is not None:
        why = f" ({alarm.suppressed_for})" if alarm.suppressed_for else ""
        words.append(f"silenced until {wall(alarm.suppressed_until, zone, now)}{why}")
    cause = because_of(pair, alarm)
    if cause is not None:
        words.append(f"because of {cause.kind}")
    if not is_announced(alarm, now):
        words.append("not announced yet")
    row = BY_KIND.get(alarm.kind)
    if row is not None and not row.advises and cause is None:
        words.append(f"to do: {row.act}")
    return "; ".join(words)


def _forbidden(pair: PairPicture, now: float, zone: tzinfo) -> tuple[str, ...]:
    """The dangers, and for each server why Set Partner Down is refused there while the pair is not healthy."""
    found = [each.text for each in banners(pair, now, zone)]
    if severity(pair, now, zone) in (Severity.OK, Severity.INFO):
        return tuple(found)
    for server in main_first(pair.servers.values()):
        if not is_seen(server, now):
            found.append(f"do not conclude that {server.name} is down: the console cannot see it")
            continue
        reason = offered(pair, server.name, now)
        if reason is not None:
            found.append(f"no Set Partner Down on {server.name}: {reason}")
    return tuple(found)


def _actions(seen: Sequence[Observation], now: float, zone: tzinfo) -> tuple[str, ...]:
    lines = []
    for each in seen:
        match each:
            case OperatorAction() if each.action in QUIET_ACTIONS and str(each.detail.get("reason", "")).startswith(
                "planned: "
            ):
                continue
            case OperatorAction():
                why = each.detail.get("reason") or each.detail.get("comment") or ""
                words = f"{each.operator}: {each.action} {each.subject}" + (f": {why}" if why else "")
            case ActionOutcome():
                result = "done" if each.succeeded else "FAILED"
                words = f"{each.operator}: {each.action} {each.subject} {result}: {each.text}"
            case _:
                continue
        lines.append(f"{wall(each.at, zone, now)}  {words}")
    left_out = len(lines) - ACTIONS_SHOWN
    more = (
        [f"{left_out} earlier actions are not shown: the journal and the audit log have them"] if left_out > 0 else []
    )
    return (*more, *lines[-ACTIONS_SHOWN:])

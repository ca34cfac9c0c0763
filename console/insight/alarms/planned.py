"""Planned silences: which alarms a plan silences now, and until when. Pure: plans x picture x time -> actions.

A plan names pairs, environments or kinds, and a window: once, or on days of the week by the clock of a zone. Alarms
that are raised in the window are silenced until its end, as an operator would do it, so that the journal, the history
of the alarm and every console show who silenced it and why. An alarm that an operator made active again during the
window stays active. An alarm that is still active after the window is announced then.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from console.model.alarm_actions import SUPPRESS, UNSUPPRESS
from console.model.observations import OperatorAction
from console.model.picture import Alarm, PairPicture, Picture

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Plan:
    """A planned silence. Empty `pairs`, `environments` and `kinds` mean any; at least one of them is not empty.

    `days` with `begin` and `end` are a weekly window by the clock of `zone`; an `end` that is not after `begin` is on
    the next day. Without days, `first` and `last` (Unix seconds) are one window. `by` is who planned it.
    """

    name: str
    pairs: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    begin: time = time(0)
    end: time = time(0)
    zone: tzinfo = UTC
    first: float | None = None
    last: float | None = None
    reason: str = ""
    by: str = ""

    def concerns(self, pair: PairPicture, alarm: Alarm) -> bool:
        """Whether the plan is about an alarm of that pair."""
        return (
            (not self.pairs or pair.name in self.pairs)
            and (not self.environments or pair.environment in self.environments)
            and (not self.kinds or alarm.kind in self.kinds)
        )

    def window(self, now: float) -> tuple[float, float] | None:
        """The beginning and the end of the window that `now` is in; None outside every window."""
        if not self.days:
            inside = self.first is not None and self.last is not None and self.first <= now < self.last
            return (self.first, self.last) if inside and self.first is not None and self.last is not None else None
        today = datetime.fromtimestamp(now, self.zone).date()
        found = [self._on(day) for day in (today - timedelta(days=1), today) if DAYS[day.weekday()] in self.days]
        inside_of = [window for window in found if window[0] <= now < window[1]]
        return max(inside_of, key=lambda window: window[1], default=None)

    def _on(self, day: date) -> tuple[float, float]:
        last = day if self.end > self.begin else day + timedelta(days=1)
        begin = datetime.combine(day, self.begin, self.zone)
        return begin.timestamp(), datetime.combine(last, self.end, self.zone).timestamp()


def due_silences(plans: Sequence[Plan], picture: Picture, now: float) -> Iterator[OperatorAction]:
    """The silences that begin now: one action for each alarm that a plan is about and that is not silenced yet."""
    running = [(plan, window) for plan in plans if (window := plan.window(now)) is not None]
    if not running:
        return
    for pair in (*picture.pairs.values(), picture.own):
        for alarm in pair.alarms.values():
            if not alarm.is_active or alarm.suppressed:
                continue
            found = [(plan, window) for plan, window in running if plan.concerns(pair, alarm)]
            found = [(plan, window) for plan, window in found if not _taken_back(alarm, window[0])]
            if found:
                plan, (_, end) = max(found, key=lambda each: each[1][1])
                reason = f"planned: {plan.name}" + (f", {plan.reason}" if plan.reason else "")
                detail = {"until": end, "reason": reason}
                yield OperatorAction(now, pair.name, plan.by or "planned silence", SUPPRESS, alarm.id, detail)


def _taken_back(alarm: Alarm, since: float) -> bool:
    """Whether an operator made the alarm active again in this window."""
    return any(entry.what == UNSUPPRESS and entry.at >= since for entry in alarm.history)


def running(plans: Iterable[Plan], now: float) -> list[tuple[Plan, float]]:
    """The plans whose window `now` is in, with its end."""
    return [(plan, window[1]) for plan in plans if (window := plan.window(now)) is not None]

"""The episodes of alarms: each is one time that an alarm became active, until it was cleared.

They are found by comparing the pictures before and after each observation, so any source of observations will do: a
journal, a recording, or a simulated day.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from console.insight.alarms.announcing import delay_of
from console.insight.alarms.causes import because_of
from console.insight.alarms.listing import FOLDED_FROM
from console.insight.limits import RETURNS_ANNOUNCED
from console.model.picture import Alarm, PairPicture, Picture, Severity

PLANNED_WITHIN_SECONDS = 5.0
"""An alarm that was silenced so soon after it was raised was silenced by a plan, before it was announced."""
GROUPED_WITHIN_SECONDS = 60.0
"""The cause of an alarm can be reported after its consequence, by as much."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One time that an alarm was active. `ended` is None while it is active.

    `key` is the id of the alarm. `silenced`: a silence was in force when it would have been announced. `cause` is the
    kind of the alarm that it follows from, empty without one. `folded`: it joined a line of the list of alarms, because
    several alarms of its kind were active already. `returned` is how often it had come back soon, and `again`: it is
    one that had been announced and came back soon, so it was no news. `owned_at`: when an operator first acknowledged
    it.
    """

    pair: str
    key: str
    kind: str
    severity: Severity
    since: float
    ended: float | None = None
    silenced: bool = False
    cause: str = ""
    folded: bool = False
    returned: int = 0
    again: bool = False
    owned_at: float | None = None

    @property
    def announced_at(self) -> float | None:
        """When it was announced to the operator as a line of its own; None if it never was."""
        return None if self.silenced or self.folded or self.again else self.shown_at

    @property
    def shown_at(self) -> float | None:
        """When it was in the list of active alarms, in whatever line; None if it ended before."""
        at = self.since + (0.0 if self.returned >= RETURNS_ANNOUNCED else delay_of(self.kind))
        return None if self.ended is not None and self.ended < at else at


class EpisodeReader:
    """Collects episodes from pictures in the order of time."""

    def __init__(self) -> None:
        self._open: dict[str, Episode] = {}
        self._ended: list[Episode] = []
        self._of_kind: dict[str, int] = {}
        self._told: set[str] = set()

    def compare(self, before: Picture, after: Picture) -> None:
        """Note what an observation changed."""
        if after.pairs is not before.pairs:
            for name, pair in after.pairs.items():
                self._compare_pair(before.pairs.get(name), pair)
        if after.own is not before.own:
            self._compare_pair(before.own, after.own)

    def _compare_pair(self, was: PairPicture | None, now: PairPicture) -> None:
        if was is not None and was.alarms is now.alarms:
            return
        known = {} if was is None else was.alarms
        for key, alarm in now.alarms.items():
            if known.get(key) is not alarm:
                self._note(now, alarm)

    def _note(self, pair: PairPicture, alarm: Alarm) -> None:
        episode = self._open.get(alarm.id)
        if episode is not None and episode.since != alarm.since:
            # It was cleared and raised again between two pictures.
            self._end(episode, alarm.since)
            episode = None
        if episode is None:
            if not alarm.is_active:
                return
            already = self._of_kind.get(alarm.kind, 0)
            self._of_kind[alarm.kind] = already + 1
            episode = Episode(pair.name, alarm.id, alarm.kind, alarm.severity, alarm.since)
            episode = replace(
                episode,
                folded=already + 1 >= FOLDED_FROM,
                returned=alarm.returned,
                again=alarm.returned > 0 and alarm.id in self._told,
            )
        self._open[alarm.id] = episode = _updated(episode, pair, alarm)
        if alarm.cleared is not None:
            self._end(episode, alarm.cleared)

    def _end(self, episode: Episode, at: float) -> None:
        del self._open[episode.key]
        self._of_kind[episode.kind] -= 1
        episode = replace(episode, ended=at)
        self._ended.append(episode)
        if episode.shown_at is not None or episode.again:
            self._told.add(episode.key)
        else:
            self._told.discard(episode.key)

    def episodes(self) -> list[Episode]:
        """All episodes so far, in the order in which they began."""
        return sorted([*self._ended, *self._open.values()], key=lambda each: (each.since, each.key))


def _updated(episode: Episode, pair: PairPicture, alarm: Alarm) -> Episode:
    cause = episode.cause
    if not cause and alarm.is_active and alarm.last - episode.since <= GROUPED_WITHIN_SECONDS:
        found = because_of(pair, alarm)
        cause = "" if found is None else found.kind
    planned = any(
        entry.what == "suppress" and entry.at <= episode.since + max(PLANNED_WITHIN_SECONDS, delay_of(episode.kind))
        for entry in alarm.history
    )
    owned = episode.owned_at if episode.owned_at is not None else alarm.acknowledged_at
    return replace(episode, severity=alarm.severity, cause=cause, silenced=episode.silenced or planned, owned_at=owned)


def in_range(episodes: Iterable[Episode], start: float, end: float) -> list[Episode]:
    """Those that were active in a range."""
    return [each for each in episodes if each.since <= end and (each.ended is None or each.ended >= start)]

"""Saving an incident: which stretch of time it is about, and the file that it becomes.

The file has all that the journal kept of the pair in that time: answers, traps, log lines, alarms as they stood, what
people did. It has no passwords and no communities: no observation ever had any.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from console.errors import JournalError
from console.insight.wording import DAY, HOUR, MINUTE
from console.journal.files import About, SavedPair, SavedServer, write_recording
from console.journal.store import Journal
from console.model.observations import Observation
from console.model.picture import OWN, PairPicture
from console.model.picture import Severity as S
from console.settings.paths import file_word

BEFORE_SECONDS = 10 * MINUTE
"""What led to it is part of it."""
SHORTEST_SECONDS = 30 * MINUTE
LONGEST_SECONDS = 2 * DAY
LATE_SECONDS = HOUR
"""An alarm that ended so long ago may be what one wants to save."""
GRAVE = frozenset({S.CRITICAL, S.MAJOR, S.WARNING})


@dataclass(frozen=True, slots=True)
class Saved:
    """The file that was written, and how many observations are in it."""

    path: Path
    observations: int


def suggested_start(pair: PairPicture, now: float) -> float:
    """When the incident began: ten minutes before the oldest alarm of it; half an hour ago when there is none."""
    alarms = [
        alarm.since
        for alarm in pair.alarms.values()
        if alarm.severity in GRAVE and (alarm.stands or (alarm.cleared or 0.0) > now - LATE_SECONDS)
    ]
    began = min(alarms, default=now) - BEFORE_SECONDS
    return max(min(began, now - SHORTEST_SECONDS), now - LONGEST_SECONDS)


def file_name(pair: str, at: float) -> str:
    """`incident-example-pair-20260715-031200Z.jsonl.gz`."""
    return f"incident-{file_word(pair, 'pair')}-{datetime.fromtimestamp(at, UTC):%Y%m%d-%H%M%SZ}.jsonl.gz"


def about(pair: PairPicture, start: float, end: float, saved_at: float, saved_by: str, note: str) -> About:
    """What the file says of itself."""
    servers = tuple(SavedServer(each.name, each.role, each.make.name) for each in pair.servers.values())
    return About(start, end, saved_at, saved_by, note, (SavedPair(pair.name, pair.environment, servers),))


class Incidents(Protocol):
    """Where a screen saves an incident."""

    def save(self, told: About) -> Saved:
        """Write the file. Raises JournalError. Takes as long as disks do: not on the event loop."""
        ...


@dataclass(frozen=True, slots=True)
class FromJournal:
    """Saves what the journal at `url` kept."""

    url: str
    folder: Path

    def save(self, told: About) -> Saved:
        """Raises JournalError, also when nothing was recorded."""
        journal = Journal.open(self.url)
        try:
            return write(journal.replayed(told.start, told.end), self.folder / _name(told), told)
        finally:
            journal.close()


@dataclass(frozen=True, slots=True)
class FromReplay:
    """Saves a part of the recording that is played."""

    recorded: Callable[[float, float], Iterable[Observation]]
    folder: Path

    def save(self, told: About) -> Saved:
        """Raises JournalError, also when nothing was recorded."""
        return write(self.recorded(told.start, told.end), self.folder / _name(told), told)


def _name(told: About) -> str:
    return file_name(told.pairs[0].name, told.end)


def write(observations: Iterable[Observation], path: Path, told: About) -> Saved:
    """Write those observations that are about the pairs, or about the console itself."""
    wanted = {"", OWN, *(pair.name for pair in told.pairs)}
    kept = [each for each in observations if each.pair in wanted]
    if not any(each.pair not in ("", OWN) for each in kept):
        raise JournalError("nothing was recorded of the pair in that time: choose another start")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise JournalError(f"cannot make {path.parent}: {error.strerror or error}") from error
    return Saved(path, write_recording(path, kept, told))

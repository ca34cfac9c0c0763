"""Saving an incident: which period it covers, and the file that is written.

The file has everything that the journal recorded for the pair in that period: answers, traps, log lines, alarms and
operator actions. It has no passwords and no communities, because observations do not contain any.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from console.actions.access import Access
from console.errors import JournalError
from console.insight.wording import DAY, HOUR, MINUTE
from console.journal.damage import renamed
from console.journal.files import About, SavedPair, SavedServer, write_recording
from console.journal.store import Journal
from console.model.observations import Observation
from console.model.picture import OWN, PairPicture
from console.model.picture import Severity as S
from console.settings.paths import file_word

BEFORE_SECONDS = 10 * MINUTE
"""The time before the first alarm belongs to the incident."""
SHORTEST_SECONDS = 30 * MINUTE
LONGEST_SECONDS = 2 * DAY
LATE_SECONDS = HOUR
"""An alarm that was cleared within this time still belongs to the incident."""
INCIDENT_SEVERITIES = frozenset({S.CRITICAL, S.MAJOR, S.WARNING})


@dataclass(frozen=True, slots=True)
class SavedIncident:
    """The file that was written, and the number of its observations."""

    path: Path
    observations: int
    note: str = ""
    """What the file lacks of the requested time, and where it may be."""


def suggested_start(pair: PairPicture, now: float) -> float:
    """The start of the incident: ten minutes before its oldest alarm, or half an hour ago if there is none."""
    alarms = [
        alarm.since
        for alarm in pair.alarms.values()
        if alarm.severity in INCIDENT_SEVERITIES and (alarm.is_active or (alarm.cleared or 0.0) > now - LATE_SECONDS)
    ]
    began = min(alarms, default=now) - BEFORE_SECONDS
    return max(min(began, now - SHORTEST_SECONDS), now - LONGEST_SECONDS)


def file_name(pair: str, at: float) -> str:
    """`incident-example-pair-20260715-031200Z.jsonl.gz`."""
    return f"incident-{file_word(pair, 'pair')}-{datetime.fromtimestamp(at, UTC):%Y%m%d-%H%M%SZ}.jsonl.gz"


def incident_details(pair: PairPicture, start: float, end: float, saved_at: float, saved_by: str, note: str) -> About:
    """The head of an incident file: the period, who saved it, and the pair with its servers."""
    servers = tuple(
        SavedServer(each.name, each.role, each.make.name, each.make.polled) for each in pair.servers.values()
    )
    return About(start, end, saved_at, saved_by, note, (SavedPair(pair.name, pair.environment, servers),))


class Incidents(Protocol):
    """Saves incidents for a screen."""

    def save(self, details: About) -> SavedIncident:
        """Write the file. Raises JournalError. It waits for the disk: do not call it in the event loop."""
        ...


@dataclass(frozen=True, slots=True)
class JournalIncidents:
    """Saves observations of the journal at `url`."""

    url: str
    folder: Path
    access: Access = Access.OPERATE

    def save(self, details: About) -> SavedIncident:
        """Write the file. Raises JournalError, also if nothing was recorded."""
        self.access.check()
        journal = Journal.open(self.url)
        try:
            saved = write(journal.replayed(details.start, details.end), self.folder / _name(details), details)
            span = journal.span()
        finally:
            journal.close()
        return replace(saved, note=_lacking(self.url, details.start, span))


def _lacking(url: str, start: float, span: tuple[float, float] | None) -> str:
    """What a journal with entries of this time has not of a time since `start`, if it was begun in place of a damaged
    one."""
    old = renamed(url)
    if not old or span is None or span[0] <= start:
        return ""
    begins = datetime.fromtimestamp(span[0], UTC)
    return (
        f"the journal begins at {begins:%Y-%m-%d %H:%M:%SZ}: what was recorded before is in {old[-1]}, which is damaged"
    )


@dataclass(frozen=True, slots=True)
class ReplayIncidents:
    """Saves a part of the recording that is replayed."""

    recorded: Callable[[float, float], Iterable[Observation]]
    folder: Path
    access: Access = Access.OPERATE

    def save(self, details: About) -> SavedIncident:
        """Write the file. Raises JournalError, also if nothing was recorded."""
        self.access.check()
        return write(self.recorded(details.start, details.end), self.folder / _name(details), details)


def _name(details: About) -> str:
    return file_name(details.pairs[0].name, details.end)


def write(observations: Iterable[Observation], path: Path, details: About) -> SavedIncident:
    """Write the observations about the pairs and about the console itself."""
    wanted = {"", OWN, *(pair.name for pair in details.pairs)}
    kept = [each for each in observations if each.pair in wanted]
    if not any(each.pair not in ("", OWN) for each in kept):
        raise JournalError("nothing was recorded for the pair in that time: choose another start")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise JournalError(f"cannot create {path.parent}: {error.strerror or error}") from error
    return SavedIncident(path, write_recording(path, kept, details))

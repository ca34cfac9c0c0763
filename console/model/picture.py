"""The picture: what is known of every pair right now, with the time at which each part was learnt.

Immutable: the reducer makes a new one from an old one, and whatever did not change is shared between them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from console.model.observations import LogLine, TrapSeen
from console.model.reports import Report


class Severity(StrEnum):
    """As monitoring plugins have it. `UNKNOWN` means that nothing can be said, not that nothing is wrong."""

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sample:
    """Free addresses of one server at one time: of all its pools and of each, its own share alone."""

    at: float
    available: int
    pools: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ServerPicture:
    """One partner. `report` is its last answer, got at `reported_at`; both `None` until it first answers.

    `unseen_since` is when asking it first failed in a row, `error` why; both `None` while it answers.
    """

    name: str
    role: str
    report: Report | None = None
    reported_at: float | None = None
    unseen_since: float | None = None
    error: str | None = None
    failures: int = 0
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True)
class Alarm:
    """One fault. `id` is its reduction key: whoever reports the same fault reports this alarm.

    `since` and `last` are its first and latest report, `count` how many reports there were, `sources` who
    reported (poll, trap, log). `cleared` is `None` while it stands.
    """

    id: str
    kind: str
    severity: Severity
    since: float
    last: float
    count: int
    text: str
    sources: tuple[str, ...]
    acknowledged_by: str | None = None
    cleared: float | None = None
    cleared_by: str | None = None


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of the incident's story. `source` is state, contact, trap, alarm or operator."""

    at: float
    source: str
    text: str


@dataclass(frozen=True, slots=True)
class PairPicture:
    """One pair: its two servers, and what was heard about it. Newest last in every sequence."""

    name: str
    environment: str
    servers: Mapping[str, ServerPicture]
    alarms: Mapping[str, Alarm] = field(default_factory=dict)
    timeline: tuple[TimelineEntry, ...] = ()
    logs: tuple[LogLine, ...] = ()
    traps: tuple[TrapSeen, ...] = ()

    def partner_of(self, server: str) -> ServerPicture:
        """The other one. Raises KeyError when `server` is not of this pair."""
        if server not in self.servers:
            raise KeyError(server)
        return next(each for name, each in self.servers.items() if name != server)

    @property
    def open_alarms(self) -> tuple[Alarm, ...]:
        """Alarms that stand, worst first, then oldest first."""
        order = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.UNKNOWN: 2, Severity.OK: 3}
        standing = [alarm for alarm in self.alarms.values() if alarm.cleared is None]
        return tuple(sorted(standing, key=lambda alarm: (order[alarm.severity], alarm.since, alarm.id)))


@dataclass(frozen=True, slots=True)
class Picture:
    """Every pair, and traps whose sender is nobody configured. `at` is the time of the latest observation."""

    pairs: Mapping[str, PairPicture]
    at: float = 0.0
    stray_traps: tuple[TrapSeen, ...] = ()

"""The picture: the facts of every pair, each with the time at which it was received.

Immutable: the reducer makes a new picture from an old one, which shares the parts that did not change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from console.model.arrivals import Arrivals
from console.model.facts import PairFacts
from console.model.observations import ConfigAnswer, LeaseAnswer, LogLine, TrapSeen
from console.model.phases import Phase
from console.model.profiles import NO_MAKE, MakeProfile


class Severity(StrEnum):
    """How bad something is. `UNKNOWN`: the facts that decide it are missing.

    Critical: clients lose service or may get one address twice, now or soon. Major: the pair serves, and something
    that protects it is broken. Warning: it will matter if nothing is done. Info: worth knowing.
    """

    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    MAJOR = "major"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


WORST_FIRST = (
    Severity.CRITICAL,
    Severity.MAJOR,
    Severity.WARNING,
    Severity.UNKNOWN,
    Severity.INFO,
    Severity.OK,
)
"""Unknown is worse than info and better than a known fault."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Free addresses of one server at one time, in each pool: its own share only.

    `available` is the sum over the pools of `family`, the IPv4 pools where there are some: a sum of addresses of both
    families and of prefixes would hide what each of them does.
    """

    at: float
    available: int
    pools: Mapping[str, int]
    family: str = ""


@dataclass(frozen=True, slots=True)
class ServerPicture:
    """One partner. `facts` are those of its last answer, received at `reported_at`; both `None` until it first answers.

    `make` is what this make of server can report and do. `unseen_since` is the first of the present failed polls,
    `error` the reason; both None while it answers. `no_such_pair`: its last answer was that it does not have the pair.
    `unreadable`: its last answer cannot be read, so the facts before it do not hold.
    `reload_pending_since` is when a pending reload was first seen; None without one. `arrivals` has the new clients of
    each pool that counts them; `resync_began` when a transfer was first seen, and how much was done then.
    `phase_seen_at` is when the present phase was first seen, for makes that do not report since when it lasts.
    """

    name: str
    role: str
    make: MakeProfile = NO_MAKE
    facts: PairFacts | None = None
    reported_at: float | None = None
    unseen_since: float | None = None
    error: str | None = None
    failures: int = 0
    no_such_pair: bool = False
    unreadable: bool = False
    samples: tuple[Sample, ...] = ()
    reload_pending_since: float | None = None
    arrivals: Mapping[str, Arrivals] = field(default_factory=dict)
    resync_began: tuple[float, int] | None = None
    phase_seen_at: float | None = None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One entry in the history of an alarm: `who` did `what`, with the given text."""

    at: float
    who: str
    what: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One fault. `id` is its reduction key: all reports of the same fault are reports of this alarm.

    `since` and `last` are the times of its first and latest report, `count` the number of reports, `sources` where they
    came from (poll, trap, log). `cleared` is None while it is active; `cleared_by` is a source, `age`, or a person.
    Acknowledgement and silence end with the alarm: one that is raised again has a new `since` and no owner. `members`
    are the entities of an alarm that represents those of its kind beyond the limit. `notified` has the time of the
    latest message, by notification and stage (`console.notify`). `returned` is how often the fault came back soon after
    its end, without a quiet time in between.
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
    acknowledged_at: float | None = None
    comment: str = ""
    suppressed_until: float | None = None
    suppressed_by: str | None = None
    suppressed_for: str = ""
    history: tuple[HistoryEntry, ...] = ()
    members: tuple[str, ...] = ()
    notified: Mapping[str, float] = field(default_factory=dict)
    returned: int = 0

    @property
    def is_active(self) -> bool:
        return self.cleared is None

    @property
    def suppressed(self) -> bool:
        """Whether it is silenced for a time. It is still active."""
        return self.suppressed_until is not None


def worst_first(alarms: Iterable[Alarm]) -> tuple[Alarm, ...]:
    """By severity, then the oldest first; silenced ones last."""

    def order(alarm: Alarm) -> tuple[bool, int, float, str]:
        return alarm.suppressed, WORST_FIRST.index(alarm.severity), alarm.since, alarm.id

    return tuple(sorted(alarms, key=order))


class EntrySource(StrEnum):
    """The source of a timeline entry, in the order in which entries of the same time are shown."""

    STATE = "state"
    CONTACT = "contact"
    POLL = "poll"
    """Facts that changed between two answers of a server."""
    TRAP = "trap"
    LOG = "log"
    ALARM = "alarm"
    OPERATOR = "operator"


class AlarmSource(StrEnum):
    """What raises or clears an alarm. A person who clears one is named in its place."""

    POLL = "poll"
    TRAP = "trap"
    LOG = "log"
    CONSOLE = "console"
    """The health of the console."""
    AGE = "age"


class EntryKind(StrEnum):
    """What a timeline entry reports, as far as rules use it. The text is for people only."""

    OTHER = "other"
    UNREACHABLE = "unreachable"
    ANSWERS = "answers"
    CONTACT_LOST = "contact-lost"
    CONTACT_BACK = "contact-back"
    NOT_SERVING = "not-serving"
    MISMATCH = "mismatch"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of the pair's timeline. `server` is the server that it concerns, empty for the pair; for a change of
    state, `phase` is the new phase; for an alarm that is raised, `severity` is its severity."""

    at: float
    source: EntrySource
    text: str
    server: str = ""
    phase: Phase | None = None
    kind: EntryKind = EntryKind.OTHER
    severity: Severity | None = None


class MarkHow(StrEnum):
    """How a step was marked. UNSEEN: by a person, while its condition did not hold. SEEN: its condition held; this is
    recorded so that the step stays done later."""

    DONE = "done"
    SKIPPED = "skipped"
    SEEN = "seen"
    UNSEEN = "done unseen"


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark of a step of a runbook; of a start, with the server that is left to serve; of a skipped step, with the
    reason."""

    at: float
    who: str
    how: MarkHow
    server: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A note that `who` pinned to a pair."""

    at: float
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class PairPicture:
    """One pair: its two servers, and what was received about it. Every sequence has the newest entry last.

    `lookups` are answers to lease lookups, `configs` the latest configuration of each server; `marks` the marks in
    runbooks, by `RUNBOOK/STEP` (console.model.runbook_marks); `notes` the pinned notes by id, and `plans`, of the
    console's own picture alone, the planned silences by name (console.model.pins).
    """

    name: str
    environment: str
    servers: Mapping[str, ServerPicture]
    alarms: Mapping[str, Alarm] = field(default_factory=dict)
    timeline: tuple[TimelineEntry, ...] = ()
    logs: tuple[LogLine, ...] = ()
    traps: tuple[TrapSeen, ...] = ()
    lookups: tuple[LeaseAnswer, ...] = ()
    configs: Mapping[str, ConfigAnswer] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)
    notes: Mapping[str, Note] = field(default_factory=dict)
    plans: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def partner_of(self, server: str) -> ServerPicture:
        """The other server. Raises KeyError when `server` is not in this pair."""
        if server not in self.servers:
            raise KeyError(server)
        return next(each for name, each in self.servers.items() if name != server)

    @property
    def untouched(self) -> bool:
        """Whether nothing was observed of it yet: no answer, no failed poll, and nothing that has raised an alarm."""
        return not self.alarms and all(
            each.facts is None and each.unseen_since is None for each in self.servers.values()
        )

    @property
    def open_alarms(self) -> tuple[Alarm, ...]:
        """Active alarms: the worst first, then the oldest first, silenced ones last."""
        return worst_first(alarm for alarm in self.alarms.values() if alarm.is_active)


OWN = "(console)"
"""The name of the pair that represents the console itself. No pair can have this name."""


@dataclass(frozen=True, slots=True)
class Host:
    """The console of a host: its latest health, and when each of its counters last grew."""

    said_at: float
    facts: Mapping[str, str | None] = field(default_factory=dict)
    counters: Mapping[str, int] = field(default_factory=dict)
    grew_at: Mapping[str, float] = field(default_factory=dict)
    since: Mapping[str, float] = field(default_factory=dict)
    """Since when each fault has been present without a break."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Every pair, and the traps of unknown senders. `at` is the time of the latest observation.

    `own` has the alarms about the console itself, in the shape of a pair that has no servers; `hosts` is what they
    follow from, by the name of the host.
    """

    pairs: Mapping[str, PairPicture]
    at: float = 0.0
    stray_traps: tuple[TrapSeen, ...] = ()
    own: PairPicture = field(default_factory=lambda: PairPicture(OWN, "", {}))
    hosts: Mapping[str, Host] = field(default_factory=dict)

    def named(self, name: str) -> PairPicture | None:
        """The pair of that name, or the console's own; None when there is none."""
        return self.own if name == OWN else self.pairs.get(name)

    def having(self, pair: PairPicture) -> "Picture":
        """The picture with this pair replaced."""
        if pair is self.named(pair.name):
            return self
        if pair.name == OWN:
            return replace(self, own=pair)
        return replace(self, pairs={**self.pairs, pair.name: pair})

"""The picture: what is known of every pair right now, with the time at which each part was learnt.

Immutable: the reducer makes a new one from an old one, and whatever did not change is shared between them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from console.model.arrivals import Arrivals
from console.model.facts import PairFacts
from console.model.observations import ConfigAnswer, LeaseAnswer, LogLine, TrapSeen
from console.model.phases import Phase
from console.model.profiles import NO_MAKE, MakeProfile


class Severity(StrEnum):
    """How bad. `UNKNOWN` means that nothing can be said, not that nothing is wrong.

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
"""Not knowing is worse than info and better than known trouble."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Free addresses of one server at one time: of all its pools and of each, its own share alone."""

    at: float
    available: int
    pools: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ServerPicture:
    """One partner. `facts` are those of its last answer, received at `reported_at`; both `None` until it first answers.

    `make` says what this make of server can report and do. `unseen_since` is when asking it first failed in a row,
    `error` why; both `None` while it answers. `reload_pending_since` is when it was first seen to wait for a reload;
    `None` while it does not. `arrivals` has the new clients of each pool that it counts; `resync_began` when a transfer
    was first seen, and how much was done then.
    """

    name: str
    role: str
    make: MakeProfile = NO_MAKE
    facts: PairFacts | None = None
    reported_at: float | None = None
    unseen_since: float | None = None
    error: str | None = None
    failures: int = 0
    samples: tuple[Sample, ...] = ()
    reload_pending_since: float | None = None
    arrivals: Mapping[str, Arrivals] = field(default_factory=dict)
    resync_began: tuple[float, int] | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that happened to an alarm: `who` did `what`, with the words that were given."""

    at: float
    who: str
    what: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One fault. `id` is its reduction key: whoever reports the same fault reports this alarm.

    `since` and `last` are its first and latest report, `count` how many reports there were, `sources` who
    reported (poll, trap, log). `cleared` is `None` while it stands; `cleared_by` is a source, `age`, or a person.
    Acknowledgement and suppression end with the alarm: one that returns has a new `since` and belongs to nobody.
    `members` are the entities of a line that stands for more alarms of its kind than are kept apart.
    `notified` has, for each notification and stage (`console.notify`), when it was last told.
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
    history: tuple[Deed, ...] = ()
    members: tuple[str, ...] = ()
    notified: Mapping[str, float] = field(default_factory=dict)

    @property
    def stands(self) -> bool:
        return self.cleared is None

    @property
    def suppressed(self) -> bool:
        """Whether it is set aside for a time. It stands all the same."""
        return self.suppressed_until is not None


def worst_first(alarms: Iterable[Alarm]) -> tuple[Alarm, ...]:
    """By severity, then the oldest first; those that are set aside come last."""

    def order(alarm: Alarm) -> tuple[bool, int, float, str]:
        return alarm.suppressed, WORST_FIRST.index(alarm.severity), alarm.since, alarm.id

    return tuple(sorted(alarms, key=order))


class EntrySource(StrEnum):
    """What an entry of a timeline comes from, in the order in which entries of one time are shown."""

    STATE = "state"
    CONTACT = "contact"
    POLL = "poll"
    """Facts that a server's answers show to have changed."""
    TRAP = "trap"
    LOG = "log"
    ALARM = "alarm"
    OPERATOR = "operator"


class AlarmSource(StrEnum):
    """What raises or clears an alarm; people clear alarms too, under their names."""

    POLL = "poll"
    TRAP = "trap"
    LOG = "log"
    CONSOLE = "console"
    """The console about itself."""
    AGE = "age"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of the pair's timeline. Of a change of state
    `server` is whose it is and `phase` what it became."""

    at: float
    source: EntrySource
    text: str
    server: str = ""
    phase: Phase | None = None


class MarkHow(StrEnum):
    """How a step came to be ticked. UNSEEN: a person reported it done while its condition did not hold. SEEN: its
    condition held, which is recorded so that it stays ticked when the incident moves on."""

    DONE = "done"
    SKIPPED = "skipped"
    SEEN = "seen"
    UNSEEN = "done unseen"


@dataclass(frozen=True, slots=True)
class Mark:
    """That a step of a runbook is done, skipped or was seen to hold; of a start, the server that is left to serve."""

    at: float
    who: str
    how: MarkHow
    server: str = ""


@dataclass(frozen=True, slots=True)
class PairPicture:
    """One pair: its two servers, and what was heard about it. Newest last in every sequence.

    `lookups` are answers to questions for leases, `configs` the configuration that each server last answered; `marks`
    what was ticked in runbooks, by `RUNBOOK/STEP` (console.model.runbook_marks).
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

    def partner_of(self, server: str) -> ServerPicture:
        """The other one. Raises KeyError when `server` is not of this pair."""
        if server not in self.servers:
            raise KeyError(server)
        return next(each for name, each in self.servers.items() if name != server)

    @property
    def open_alarms(self) -> tuple[Alarm, ...]:
        """Alarms that stand, worst first, then oldest first, suppressed ones last."""
        return worst_first(alarm for alarm in self.alarms.values() if alarm.stands)


OWN = "(console)"
"""What stands in place of a pair's name where the console itself is meant. No pair can be called so."""


@dataclass(frozen=True, slots=True)
class Host:
    """A host's console: what its process last said of itself, and when each of its counters last grew."""

    said_at: float
    facts: Mapping[str, str | None] = field(default_factory=dict)
    counters: Mapping[str, int] = field(default_factory=dict)
    grew_at: Mapping[str, float] = field(default_factory=dict)
    since: Mapping[str, float] = field(default_factory=dict)
    """Since when a fact has been there without a break."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Every pair, and traps whose sender is nobody configured. `at` is the time of the latest observation.

    `own` has the alarms about the console itself, in the shape of a pair that has no servers; `hosts` is what they
    follow from, by the name of the host.
    """

    pairs: Mapping[str, PairPicture]
    at: float = 0.0
    stray_traps: tuple[TrapSeen, ...] = ()
    own: PairPicture = field(default_factory=lambda: PairPicture(OWN, "", {}))
    hosts: Mapping[str, Host] = field(default_factory=dict)

    def named(self, name: str) -> PairPicture | None:
        """The pair of that name, or what is in its place for the console itself; None when there is none."""
        return self.own if name == OWN else self.pairs.get(name)

    def having(self, pair: PairPicture) -> "Picture":
        """The picture with this pair in place of the one of its name."""
        if pair is self.named(pair.name):
            return self
        if pair.name == OWN:
            return replace(self, own=pair)
        return replace(self, pairs={**self.pairs, pair.name: pair})

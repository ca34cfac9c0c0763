"""The types of diagnosis: a problem, its evidence and steps, and the rule that finds it; with builders of evidence."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from console.dialects.reading import read_record
from console.insight.joint import Joint
from console.insight.remedies import RUNBOOK, Remedy
from console.model.fact_table import lacking
from console.model.picture import ServerPicture, Severity
from console.model.profiles import Fact


class Certainty(StrEnum):
    """The certainty of a problem. `CANNOT_TELL`: the evidence fits more than one cause."""

    CERTAIN = "certain"
    LIKELY = "likely"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact: its text, its source (a server, a trap, a log, or this console), and when it was received."""

    text: str
    source: str
    at: float | None


@dataclass(frozen=True, slots=True)
class Prospect:
    """What happens if no action is taken, and when (Unix seconds), where a countdown or an estimate gives that."""

    text: str
    at: float | None = None
    estimate: bool = False


Step = Remedy | str
"""One step: an action of the console, or advice for what only a person can do."""


class ProblemKind(StrEnum):
    """The kinds of problem that diagnosis finds."""

    TWO_SERVE = "two-serve"
    WRONG_PATH = "wrong-path"
    POTENTIAL_CONFLICT = "potential-conflict"
    CLOCK = "clock"
    RACE = "race"
    RESOLUTION_INTERRUPTED = "resolution-interrupted"
    OLD_DATABASE = "old-database"
    NOT_SERVING = "not-serving"
    RUNNING_OUT = "running-out"
    PARTNER_GONE = "partner-gone"
    TAKEN_OVER = "taken-over"
    PLANNED = "planned"
    CONFIG_MISMATCH = "config-mismatch"
    SCOPES_DIFFER = "scopes-differ"
    ROLES = "roles"
    LOST_IN_RECOVERY = "lost-in-recovery"
    RECOVERING = "recovering"
    SERVICE_DIFFERS = "service-differs"
    SAFE_PERIOD_DIFFERS = "safe-period-differs"
    RELOAD_PENDING = "reload-pending"
    RECOVER_SET = "recover-set"
    UPDATES_STUCK = "updates-stuck"
    ONE_SIDED_RELAYS = "one-sided-relays"
    NOT_SEEN_HERE = "not-seen-here"
    NOBODY_SEEN = "nobody-seen"
    NOT_READY = "not-ready"
    TERMINATED = "terminated"
    SAME_NAME = "same-name"
    WAITS_FOR_EVER = "waits-for-ever"
    DATABASES_DIFFER = "databases-differ"
    MAINTENANCE = "maintenance"
    HOLDS_ALL_FREE = "holds-all-free"
    SPLIT_DIFFERS = "split-differs"
    POOLS_DIFFER = "pools-differ"
    STARTED_ALONE = "started-alone"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem. `scenario` is its incident (5.1 to 5.9) or its row of Table 5. `about` is the server, for kinds that
    each server can have."""

    kind: ProblemKind
    title: str
    scenario: str
    severity: Severity
    certainty: Certainty
    evidence: tuple[Evidence, ...]
    prospect: Prospect
    steps: tuple[Step, ...]
    about: str = ""

    @property
    def id(self) -> str:
        """The kind, with the server where there is one."""
        return f"{self.kind}/{self.about}" if self.about else str(self.kind)


def nothing_more(both: Joint) -> str | None:
    """None: for rules that need only facts."""
    return None


def always(both: Joint) -> bool:
    """True: for rules that concern every make."""
    return True


@dataclass(frozen=True, slots=True)
class ProblemRule:
    """One rule. `checked` is the good result in words, `find` returns the problems.

    `needs` are the facts of both servers that the rule needs. `more` returns what else is missing, or `None`. A rule
    that misses something is shown as not checked, never as a good result. `applies`: whether the rule concerns the
    makes of the pair; one that does not is not shown.
    """

    id: str
    checked: str
    find: Callable[[Joint], Iterator[Problem]]
    needs: tuple[Fact, ...] = ()
    more: Callable[[Joint], str | None] = nothing_more
    applies: Callable[[Joint], bool] = always

    def missing(self, both: Joint) -> str | None:
        """What the rule needs and is not known, or `None`."""
        for server in (both.main, both.backup):
            lacks = lacking(server, *self.needs)
            if lacks is not None:
                return lacks
        return self.more(both)


def from_server(server: ServerPicture, text: str) -> Evidence:
    """Evidence from the last answer of a server."""
    return Evidence(text, server.name, server.reported_at)


def from_console(both: Joint, text: str) -> Evidence:
    """Evidence that this console has itself, now."""
    return Evidence(text, "console", both.now)


def no_answer(server: ServerPicture) -> Evidence:
    """Evidence that a server does not answer."""
    return Evidence(f"it does not answer: {server.error or 'no answer yet'}", server.name, server.unseen_since)


def trap_evidence(both: Joint, *names: str) -> tuple[Evidence, ...]:
    """Evidence from the latest trap with one of these names; empty where there is none."""
    for trap in reversed(both.pair.traps):
        if trap.name in names:
            return (Evidence(f"{trap.name} from {trap.server or trap.source}", "trap", trap.at),)
    return ()


def log_evidence(both: Joint, *numbers: str) -> tuple[Evidence, ...]:
    """Evidence from the latest log line with one of these message numbers; empty where there is none."""
    for line in reversed(both.pair.logs):
        record = read_record(line.text)
        if record is not None and record.id in numbers:
            # A message id that is a word says more than the text alone.
            text = record.text if record.id.isdigit() else f"{record.id} {record.text}"
            return (Evidence(text, f"log of {line.server}", line.at),)
    return ()


def runbook(subject: str, why: str) -> Remedy:
    """The step to follow the runbook of that name."""
    return Remedy(RUNBOOK, why, subject=subject)

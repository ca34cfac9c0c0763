"""What a rule of diagnosis finds, and where its facts come from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from console.insight.remedies import RUNBOOK, Remedy
from console.insight.verdict import Joint
from console.model.fact_table import lacking
from console.model.picture import ServerPicture, Severity
from console.model.profiles import Fact


class Certainty(StrEnum):
    """How sure it is. `CANNOT_TELL`: what is seen fits more than one cause, and the evidence says which."""

    CERTAIN = "certain"
    LIKELY = "likely"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A fact: what, who says so (a server, a trap, the log, or this console), and when that was learnt."""

    text: str
    source: str
    at: float | None


@dataclass(frozen=True, slots=True)
class Prospect:
    """What happens if nobody acts, and when, where a countdown runs to it or an estimate tells it."""

    text: str
    at: float | None = None
    estimate: bool = False


Step = Remedy | str
"""What to do: an action of the console, or advice for something that only a person can do."""


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


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `scenario` is the incident that it belongs to (5.1 to 5.9) or the row of Table 5.
    `about` is the server where several may have the same kind of problem."""

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
        return f"{self.kind}/{self.about}" if self.about else str(self.kind)


def nothing_more(both: Joint) -> str | None:
    """For rules that need no more than facts."""
    return None


@dataclass(frozen=True, slots=True)
class ProblemRule:
    """What is looked for, in the words of what was checked, and how it is found.

    `needs` are the facts of both servers without which nothing can be found; `more` says what else is missing, or
    `None`. What was not checked is not well.
    """

    id: str
    checked: str
    find: Callable[[Joint], Iterator[Problem]]
    needs: tuple[Fact, ...] = ()
    more: Callable[[Joint], str | None] = nothing_more

    def missing(self, both: Joint) -> str | None:
        """What is not known without which nothing can be found, or `None`."""
        for server in (both.main, both.backup):
            lacks = lacking(server, *self.needs)
            if lacks is not None:
                return lacks
        return self.more(both)


def says(server: ServerPicture, text: str) -> Evidence:
    """What a server said in its last answer."""
    return Evidence(text, server.name, server.reported_at)


def console(both: Joint, text: str) -> Evidence:
    """What this console sees for itself, now."""
    return Evidence(text, "console", both.now)


def unseen(server: ServerPicture) -> Evidence:
    """That a server does not answer."""
    return Evidence(f"it does not answer: {server.error or 'no answer yet'}", server.name, server.unseen_since)


def trapped(both: Joint, *names: str) -> tuple[Evidence, ...]:
    """The latest trap of one of these names."""
    for trap in reversed(both.pair.traps):
        if trap.name in names:
            return (Evidence(f"{trap.name} from {trap.server or trap.source}", "trap", trap.at),)
    return ()


def logged(both: Joint, *numbers: str) -> tuple[Evidence, ...]:
    """The latest line of a log with one of these message numbers."""
    for line in reversed(both.pair.logs):
        words = line.text.split(maxsplit=7)
        if len(words) > 7 and words[6] in numbers:
            return (Evidence(words[7], f"log of {line.server}", line.at),)
    return ()


def runbook(subject: str, why: str) -> Remedy:
    """The guided procedure of that name."""
    return Remedy(RUNBOOK, why, subject=subject)

"""What a runbook is made of: stages of steps, each with who does it, how, and how it is seen to be done.

Texts and commands may name `{main}`, `{backup}`, `{pair}`, and where one server is out of service, `{left}` that
serves and `{gone}` that does not.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import tzinfo

from console.insight.freshness import is_seen, last_phase, main_first, on_our_clock
from console.model.action_names import ActionName
from console.model.fact_table import lacking
from console.model.facts import PairFacts
from console.model.phases import INTERRUPTED, Phase
from console.model.picture import PairPicture, ServerPicture
from console.model.profiles import Fact

MAIN, BACKUP, LEFT, GONE = "main", "backup", "left", "gone"


@dataclass(frozen=True, slots=True)
class Scene:
    """The pair as a step of `book` looks at it. `since` is when the runbook was started; `server` is the one that was
    left to serve then, empty while it is not started."""

    pair: PairPicture
    now: float
    zone: tzinfo
    since: float
    server: str = ""
    book: str = ""

    def ticked(self, step: str) -> float:
        """When a step was ticked; the start of the runbook while it was not."""
        mark = self.pair.marks.get(f"{self.book}/{step}")
        return self.since if mark is None else mark.at

    def at(self, role: str) -> ServerPicture:
        """A server by its place in the runbook."""
        main, backup = main_first(self.pair.servers.values())
        if role in (MAIN, BACKUP):
            return main if role == MAIN else backup
        left = self.pair.servers[self.server or left_to_serve(self.pair, self.now)]
        return left if role == LEFT else self.pair.partner_of(left.name)

    def facts(self, role: str) -> PairFacts | None:
        """What a server reports now; None while it is not seen."""
        server = self.at(role)
        return server.facts if is_seen(server, self.now) and not server.failures else None

    def phase(self, role: str) -> Phase | None:
        """The phase of a server that is seen."""
        facts = self.facts(role)
        return None if facts is None else facts.phase

    def word(self, role: str) -> str:
        """The state of a server in its own word, or that it is not seen."""
        facts = self.facts(role)
        return "not seen" if facts is None else facts.word or "unknown"

    def lacking(self, role: str, *facts: Fact) -> str | None:
        """Which of these facts a server does not report, for a person; None when it reports all."""
        return lacking(self.at(role), *facts)

    def went_through(self, role: str, phase: Phase) -> bool:
        """Whether a server has been in a phase since the runbook was started, or is."""
        server = self.at(role)
        if server.facts is None:
            return False
        return self.phase(role) is phase or any(
            step.after is phase and on_our_clock(server, step.at) >= self.since
            for step in server.facts.transitions or ()
        )

    def words(self, text: str) -> str:
        """A text with the servers' names in it."""
        names = {role: self.at(role).name for role in (MAIN, BACKUP, LEFT, GONE)}
        for role, name in {**names, "pair": self.pair.name}.items():
            text = text.replace(f"{{{role}}}", name)
        return text


def left_to_serve(pair: PairPicture, now: float) -> str:
    """The server that serves without the other: the backup unless it is the one that is out of service."""
    main, backup = main_first(pair.servers.values())
    taken = INTERRUPTED | {Phase.TAKEN_OVER}
    alone = [each for each in (backup, main) if is_seen(each, now) and last_phase(each) in taken]
    seen = [each for each in (backup, main) if is_seen(each, now)]
    return (alone or seen or [backup])[0].name


Check = Callable[[Scene], str | None]
"""`None` when it holds, else what is missing, for a person."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do.

    `key` names it in marks and never changes. `who` does it: a server's place, `you`, `network`. `check` ticks it by
    itself; without one, only a person can. A `gate` is never ticked by hand: what follows waits until it holds.
    `remedy` is the action that does it: its word, the server's place, its subject. `told` is evidence to look at.
    `needless` says when it need not be done. `stop` is what to watch for, and to stop at.
    """

    key: str
    who: str
    text: str
    commands: tuple[str, ...] = ()
    check: Check | None = None
    gate: bool = False
    remedy: tuple[ActionName, str, str] | None = None
    told: Callable[[Scene], str] | None = None
    needless: Callable[[Scene], bool] | None = None
    stop: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """Steps that belong together. `abort` says what is safe when one stops in the middle, and how to resume."""

    title: str
    steps: tuple[Step, ...]
    abort: str


@dataclass(frozen=True, slots=True)
class Runbook:
    """A whole procedure. `fits` is 0 when it is out of place, else how well it fits what is seen, up to 100."""

    name: str
    title: str
    when: str
    fits: Callable[[Scene], int]
    stages: tuple[Stage, ...] = field(default=())

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for stage in self.stages for step in stage.steps)

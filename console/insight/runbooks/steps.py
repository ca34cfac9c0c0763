"""The types of a runbook: stages of steps, each with who does it, how, and the check that shows that it is done.

Texts and commands can have `{main}`, `{backup}` and `{pair}`. Where one server is out of service, `{left}` is the one
that still serves and `{gone}` the other.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import tzinfo

from console.insight.freshness import is_seen, last_phase, main_first, on_our_clock
from console.insight.reasons import CannotTell, unknown
from console.model.action_names import ActionName
from console.model.fact_table import lacking
from console.model.facts import PairFacts
from console.model.phases import INTERRUPTED, Phase
from console.model.picture import PairPicture, ServerPicture
from console.model.profiles import Fact, MakeProfile

MAIN, BACKUP, LEFT, GONE = "main", "backup", "left", "gone"


@dataclass(frozen=True, slots=True)
class Scene:
    """The input of the checks of `book`: the pair and the time. `since` is when the runbook was started; `server` is
    the one that served alone at that time, empty while the runbook is not started."""

    pair: PairPicture
    now: float
    zone: tzinfo
    since: float
    server: str = ""
    book: str = ""

    def ticked(self, step: str) -> float:
        """When a step was ticked; the start of the runbook while it is not ticked."""
        mark = self.pair.marks.get(f"{self.book}/{step}")
        return self.since if mark is None else mark.at

    def at(self, role: str) -> ServerPicture:
        """The server of a role: main, backup, left or gone."""
        main, backup = main_first(self.pair.servers.values())
        if role in (MAIN, BACKUP):
            return main if role == MAIN else backup
        left = self.pair.servers[self.server or left_to_serve(self.pair, self.now)]
        return left if role == LEFT else self.pair.partner_of(left.name)

    def facts(self, role: str) -> PairFacts | None:
        """The facts that the server reports now; None while it is not seen."""
        server = self.at(role)
        return server.facts if is_seen(server, self.now) and not server.failures else None

    def phase(self, role: str) -> Phase | None:
        """The phase of the server; None while it is not seen."""
        facts = self.facts(role)
        return None if facts is None else facts.phase

    def word(self, role: str) -> str:
        """The state of the server as its make spells it; `not seen` while it is not seen."""
        facts = self.facts(role)
        return "not seen" if facts is None else facts.word or "unknown"

    def lacking(self, role: str, *facts: Fact) -> CannotTell | None:
        """The first of these facts that the server does not report, as a sentence; None when it reports all."""
        return unknown(lacking(self.at(role), *facts))

    def went_through(self, role: str, phase: Phase) -> bool:
        """Whether the server is in a phase, or has been since the runbook was started."""
        server = self.at(role)
        if server.facts is None:
            return False
        return self.phase(role) is phase or any(
            step.after is phase and on_our_clock(server, step.at) >= self.since
            for step in server.facts.transitions or ()
        )

    def words(self, text: str) -> str:
        """A text with the names of the servers and the pair filled in."""
        names = {role: self.at(role).name for role in (MAIN, BACKUP, LEFT, GONE)}
        for role, name in {**names, "pair": self.pair.name}.items():
            text = text.replace(f"{{{role}}}", name)
        return text


def left_to_serve(pair: PairPicture, now: float) -> str:
    """The name of the server that serves alone: the backup, unless the backup is out of service."""
    main, backup = main_first(pair.servers.values())
    taken = INTERRUPTED | {Phase.TAKEN_OVER}
    alone = [each for each in (backup, main) if is_seen(each, now) and last_phase(each) in taken]
    seen = [each for each in (backup, main) if is_seen(each, now)]
    return (alone or seen or [backup])[0].name


Check = Callable[[Scene], str | None]
"""Returns `None` when the condition holds, else why not, for a person: a `CannotTell` where a fact is missing."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    `key` is its name in marks and never changes. `who` does it: a role, `you` or `network`. `check` is the condition
    that ticks it automatically; without one only a person can tick it. A `gate` cannot be ticked by hand: later steps
    wait until its condition holds. `by_word`: a person may open the gate where the console cannot tell. `remedy` is the
    action for it: name, role of the server, subject. `evidence` returns live evidence. `needless` returns whether the
    step need not be done. `stop` is when to stop, and what to do then.
    """

    key: str
    who: str
    text: str
    commands: tuple[str, ...] = ()
    check: Check | None = None
    gate: bool = False
    by_word: bool = False
    remedy: tuple[ActionName, str, str] | None = None
    evidence: Callable[[Scene], str] | None = None
    needless: Callable[[Scene], bool] | None = None
    stop: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """Steps that belong together. `abort` is the state of the pair if the operator stops here, and how to resume."""

    title: str
    steps: tuple[Step, ...]
    abort: str


def _every_make(make: MakeProfile) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Runbook:
    """One procedure. `when` is the situation in words. `fits` returns how well it fits the pair: 0 (not) to 100.
    `suits`: whether it is for servers of a make.
    """

    name: str
    title: str
    when: str
    fits: Callable[[Scene], int]
    stages: tuple[Stage, ...] = field(default=())
    suits: Callable[[MakeProfile], bool] = _every_make

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, in their order."""
        return tuple(step for stage in self.stages for step in stage.steps)

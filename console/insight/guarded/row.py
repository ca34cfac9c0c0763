"""The types of guarded actions: Guard, Verdict and GuardedAction."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from console.insight.guarded.attempt import Attempt
from console.model.action_names import ActionName
from console.model.picture import PairPicture
from console.model.profiles import Can


class Held(StrEnum):
    """The outcome of a guard."""

    SATISFIED = "satisfied"
    REFUSED = "refused"
    CANNOT_TELL = "cannot-tell"


def _always(attempt: Attempt) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Guard:
    """One precondition. `text` is the condition; `fails` returns why it does not hold, or `None`. A reason that is a
    `CannotTell` means that a fact is missing.

    `confirmable`: only a person can verify it, so the operator's confirmation is enough. Every other soft guard that
    fails also needs a reason. `typed`: it depends on what the operator types on the screen of the action. `word`: where
    the console cannot tell, the operator's confirmation is enough, because the server checks it too. `applies`: whether
    the attempt depends on this guard; a guard that does not apply has no verdict.
    """

    name: str
    hard: bool
    text: str
    fails: Callable[[Attempt], str | None]
    confirmable: bool = False
    typed: bool = False
    word: bool = False
    applies: Callable[[Attempt], bool] = _always


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a guard. `reason` is empty when it is satisfied. `passed` is `held` as yes or no: what the console
    cannot tell has not passed.

    `hard`: it blocks the action. `by_word`: the operator's confirmation is enough to go on.
    """

    guard: str
    hard: bool
    passed: bool
    held: Held
    text: str
    reason: str
    by_word: bool = False

    @property
    def blocks(self) -> bool:
        """Whether the action is blocked by this guard, whatever the operator confirms."""
        return self.hard and not self.passed


def _nothing(attempt: Attempt) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class GuardedAction:
    """One action. `does` is its purpose in a few words; `needs` is the capability that its make must have.

    `consequences` returns what would follow, in sentences. `seen` returns the sentence that shows that the action
    was done, `None` while the pair does not show it; the attempt has the pair as it was when the request was sent.
    `typed` returns the same action in the command language, for makes that have one.
    `answered`: no fact shows that it was done. The server answers when it is, and its answer is the outcome.

    `both`: it concerns both servers, one after the other. `choices` are its variants, the usual one first, and `option`
    is their name on the command line. `field` is the value that must be typed (`date`, `seconds`, `address`) and
    `question` the prompt for it. `word` is the question about what only a person can verify.
    """

    name: ActionName
    title: str
    does: str
    needs: Can
    guards: tuple[Guard, ...]
    consequences: Callable[[Attempt], tuple[str, ...]]
    seen: Callable[[PairPicture, Attempt], str | None]
    typed: Callable[[Attempt], str] = _nothing
    answered: bool = False
    both: bool = False
    choices: tuple[str, ...] = ()
    option: str = ""
    field: str = ""
    question: str = ""
    word: str = ""

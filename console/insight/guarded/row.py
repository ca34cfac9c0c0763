"""The types of guarded actions: Guard, Verdict and GuardedAction."""

from collections.abc import Callable
from dataclasses import dataclass

from console.insight.guarded.attempt import Attempt
from console.model.action_names import ActionName
from console.model.picture import PairPicture
from console.model.profiles import Can


@dataclass(frozen=True, slots=True)
class Guard:
    """One precondition. `text` is the condition; `fails` returns why it does not hold, or `None`.

    `confirmable`: only a person can verify it, so the operator's confirmation is enough. Every other soft guard that
    fails also needs a reason. `typed`: it depends on what the operator types on the screen of the action.
    """

    name: str
    hard: bool
    text: str
    fails: Callable[[Attempt], str | None]
    confirmable: bool = False
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a guard. `reason` is empty when it passed."""

    guard: str
    hard: bool
    passed: bool
    text: str
    reason: str


def _nothing(attempt: Attempt) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class GuardedAction:
    """One action. `does` is its purpose in a few words; `needs` is the capability that its make must have.

    `consequences` returns what would follow, in sentences. `seen` returns the sentence that shows that the action
    was done, `None` while the pair does not show it; the attempt has the pair as it was when the request was sent.
    `typed` returns the same action in the command language, for makes that have one.

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
    both: bool = False
    choices: tuple[str, ...] = ()
    option: str = ""
    field: str = ""
    question: str = ""
    word: str = ""

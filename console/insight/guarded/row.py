"""What a guard, its verdict and a guarded action are."""

from collections.abc import Callable
from dataclasses import dataclass

from console.insight.guarded.attempt import Attempt
from console.model.action_names import ActionName
from console.model.picture import PairPicture
from console.model.profiles import Can


@dataclass(frozen=True, slots=True)
class Guard:
    """One precondition: `text` says what must hold, `fails` says why it does not, or `None`.

    `by_word`: only a person can verify it, so that the operator's word settles it; every other failed soft guard also
    wants a reason. `typed`: it waits for what is typed on the action's own screen.
    """

    name: str
    hard: bool
    text: str
    fails: Callable[[Attempt], str | None]
    by_word: bool = False
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """A guard's answer. `reason` is empty when it passed."""

    guard: str
    hard: bool
    passed: bool
    text: str
    reason: str


def _nothing(attempt: Attempt) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class GuardedAction:
    """One action. `does` says in a few words what it is good for; `needs` is what the server's make must be able to do.

    `consequences` are what would follow, in sentences. `seen` is the sentence by which the pair shows that it was done,
    `None` while it does not; the attempt has the pair as it was when the request was sent. `typed` is the same in the
    command language, for makes that have it. `both`: it is about both servers, one after the other. `choices` are its
    words, the usual one first, and `option` what they are called on a command line. `field` names what has to be typed
    (`date`, `seconds`, `address`), `question` asks for it. `word` asks for what only a person can verify.
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

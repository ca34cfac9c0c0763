"""The decision about an action in one line: what a screen and `pairwatch act` show first, above every verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from console.insight.guarded.row import Held, Verdict
from console.insight.guarded.table import UNTIL_TYPED
from console.insight.wording import plural


class Decided(StrEnum):
    """The kinds of decision, the worst first. `INCOMPLETE`: something is still to be typed."""

    BLOCKED = "blocked"
    INCOMPLETE = "incomplete"
    CONFIRM = "confirm"
    ALLOWED = "allowed"


WORDS = {Decided.BLOCKED: "BLOCKED", Decided.INCOMPLETE: "INCOMPLETE", Decided.CONFIRM: "TO CONFIRM"}


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision, and the verdicts that it follows from; none of them when the action is allowed."""

    decided: Decided
    because: tuple[Verdict, ...]

    @property
    def line(self) -> str:
        """The decision with its first reason."""
        if not self.because:
            return "ALLOWED: every guard is satisfied"
        word = WORDS[self.decided]
        first, others = self.because[0], len(self.because) - 1
        more = f" (and {plural(others, 'more guard')})" if others else ""
        return f"{word}: {first.reason}{more}"


def decision(verdicts: Sequence[Verdict], *, typing: bool = False) -> Decision:
    """The decision about these verdicts. `typing`: the operator has not finished typing what the action needs."""
    missed = [each for each in verdicts if not each.passed]
    blocking = [each for each in missed if each.hard and not (typing and each.guard in UNTIL_TYPED)]
    typed = [each for each in missed if each.hard]
    for decided, found in ((Decided.BLOCKED, blocking), (Decided.INCOMPLETE, typed), (Decided.CONFIRM, missed)):
        if found:
            return Decision(decided, tuple(found))
    return Decision(Decided.ALLOWED, ())


def in_order(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts, those first that block, then those that the operator must confirm, then those that are satisfied.
    Among equals, a refusal comes before what the console cannot tell."""
    return sorted(verdicts, key=lambda each: (each.passed, not each.hard, each.held is not Held.REFUSED))

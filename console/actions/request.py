"""What an operator asks for, and what came of asking."""

from dataclasses import dataclass
from typing import Any

from console.insight.guarded.attempt import Attempt
from console.insight.guarded.row import Verdict
from console.insight.guarded.table import ACTIONS
from console.insight.partner_down_outlook import Outlook
from console.model.action_names import ActionName
from console.model.times import rfc3339


@dataclass(frozen=True, slots=True)
class Wish:
    """What the operator asks for. `date` is Unix seconds, `None` while it cannot be read; see `Attempt` for the rest,
    which only some actions need."""

    server: str
    date: float | None = None
    expert: bool = False
    vouched: bool = False
    reason: str = ""
    action: ActionName = ActionName.SET_PARTNER_DOWN
    choice: str = ""
    seconds: float | None = None
    address: str = ""

    def told(self) -> dict[str, Any]:
        """What was asked for, for the audit record: only what this action has."""
        common: dict[str, Any] = {"expert": self.expert, "reason": self.reason}
        if self.action is ActionName.SET_PARTNER_DOWN:
            return {"date": rfc3339(self.date), "partner_verified_off": self.vouched, **common}
        own = {"choice": self.choice, "seconds": self.seconds, "address": self.address, "vouched": self.vouched}
        return {**{name: value for name, value in own.items() if value}, **common}


@dataclass(frozen=True, slots=True)
class Assessment:
    """What both servers said just now, and what follows. `refused` is empty when the wish may be carried out.

    `told` are the consequences as a person reads them; `consequences` the numbers behind them, of Set Partner Down.
    """

    attempt: Attempt
    verdicts: tuple[Verdict, ...]
    refused: tuple[str, ...]
    told: tuple[str, ...]
    consequences: Outlook | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it, in a line for a person."""

    succeeded: bool
    text: str


def shell(wish: Wish, pair: str) -> str:
    """The same with this product's own command, with the same guards."""
    action = ACTIONS[wish.action]
    words = ["pairwatch", "act", str(wish.action), pair]
    if not action.both:
        words += ["--on", wish.server]
    if wish.choice:
        words += [f"--{action.option}", wish.choice]
    if wish.date is not None:
        words += ["--date", rfc3339(wish.date) or ""]
    if wish.seconds is not None:
        words += ["--for", f"{wish.seconds:.0f}"]
    if wish.address:
        words += ["--address", wish.address]
    if wish.expert:
        words.append("--expert")
    return " ".join(words)

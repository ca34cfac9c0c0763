"""What an operator requests, its assessment, and its outcome."""

from dataclasses import dataclass
from typing import Any

from console.insight.guarded.attempt import Attempt
from console.insight.guarded.row import Verdict
from console.insight.guarded.table import ACTIONS
from console.insight.partner_down_outlook import Outlook
from console.model.action_names import ActionName
from console.model.times import rfc3339


@dataclass(frozen=True, slots=True)
class OperatorRequest:
    """An action as the operator requests it. `date` is Unix seconds, None while it cannot be read. `Attempt` has the
    meaning of the other fields, which only some actions use."""

    server: str
    date: float | None = None
    expert: bool = False
    vouched: bool = False
    reason: str = ""
    action: ActionName = ActionName.SET_PARTNER_DOWN
    choice: str = ""
    seconds: float | None = None
    address: str = ""

    def audited(self) -> dict[str, Any]:
        """The fields for the audit record: those that this action has."""
        common: dict[str, Any] = {"expert": self.expert, "reason": self.reason}
        if self.action is ActionName.SET_PARTNER_DOWN:
            return {"date": rfc3339(self.date), "partner_verified_off": self.vouched, **common}
        own = {"choice": self.choice, "seconds": self.seconds, "address": self.address, "vouched": self.vouched}
        return {**{name: value for name, value in own.items() if value}, **common}


@dataclass(frozen=True, slots=True)
class Assessment:
    """The guards' verdicts and the consequences on the last answers. `refused` is empty when the action is allowed.

    `consequences` are lines of text; `outlook` has the numbers behind them, for Set Partner Down.
    """

    attempt: Attempt
    verdicts: tuple[Verdict, ...]
    refused: tuple[str, ...]
    consequences: tuple[str, ...]
    outlook: Outlook | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an action, with one line of text."""

    succeeded: bool
    text: str


def shell(request: OperatorRequest, pair: str) -> str:
    """The shell command for the same action, with the same guards."""
    action = ACTIONS[request.action]
    words = ["pairwatch", "act", str(request.action), pair]
    if not action.both:
        words += ["--on", request.server]
    if request.choice:
        words += [f"--{action.option}", request.choice]
    if request.date is not None:
        words += ["--date", rfc3339(request.date) or ""]
    if request.seconds is not None:
        words += ["--for", f"{request.seconds:.0f}"]
    if request.address:
        words += ["--address", request.address]
    if request.expert:
        words.append("--expert")
    return " ".join(words)

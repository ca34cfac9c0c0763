"""What an operator may be advised to do: a guarded action or a runbook, and why just here.

Advice is given where facts were judged; whether the action may be taken is for its own guards to decide, on live
answers, when it is opened.
"""

from dataclasses import dataclass
from typing import Final, Literal

from console.model.action_names import ActionName

RUNBOOK: Final = "runbook"
"""To follow a runbook is no guarded action: nothing is asked of a server."""

Advice = ActionName | Literal["runbook"]


@dataclass(frozen=True, slots=True)
class Remedy:
    """One thing to do. `server` is where, None when it is about both; `subject` what beyond that the action needs: the
    name of a runbook, an address, one of the action's words (on, off, short, long). `why` says in one line why it fits,
    or what has to be true first."""

    action: Advice
    why: str
    server: str | None = None
    subject: str = ""

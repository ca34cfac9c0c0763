"""Advice to the operator: a guarded action or a runbook, with the reason.

The rules of diagnosis give advice. When the operator opens the action, its guards decide with live answers whether it
may be done.
"""

from dataclasses import dataclass
from typing import Final, Literal

from console.model.action_names import ActionName

RUNBOOK: Final = "runbook"
"""Advice to follow a runbook. This is not a guarded action: it sends no request to a server."""

Advice = ActionName | Literal["runbook"]


@dataclass(frozen=True, slots=True)
class Remedy:
    """One action to take. `server` is where, None for both. `subject` is what else the action needs: the name of a
    runbook, an address, a choice (on, off, short, long). `why` is the reason or the precondition, in one line."""

    action: Advice
    why: str
    server: str | None = None
    subject: str = ""

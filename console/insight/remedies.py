"""What an operator may be advised to do: a word for each guarded action, and why just here.

The words are those of the audit log and of `pairwatch act`. Advice is given where facts were judged; whether the action
may be taken is for its own guards to say, on live answers, when it is opened.
"""

from dataclasses import dataclass

SET_PARTNER_DOWN = "set-partner-down"
SAFE_PERIOD = "use-safe-period"
EXTEND_SAFE_PERIOD = "extend-safe-period"
STOP = "stop"
RELOAD = "reload"
FORCE_AVAILABLE = "force-available"
REBALANCE = "rebalance"
RUNBOOK = "runbook"

ACTIONS = (SET_PARTNER_DOWN, SAFE_PERIOD, EXTEND_SAFE_PERIOD, STOP, RELOAD, REBALANCE, FORCE_AVAILABLE)
"""Everything that the console can do to a pair, in the order in which it is listed."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """One thing to do. `server` is where, None when it is about both; `subject` what beyond that the action needs: the
    name of a runbook, an address, one of the action's words (on, off, short, long). `why` says in one line why it fits,
    or what has to be true first."""

    action: str
    why: str
    server: str | None = None
    subject: str = ""

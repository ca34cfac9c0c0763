"""The guarded actions on a pair, and what is asked of a server to have one done."""

from dataclasses import dataclass
from enum import StrEnum


class ActionName(StrEnum):
    """A guarded action, in the order in which they are listed. The value is the word of the audit log, of the journal
    and of `pairwatch act`."""

    SET_PARTNER_DOWN = "set-partner-down"
    SAFE_PERIOD = "use-safe-period"
    EXTEND_SAFE_PERIOD = "extend-safe-period"
    STOP = "stop"
    RELOAD = "reload"
    REBALANCE = "rebalance"
    FORCE_AVAILABLE = "force-available"
    RECONFIGURE = "reconfigure"
    FAILOVER = "failover"
    ROLE = "role"
    START_MAINTENANCE = "start-maintenance"
    CANCEL_MAINTENANCE = "cancel-maintenance"
    CONTINUE = "continue"
    SYNC_LEASES = "sync-leases"
    SET_SCOPES = "set-scopes"
    RESET_FAILOVER = "reset-failover"
    DISABLE_SERVICE = "disable-service"
    ENABLE_SERVICE = "enable-service"


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """What a server is asked to do about a pair, in the words of no make (console/makes translates it).

    `date` is Unix seconds by the server's clock, None for the time when contact was lost. `choice` is one of the
    action's words (on, off, short, long, main, backup, own, both, none). `operator` and `reason` are for the server's
    own record.
    """

    action: ActionName
    pair: str
    operator: str = ""
    reason: str = ""
    expert: bool = False
    date: float | None = None
    seconds: float | None = None
    choice: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server accepted a request. `text` is what it answered, for a person; empty where it answered nothing."""

    text: str = ""

"""The phases of a failover partner: what a server's own word for its state means, whatever its make.

Every rule, colour and guard reads a phase. The server's own word is kept beside it, for display only.

Who answers whom is the protocol's table (RFC 8156 section 8, draft-ietf-dhc-failover-12 section 9). STANDBY and
TERMINATED are not of that protocol: in Kea's hot standby one server answers no client by design, and a terminated
server has given up the exchange of leases. Each make translates its own words (console/makes).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """What a server's state means. The value is what the journal keeps."""

    STARTING = "starting"
    NORMAL = "normal"
    ALONE = "alone"
    TAKEN_OVER = "taken-over"
    RETURNING = "returning"
    RETURN_WAIT = "return-wait"
    RETURNED = "returned"
    CONFLICT = "conflict"
    CONFLICT_ALONE = "conflict-alone"
    CONFLICT_RESOLVED = "conflict-resolved"
    PAUSED = "paused"
    LEFT = "left"
    STANDBY = "standby"
    TERMINATED = "terminated"
    UNKNOWN = "unknown"

    @property
    def term(self) -> str:
        """The word of RFC 8156 for it, for texts that are not about one server's own word."""
        return MEANINGS[self].term


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phase means. `term` is the word of RFC 8156; `serves` whether at least some clients are answered, None
    where nothing can be said; `clients` says in words which."""

    term: str
    serves: bool | None
    clients: str


MEANINGS: Mapping[Phase, Meaning] = {
    Phase.STARTING: Meaning("STARTUP", False, "no client is answered yet"),
    Phase.NORMAL: Meaning("NORMAL", True, "both servers answer; each new client gets its address from one of them"),
    Phase.ALONE: Meaning("COMMUNICATIONS-INTERRUPTED", True, "answered from the server's own share of the addresses"),
    Phase.TAKEN_OVER: Meaning("PARTNER-DOWN", True, "all are answered; the partner's share too, after the lead time"),
    Phase.RETURNING: Meaning("RECOVER", False, "not answered while the server reads what it missed"),
    Phase.RETURN_WAIT: Meaning("RECOVER-WAIT", False, "not answered until the lead time has passed"),
    Phase.RETURNED: Meaning("RECOVER-DONE", True, "renewals are answered; new clients get nothing yet"),
    Phase.CONFLICT: Meaning("POTENTIAL-CONFLICT", False, "not answered while both servers compare their leases"),
    Phase.CONFLICT_ALONE: Meaning("RESOLUTION-INTERRUPTED", True, "answered from the server's own share"),
    Phase.CONFLICT_RESOLVED: Meaning("CONFLICT-DONE", True, "answered, while the partner still compares"),
    Phase.PAUSED: Meaning("PAUSED", False, "not answered; the server left for a short while"),
    Phase.LEFT: Meaning("SHUTDOWN", False, "not answered; the server left for long, and the partner takes over"),
    Phase.STANDBY: Meaning("STANDBY", False, "not answered: the server stands by, and takes over if its partner fails"),
    Phase.TERMINATED: Meaning("TERMINATED", True, "answered, but leases are not exchanged with the partner any more"),
    Phase.UNKNOWN: Meaning("UNKNOWN", None, "cannot tell: the console has no meaning for the server's word"),
}

PHASES_BY_TERM: Mapping[str, Phase] = {meaning.term: phase for phase, meaning in MEANINGS.items()}


def phase_of_term(word: str | None) -> Phase:
    """The phase that a word of RFC 8156 names; UNKNOWN for any other word, which a newer server may send."""
    return PHASES_BY_TERM.get(word or "", Phase.UNKNOWN)


SERVING = frozenset(phase for phase, meaning in MEANINGS.items() if meaning.serves)
"""Phases in which a server answers at least some clients. `UNKNOWN` is not among them: guards treat it as serving."""

TOGETHER = frozenset({Phase.NORMAL, Phase.STANDBY})
"""Phases of a server that works together with its partner."""

SILENT = frozenset(phase for phase, meaning in MEANINGS.items() if meaning.serves is False)
"""Phases in which no client is answered. `UNKNOWN` is not among them either."""

INTERRUPTED = frozenset({Phase.ALONE, Phase.CONFLICT_ALONE})
"""Phases of a server that serves from its own pool because it has no contact with its partner: those from which an
operator may set the partner down (R-148)."""

RECOVERING = frozenset({Phase.RETURNING, Phase.RETURN_WAIT, Phase.RETURNED})
"""Phases of a server on its way back into the pair."""

SHORT: Mapping[str, str] = {
    "COMMUNICATIONS-INTERRUPTED": "COMM-INTERRUPTED",
    "RESOLUTION-INTERRUPTED": "RES-INTERRUPTED",
    "COMMUNICATION INTERRUPTED": "COMM-INTERRUPTED",
    "communications-interrupted": "comm-interrupted",
    "resolution-interrupted": "res-interrupted",
}
"""Server's words that are too long for narrow columns, and what is shown there."""


def short(word: str) -> str:
    """A server's word for a narrow column."""
    return SHORT.get(word, word) or "unknown"


class Cause(StrEnum):
    """Why a server entered its phase, where a rule needs to know. No rule reads the server's prose."""

    OPERATOR = "operator"
    TIMER = "timer"
    PARTNER = "partner"
    RESTART = "restart"
    UNKNOWN = "unknown"


class Service(StrEnum):
    """What a server does for clients now, in the words of `pairwatch status --json`."""

    SERVES = "serves"
    SERVES_ALONE = "serves-alone"
    SILENT = "silent"
    UNKNOWN = "unknown"

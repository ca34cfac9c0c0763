"""Who answers a client: a table by state, role and load balancing (R-014, R-158 to R-166, R-180).

The rows are read from the top; the first that fits decides. A message that names a server (SELECTING, RELEASE,
DECLINE) is for the service to compare with its own identifier first; the gate says what then holds. A server that
stays silent must not remember anything of the message.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from dhcpserver.failover.hashing import bucket, is_mains
from dhcpserver.failover.states import State


class MessageKind(Enum):
    """What a client wants, as far as it decides who answers.

    NEW: DISCOVER. NAMED: names this server. RENEWING, REBINDING, INIT_REBOOT: REQUEST in that state. Others as named.
    """

    NEW = "new"
    NAMED = "named"
    RENEWING = "renewing"
    REBINDING = "rebinding"
    INIT_REBOOT = "init-reboot"
    INFORM = "inform"
    BOOTP = "bootp"
    LEASEQUERY = "leasequery"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to answer.

    Attributes:
        answer: whether at all.
        known_only: only a client whose binding is known here.
        own_pool_only: new addresses come from this server's own share alone.
        reason: when silent, why; for the log.
    """

    answer: bool
    known_only: bool = False
    own_pool_only: bool = True
    reason: str = ""


class Rule(Enum):
    """A cell of the table."""

    SILENT = "N"
    ANSWER = "Y"
    KNOWN = "kn"
    HASH = "H"
    HASH_KNOWN = "H kn"


N, Y, K, H, HK = Rule.SILENT, Rule.ANSWER, Rule.KNOWN, Rule.HASH, Rule.HASH_KNOWN


class Row(NamedTuple):
    """States, role (None: either), load balancing (None: either), and a rule for each kind in the order of the enum."""

    states: frozenset[State]
    main: bool | None
    balancing: bool | None
    rules: tuple[Rule, ...]


_QUIET = frozenset(
    (
        State.STARTUP,
        State.RECOVER,
        State.RECOVER_WAIT,
        State.POTENTIAL_CONFLICT,
        State.PAUSED,
        State.SHUTDOWN,
    )
)
_NORMAL = frozenset((State.NORMAL,))
_ALONE = frozenset((State.COMMUNICATIONS_INTERRUPTED, State.RESOLUTION_INTERRUPTED, State.CONFLICT_DONE))

TABLE = (
    #                                new named renew rebind init inform bootp leasequery
    Row(_QUIET, None, None, (N, N, N, N, N, N, N, N)),
    Row(_NORMAL, True, False, (Y, Y, K, K, K, Y, Y, Y)),
    Row(_NORMAL, False, False, (N, K, K, K, K, N, N, Y)),
    Row(_NORMAL, None, True, (H, Y, K, K, HK, H, H, Y)),
    Row(_ALONE, None, None, (Y, Y, K, K, K, Y, Y, Y)),
    Row(frozenset((State.RECOVER_DONE,)), None, None, (N, N, K, K, N, N, N, Y)),
    Row(frozenset((State.PARTNER_DOWN,)), None, None, (Y, Y, Y, Y, Y, Y, Y, Y)),
)


def rules(state: State, main: bool, balancing: bool) -> Mapping[MessageKind, Rule]:
    """The row of the table that holds, by kind of message."""
    for row in TABLE:
        if state in row.states and row.main in (None, main) and row.balancing in (None, balancing):
            return dict(zip(MessageKind, row.rules, strict=True))
    raise AssertionError(f"no row for {state}, main {main}, load balancing {balancing}")


class Gate:
    """The table, for one state: made anew when the state changes, so that a message costs a dictionary access."""

    __slots__ = ("_main", "_other", "_verdicts")

    def __init__(self, state: State, main: bool, balancing: bool) -> None:
        self._main = main
        alone = state is State.PARTNER_DOWN
        role = "main" if main else "backup"
        silent = Verdict(False, reason=f"failover is in {state.value} state and this is the {role}")
        answers = {
            Rule.SILENT: silent,
            Rule.ANSWER: Verdict(True, own_pool_only=not alone),
            Rule.KNOWN: Verdict(True, known_only=True, own_pool_only=not alone),
            Rule.HASH: Verdict(True),
            Rule.HASH_KNOWN: Verdict(True, known_only=True),
        }
        self._verdicts = {
            kind: (answers[rule], rule in (Rule.HASH, Rule.HASH_KNOWN))
            for kind, rule in rules(state, main, balancing).items()
        }
        self._other = [Verdict(False, reason=f"hash bucket {number} belongs to partner") for number in range(256)]

    def answers(self, kind: MessageKind, key: bytes) -> Verdict:
        """The verdict on a message of a client, by its key in the lease book."""
        verdict, hashed = self._verdicts[kind]
        if hashed and is_mains(key) is not self._main:
            return self._other[bucket(key[1:] if key[:1] == b"\1" else key[2:])]
        return verdict

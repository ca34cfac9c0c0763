"""Who answers a client: a table by state, role and load balancing (R-014, R-158 to R-166, R-180).

The first row that fits decides. If a message names a server (SELECTING, RELEASE, DECLINE), the service compares that
with its own identifier first; the table has the rule for a message that names this server. A server that does not
answer must not remember anything of the message.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from dhcpserver.failover.pools.hashing import belongs_to_main, bucket_of_key
from dhcpserver.failover.states import State


class MessageKind(Enum):
    """What a client's message requests, as far as it decides who answers.

    NEW: DISCOVER. NAMED: a message that names this server. RENEWING, REBINDING, INIT_REBOOT: REQUEST in that state. The
    others are named after their message.
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
class AnswerDecision:
    """Whether to answer a message.

    Attributes:
        answer: whether to answer.
        known_only: only a client that has a binding in this server's lease book.
        own_pool_only: new addresses are given from this server's own share alone.
        alone: the partner does not answer the same client, so what this server gives needs no choice of the client.
        reason: why this server does not answer; for the log.
    """

    answer: bool
    known_only: bool = False
    own_pool_only: bool = True
    alone: bool = False
    reason: str = ""


class AnswerRule(Enum):
    """A cell of the table.

    KNOWN: only clients with a binding here. HASH: only clients in this server's hash buckets. HASH_KNOWN: both.
    """

    SILENT = "N"
    ANSWER = "Y"
    KNOWN = "kn"
    HASH = "H"
    HASH_KNOWN = "H kn"


N, Y, K, H, HK = AnswerRule.SILENT, AnswerRule.ANSWER, AnswerRule.KNOWN, AnswerRule.HASH, AnswerRule.HASH_KNOWN


class AnswerRow(NamedTuple):
    """States, role (None: both), load balancing (None: both), and a rule for each kind, in the order of the enum."""

    states: frozenset[State]
    main: bool | None
    balancing: bool | None
    rules: tuple[AnswerRule, ...]


_SILENT = frozenset(
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
_INTERRUPTED = frozenset((State.COMMUNICATIONS_INTERRUPTED, State.RESOLUTION_INTERRUPTED, State.CONFLICT_DONE))

ANSWER_TABLE = (
    #                                new named renew rebind init inform bootp leasequery
    AnswerRow(_SILENT, None, None, (N, N, N, N, N, N, N, N)),
    AnswerRow(_NORMAL, True, False, (Y, Y, K, K, K, Y, Y, Y)),
    AnswerRow(_NORMAL, False, False, (N, K, K, K, K, N, N, Y)),
    AnswerRow(_NORMAL, None, True, (H, Y, K, K, HK, H, H, Y)),
    AnswerRow(_INTERRUPTED, None, None, (Y, Y, K, K, K, Y, Y, Y)),
    AnswerRow(frozenset((State.RECOVER_DONE,)), None, None, (N, N, K, K, N, N, N, Y)),
    AnswerRow(frozenset((State.PARTNER_DOWN,)), None, None, (Y, Y, Y, Y, Y, Y, Y, Y)),
)


def answer_row(state: State, main: bool, balancing: bool) -> Mapping[MessageKind, AnswerRule]:
    """Return the row of the table that applies, by kind of message."""
    for row in ANSWER_TABLE:
        if state in row.states and row.main in (None, main) and row.balancing in (None, balancing):
            return dict(zip(MessageKind, row.rules, strict=True))
    raise AssertionError(f"no row for {state}, main {main}, load balancing {balancing}")


class AnswerRules:
    """The table for one state. It is built when the state changes, so a message costs one dictionary access."""

    __slots__ = ("_decisions", "_main", "_other_bucket")

    def __init__(self, state: State, main: bool, balancing: bool) -> None:
        self._main = main
        down = state is State.PARTNER_DOWN
        alone = down or state is State.NORMAL
        role = "main" if main else "backup"
        decisions = {
            AnswerRule.SILENT: AnswerDecision(
                False, reason=f"failover is in {state.value} state and this is the {role}"
            ),
            AnswerRule.ANSWER: AnswerDecision(True, own_pool_only=not down, alone=alone),
            AnswerRule.KNOWN: AnswerDecision(True, known_only=True, own_pool_only=not down),
            AnswerRule.HASH: AnswerDecision(True, alone=alone),
            AnswerRule.HASH_KNOWN: AnswerDecision(True, known_only=True),
        }
        self._decisions = {
            kind: (decisions[rule], rule in (AnswerRule.HASH, AnswerRule.HASH_KNOWN))
            for kind, rule in answer_row(state, main, balancing).items()
        }
        self._other_bucket = [
            AnswerDecision(False, reason=f"hash bucket {number} belongs to partner") for number in range(256)
        ]

    def answers(self, kind: MessageKind, key: bytes) -> AnswerDecision:
        """Return the decision on a message of a client, by the client's key in the lease book."""
        decision, hashed = self._decisions[kind]
        if hashed and belongs_to_main(key) is not self._main:
            return self._other_bucket[bucket_of_key(key)]
        return decision

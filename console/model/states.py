"""The states of a failover partner, in the words that its server uses, and what each means for clients.

Who answers whom in which state is the protocol's table (RFC 8156 section 8, draft-ietf-dhc-failover-12
section 9); the console needs three questions answered from it: does this server give out addresses, may the
operator declare its partner down from here, and will it leave the state by itself.
"""

from enum import StrEnum


class State(StrEnum):
    """A partner's failover state, spelled as servers spell it. `UNKNOWN` stands for a word never heard of."""

    STARTUP = "STARTUP"
    NORMAL = "NORMAL"
    COMMUNICATIONS_INTERRUPTED = "COMMUNICATIONS-INTERRUPTED"
    PARTNER_DOWN = "PARTNER-DOWN"
    POTENTIAL_CONFLICT = "POTENTIAL-CONFLICT"
    RECOVER = "RECOVER"
    RECOVER_WAIT = "RECOVER-WAIT"
    RECOVER_DONE = "RECOVER-DONE"
    RESOLUTION_INTERRUPTED = "RESOLUTION-INTERRUPTED"
    CONFLICT_DONE = "CONFLICT-DONE"
    PAUSED = "PAUSED"
    SHUTDOWN = "SHUTDOWN"
    UNKNOWN = "UNKNOWN"

    @classmethod
    def read(cls, word: str | None) -> "State":
        """The state that a server's word names; a word of a newer server becomes `UNKNOWN`, never an
        error."""
        try:
            return cls(word) if word else cls.UNKNOWN
        except ValueError:
            return cls.UNKNOWN


SERVING = frozenset(
    {
        State.NORMAL,
        State.COMMUNICATIONS_INTERRUPTED,
        State.PARTNER_DOWN,
        State.RESOLUTION_INTERRUPTED,
        State.CONFLICT_DONE,
        State.RECOVER_DONE,
    }
)
"""States in which a server answers at least some clients. `UNKNOWN` is left out here and treated as serving
by the guards, which must assume the worst of a word they do not know."""

ALONE = frozenset({State.COMMUNICATIONS_INTERRUPTED, State.RESOLUTION_INTERRUPTED})
"""States in which a server serves from its own pool because it cannot talk to its partner: the states from
which an operator may declare the partner down (R-148)."""

RECOVERING = frozenset({State.RECOVER, State.RECOVER_WAIT, State.RECOVER_DONE})
"""States of a server on its way back into the pair."""

SHORT = {
    State.COMMUNICATIONS_INTERRUPTED: "COMM-INTERRUPTED",
    State.RESOLUTION_INTERRUPTED: "RES-INTERRUPTED",
}
"""Words for narrow columns; every other state is short enough as it is."""

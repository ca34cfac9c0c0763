"""The states of a failover endpoint: their names, and their numbers on the wire.

The transitions between them are in `state.tables`.
"""

from enum import Enum


class State(Enum):
    """An endpoint's state. The value is the name that operators see."""

    STARTUP = "STARTUP"
    NORMAL = "NORMAL"
    COMMUNICATIONS_INTERRUPTED = "COMMUNICATIONS-INTERRUPTED"
    PARTNER_DOWN = "PARTNER-DOWN"
    POTENTIAL_CONFLICT = "POTENTIAL-CONFLICT"
    RECOVER = "RECOVER"
    PAUSED = "PAUSED"
    SHUTDOWN = "SHUTDOWN"
    RECOVER_DONE = "RECOVER-DONE"
    RESOLUTION_INTERRUPTED = "RESOLUTION-INTERRUPTED"
    CONFLICT_DONE = "CONFLICT-DONE"
    RECOVER_WAIT = "RECOVER-WAIT"

    @property
    def number(self) -> int:
        """The state's number on the wire (option 24, server-state)."""
        return _NUMBERS[self]


_NUMBERS = {state: number for number, state in enumerate(State, 1)} | {State.RECOVER_WAIT: 254}
_BY_NUMBER = {number: state for state, number in _NUMBERS.items()}


def by_number(number: int | None) -> State | None:
    """Return the state with this number on the wire; None if no state has it."""
    return None if number is None else _BY_NUMBER.get(number)

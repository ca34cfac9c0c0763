"""The endpoint's record while it runs. A change and its storage are one call.

Effects are executed only after the turn's commit. So everything that was set in a turn is durable before anything of
that turn is sent.

In STARTUP nothing is stored. A server that is stopped there starts the next time from what it started from this time.
Otherwise a record of the state that it was about to resume, or of the time at which it was up, would count as its state
and time before the failure (RFC 8156 section 8.3.2, step 1).
"""

from dataclasses import replace

from dhcpserver.failover.state.record import FailoverRecord, Store
from dhcpserver.failover.states import State


class CurrentRecord:
    """Holds the record.

    Attributes:
        value: the present record.
    """

    __slots__ = ("_changed", "_in_startup", "_value")

    def __init__(self, record: FailoverRecord) -> None:
        self._value = record
        self._in_startup = True
        self._changed = False

    @property
    def value(self) -> FailoverRecord:
        """The present record."""
        return self._value

    def set(self, record: FailoverRecord) -> None:
        """Replace the record, and store it with this turn; in STARTUP, with the turn that leaves STARTUP."""
        self._value = record
        self._changed = True

    def enter(self, state: State, since: int, previous: State) -> None:
        """Record a new state, one that a server resumes from. This ends STARTUP."""
        self._in_startup = False
        self.set(replace(self._value, state=state, since=since, previous=previous))

    def take_store(self) -> Store | None:
        """Return the effect that stores the changes since the last call; None if nothing is to be stored."""
        if self._in_startup or not self._changed:
            return None
        self._changed = False
        return Store(self._value)

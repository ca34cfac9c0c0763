"""Timers of the endpoint, beside the connection's own deadlines.

Each object that uses timers has its own `Timers`, and handles its own timers when they expire.
"""

from enum import Enum

NEVER = float("inf")
"""A time that does not come, in Unix seconds."""


class Timer(Enum):
    """The timers, grouped by the object that uses them."""

    # state.machine
    STARTUP = "startup"
    SAFE_PERIOD = "safe period"
    RECOVER_WAIT = "recover wait"
    HEARTBEAT = "heartbeat"
    STOP = "stop"
    # bindings.exchange
    RETRY = "retry"
    PROGRESS = "progress"
    # pools.sharing
    BALANCE = "balance"
    POOL_REQUEST = "pool request"


class Timers:
    """At most one deadline for each timer, in Unix seconds.

    Attributes:
        earliest: the earliest deadline; NEVER if no timer runs. It is read several times a turn and changes rarely.
    """

    __slots__ = ("_deadlines", "earliest")

    def __init__(self) -> None:
        self._deadlines: dict[Timer, float] = {}
        self.earliest = NEVER

    def set(self, timer: Timer, when: float) -> None:
        """Start a timer, or move its deadline."""
        self._deadlines[timer] = when
        self._update()

    def stop(self, timer: Timer) -> None:
        """Stop a timer; nothing happens if it does not run."""
        self._deadlines.pop(timer, None)
        self._update()

    def clear(self) -> None:
        """Stop all timers."""
        self._deadlines.clear()
        self.earliest = NEVER

    def until(self, timer: Timer) -> float | None:
        """Return the deadline of a timer; None if it does not run."""
        return self._deadlines.get(timer)

    def runs(self, timer: Timer) -> bool:
        """Return whether a timer runs."""
        return timer in self._deadlines

    def shift(self, step: float) -> None:
        """Follow a step of the clock: every timer still runs for as long as it would have."""
        for timer in self._deadlines:
            self._deadlines[timer] += step
        self._update()

    def take(self, now: float) -> Timer | None:
        """Stop one timer that has expired and return it; None if no timer has expired."""
        if now < self.earliest:
            return None
        for timer, when in self._deadlines.items():
            if when <= now:
                self.stop(timer)
                return timer
        return None

    def _update(self) -> None:
        self.earliest = min(self._deadlines.values(), default=NEVER)

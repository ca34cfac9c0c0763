"""What the endpoint waits for, beside its connection's deadlines and those of the exchange of leases."""

from enum import Enum

NEVER = float("inf")


class Timer(Enum):
    """The things waited for."""

    STARTUP = "startup"
    SAFE_PERIOD = "safe period"
    RECOVER_WAIT = "recover wait"
    HEARTBEAT = "heartbeat"
    STOP = "stop"


class Timers:
    """At most one deadline for each, in Unix seconds."""

    __slots__ = ("_deadlines",)

    def __init__(self) -> None:
        self._deadlines: dict[Timer, float] = {}

    def set(self, timer: Timer, when: float) -> None:
        """Wait until `when`."""
        self._deadlines[timer] = when

    def stop(self, timer: Timer) -> None:
        """Wait no longer."""
        self._deadlines.pop(timer, None)

    def clear(self) -> None:
        """Wait for nothing."""
        self._deadlines.clear()

    def until(self, timer: Timer) -> float | None:
        """When a timer runs out; None when it does not run."""
        return self._deadlines.get(timer)

    def next(self) -> float:
        """When the first of them runs out."""
        return min(self._deadlines.values(), default=NEVER)

    def take(self, now: float) -> Timer | None:
        """One that has run out, and from now on does not run; None when there is none."""
        for timer, when in self._deadlines.items():
            if when <= now:
                del self._deadlines[timer]
                return timer
        return None

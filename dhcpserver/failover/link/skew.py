"""By how much the clocks of the two servers differ, from the times in the partner's messages.

A message has the sender's time in whole seconds, rounded down, and takes an unknown time on the way. If it has the
time T and arrives at `now`, the partner's clock is ahead by at least `T - now`, and by at most `T + 1 - now` plus the
time on the way. Messages that waited make the first number smaller, so the largest one of many messages is the best.
The time on the way is taken as at most the round trip of the handshake.
"""

from dhcpserver.failover.view import Skew

UNKNOWN_ROUND_TRIP = 1.0
"""Seconds, until a round trip was measured."""


class SkewMeter:
    """The measurement on one connection.

    It is renewed in windows: the best message of the last complete window and of the present one counts, so a clock
    that drifts is followed.
    """

    __slots__ = ("_asked", "_best", "_former", "_until", "round_trip")

    def __init__(self, now: float) -> None:
        self._best: float | None = None
        self._former: float | None = None
        self._until = now
        self._asked: float | None = None
        self.round_trip = UNKNOWN_ROUND_TRIP

    def shift(self, step: float) -> None:
        """Follow a step of this server's clock: the difference to the partner's changes by as much.

        The present window starts again, because the step may have come between the messages of the window.
        """
        self._until += step
        if self._asked is not None:
            self._asked += step
        known = self._known()
        self._best, self._former = None, None if known is None else known - step

    def asked(self, now: float) -> None:
        """Note that a message was sent that the partner answers at once."""
        self._asked = now

    def answered(self, now: float) -> None:
        """Note that the answer arrived, if one is awaited."""
        if self._asked is not None:
            self.round_trip = max(now - self._asked, 0.0)
            self._asked = None

    def open(self, time: int, now: float, window: float) -> None:
        """Begin with the time of CONNECT or CONNECTACK."""
        self._until = now + window
        self._former = time - now

    def take(self, time: int, now: float) -> float:
        """Take the time of a message; return the difference that it shows."""
        ahead = time - now
        if self._best is None or ahead > self._best:
            self._best = ahead
        return ahead

    def behind(self, now: float, limit: float, window: float) -> bool:
        """Return whether every message of a complete window was late by more than `limit`; begin the next one then."""
        if now < self._until or self._best is None:
            return False
        # Times in messages are whole seconds, so a time of the same second looks up to a second old.
        if self._best < -limit - 1:
            return True
        self._until = now + window
        self._former, self._best = self._best, None
        return False

    def _known(self) -> float | None:
        known = [each for each in (self._best, self._former) if each is not None]
        return max(known, default=None)

    def skew(self) -> Skew | None:
        """Return the difference, None before the first message."""
        least = self._known()
        if least is None:
            return None
        most = least + 1 + self.round_trip
        if least <= 0 <= most:
            return Skew(0.0, max(-least, most))
        return Skew((least + most) / 2, (most - least) / 2)

"""The log lines of a pair in a recording: all that were kept up to the time that is shown, not the last ones alone."""

from collections.abc import Callable, Iterable
from math import inf, nextafter

from console.model.observations import LogLine, Observation

Between = Callable[[float, float], Iterable[Observation]]
"""The recording's observations from a time to another, both included (console.state.replay.Player.between)."""


class Recorded:
    """Remembers up to which time of the recording the lines were taken."""

    def __init__(self, between: Between, pair: str) -> None:
        self._between = between
        self._pair = pair
        self._until = -inf

    def news(self, now: float) -> list[LogLine] | None:
        """The lines since the last time; None: the recording was moved back, and what was taken is of the future."""
        if now < self._until:
            return None
        found = self._between(nextafter(self._until, inf), now)
        self._until = now
        return [each for each in found if isinstance(each, LogLine) and each.pair == self._pair]

    def begin_anew(self) -> None:
        """Take everything the next time."""
        self._until = -inf

"""The log lines of a pair in a recording: all lines up to the time that is shown, not only the last ones."""

from collections.abc import Callable, Iterable
from math import inf, nextafter

from console.model.observations import LogLine, Observation

ReadObservations = Callable[[float, float], Iterable[Observation]]
"""Reads the recording's observations from one time to another, both included (console.state.replay.Player.between)."""


class RecordingCursor:
    """The time in a recording up to which the log lines were taken."""

    def __init__(self, between: ReadObservations, pair: str) -> None:
        self._between = between
        self._pair = pair
        self._until = -inf

    def new_lines(self, now: float) -> list[LogLine] | None:
        """The lines since the last call. None if the recording was moved back, before lines that were taken."""
        if now < self._until:
            return None
        found = self._between(nextafter(self._until, inf), now)
        self._until = now
        return [each for each in found if isinstance(each, LogLine) and each.pair == self._pair]

    def reset(self) -> None:
        """Take all lines the next time."""
        self._until = -inf

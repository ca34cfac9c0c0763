"""Observations that wait for a slow reader, within bounds.

Of the answers of one server only the newest is kept; of log lines the newest are kept and the lost ones are counted.
Everything else is kept.
"""

from console.model.observations import LogLine, Observation, PollAnswer, PollFailure

SourceMessage = list[Observation] | str
"""What the process of the sources sends: observations, or a complaint."""

LINES_AT_MOST = 20_000
MANY = 2_000
"""With at least so many waiting, only the newest answer of each server is kept."""


class Backlog:
    """A queue of observations in the order in which they were made."""

    def __init__(self, lines_at_most: int = LINES_AT_MOST, many: int = MANY) -> None:
        self._lines_at_most = lines_at_most
        self._many = many
        self._waiting: list[Observation] = []
        self._lines = 0
        self.lost_lines = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, observation: Observation) -> None:
        self._waiting.append(observation)
        self._lines += isinstance(observation, LogLine)
        if self._lines > self._lines_at_most + self._lines_at_most // 4 or len(self._waiting) >= 2 * self._many:
            self._shed()

    def take(self) -> list[Observation]:
        """Return and remove all that waits."""
        taken, self._waiting, self._lines = self._waiting, [], 0
        return taken

    def _shed(self) -> None:
        """Drop answers that are no longer the newest, and lines beyond the limit. Called seldom."""
        newest: dict[tuple[str, str], int] = {}
        for number, each in enumerate(self._waiting):
            if isinstance(each, PollAnswer | PollFailure):
                newest[(each.pair, each.server)] = number
        spare = self._lines - self._lines_at_most
        kept: list[Observation] = []
        for number, each in enumerate(self._waiting):
            if isinstance(each, PollAnswer) and newest[(each.pair, each.server)] != number:
                continue
            if isinstance(each, LogLine) and spare > 0:
                spare -= 1
                self.lost_lines += 1
                self._lines -= 1
                continue
            kept.append(each)
        self._waiting = kept
        # What cannot be dropped must not be checked again for every observation.
        self._many = max(self._many, len(kept))

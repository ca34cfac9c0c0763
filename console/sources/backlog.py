"""What was observed and not yet fetched, within bounds: what a slow reader may lose, and what it may not.

Of the answers of one server only the newest matters; of log lines the newest are kept and the gap is told. Everything
else is kept.
"""

from console.model.observations import LogLine, Observation, PollAnswer, PollFailure

Said = list[Observation] | str
"""What the process of the sources sends: observations, or a complaint."""

LINES_AT_MOST = 20_000
MANY = 2_000
"""From so many on, older answers of a server give way to its newest."""


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
        """All that waits; the next call begins anew."""
        taken, self._waiting, self._lines = self._waiting, [], 0
        return taken

    def _shed(self) -> None:
        """Drop what is overtaken. Called seldom enough to cost nothing for each observation."""
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
        # What cannot be dropped must not be looked at again for every observation.
        self._many = max(self._many, len(kept))

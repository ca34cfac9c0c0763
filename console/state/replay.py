"""The replay of a recording: the same fold with the clock of the recording.

Nothing is sent and nothing is written. Going back means folding again from a picture that was kept on the way; pictures
are immutable and share their parts, so keeping one is cheap.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import tzinfo
from itertools import accumulate
from typing import TYPE_CHECKING

from console.model.observations import AlarmsJudged, AlarmsKept, Observation
from console.model.picture import PairPicture, Picture
from console.state.store import PictureStore

if TYPE_CHECKING:
    pass

SPEEDS = (1.0, 5.0, 20.0, 60.0, 300.0)
KEPT_EVERY = 1000
"""Observations between two kept pictures: few enough to fold while a key is held."""


class Player:
    """Moves through a recording. `now` is the recording's time; `store` holds the picture at that time."""

    def __init__(self, observations: Sequence[Observation], pairs: Iterable[PairPicture], zone: tzinfo) -> None:
        if not observations:
            raise ValueError("a recording without observations cannot be played")
        # A recording without alarms (an older one) has them derived, in the order of time.
        judged = any(isinstance(each, AlarmsKept | AlarmsJudged) for each in observations)
        # Otherwise the order in which they were folded is kept; a trap or an entry of another host may have come late.
        self._observations = list(observations) if judged else sorted(observations, key=lambda each: each.at)
        self._times = list(accumulate((each.at for each in self._observations), max))
        self._empty = Picture({pair.name: pair for pair in pairs})
        self._position = 0
        self._kept: list[Picture] = [self._empty]
        self.start, self.end = self._times[0], self._times[-1]
        self.now = self.start
        self.playing = True
        self.speed = SPEEDS[0]
        self.store = PictureStore(self._empty, lambda: self.now, zone)
        self.store.judges = not judged
        self.seek(self.start)

    def advance(self, seconds: float) -> None:
        """Let `seconds` of real time pass at the present speed; stops at the end."""
        if self.playing:
            self.seek(min(self.end, self.now + seconds * self.speed))
            self.playing = self.now < self.end

    def seek(self, to: float) -> None:
        """Go to a time of the recording, forward or back, within its ends."""
        to = min(self.end, max(self.start, to))
        upto = bisect_right(self._times, to)
        number = min(upto // KEPT_EVERY, len(self._kept) - 1)
        if to < self.now or number * KEPT_EVERY > self._position:
            self._position = number * KEPT_EVERY
            self.store.picture = self._kept[number]
        self.now = to
        while self._position < upto:
            reached = min(upto, (self._position // KEPT_EVERY + 1) * KEPT_EVERY)
            self.store.play(self._observations[self._position : reached])
            self._position = reached
            if reached == len(self._kept) * KEPT_EVERY:
                self._kept.append(self.store.picture)
        self.store.version += 1

    def to_event(self, pair: str, direction: int) -> None:
        """Go to the previous (-1) or next (1) event of the pair; without one, to that end of the recording."""
        if direction < 0:
            found = [entry.at for entry in self.store.pair(pair).timeline if entry.at < self.now]
            self.seek(max(found, default=self.start))
            return
        known = self.store.pair(pair).timeline
        while self.now < self.end:
            # The times are those of observations, so that no event is skipped.
            self.seek(self._times[min(self._position, len(self._times) - 1)])
            entries = self.store.pair(pair).timeline
            if entries[-1:] != known[-1:]:
                return

    def between(self, start: float, end: float) -> list[Observation]:
        """The recording's observations from `start` to `end`, in their order."""
        return self._observations[bisect_left(self._times, start) : bisect_right(self._times, end)]

    def faster(self, step: int) -> None:
        """Choose the next speed up (1) or down (-1)."""
        index = SPEEDS.index(self.speed) + step
        self.speed = SPEEDS[min(len(SPEEDS) - 1, max(0, index))]

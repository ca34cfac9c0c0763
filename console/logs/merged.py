"""The lines of several logs in order of time. Equal times keep the order of the logs, and each log its own order.

The order depends on the lines alone, not on the time when they were read: a line that is read late is inserted at its
time. Runs of lines are found by bisection, so that a merge costs little more than a copy.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from console.logs.index import Index

LANE_SHIFT = 40
NUMBER = (1 << LANE_SHIFT) - 1


@dataclass(slots=True)
class Lane:
    """One log in a merge. `shift` is by how many whole seconds the server's clock is ahead of ours.

    `selected` are the numbers of the selected lines, ascending; None selects all.
    """

    index: Index
    shift: int = 0
    selected: "array[int] | None" = None
    taken: int = field(default=0, init=False)
    """How many of the selected lines are merged."""

    @property
    def numbers(self) -> Sequence[int]:
        return range(self.index.first, self.index.count) if self.selected is None else self.selected

    def key(self, number: int) -> int:
        """The time of a line by our clock. A dropped line counts as the oldest one in the index."""
        keys = self.index.keys
        return keys[max(0, number - self.index.first)] - self.shift if keys else 0

    def before(self, key: int, *, included: bool) -> int:
        """How many selected lines are before that time; with `included`, before it or at it."""
        find = bisect_right if included else bisect_left
        wanted = key + self.shift
        if self.selected is None:
            return find(self.index.keys, wanted)
        return find(self.selected, wanted, key=lambda number: self.index.keys[number - self.index.first])


class MergedLines:
    """The merged lines. `order` has one integer for each line: its lane and its number."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self.lanes = lanes
        self.order = array("Q")

    def __len__(self) -> int:
        return len(self.order)

    def line(self, position: int) -> tuple[int, int]:
        """The lane and the number of the line at a position. Raises IndexError."""
        entry = self.order[position]
        return entry >> LANE_SHIFT, entry & NUMBER

    def key(self, position: int) -> int:
        """The time of the line at a position, by our clock."""
        lane, number = self.line(position)
        return self.lanes[lane].key(number)

    def position(self, lane: int, number: int) -> int:
        """The position of a line, or the position that it would have."""
        wanted = (self.lanes[lane].key(number), lane, number)
        return bisect_left(self.order, wanted, key=self._rank)

    def at(self, time: float) -> int:
        """The position of the first line at that time or later."""
        return bisect_left(self.order, time, key=lambda entry: self._rank(entry)[0])

    def extend(self) -> int:
        """Merge the new lines of all lanes. Returns the first position that changed."""
        fresh = [
            (lane.key(lane.numbers[lane.taken]), number)
            for number, lane in enumerate(self.lanes)
            if lane.taken < len(lane.numbers)
        ]
        if not fresh:
            return len(self.order)
        kept = self._rewind(*min(fresh))
        self._merge()
        return kept

    def _rank(self, entry: int) -> tuple[int, int, int]:
        lane, number = entry >> LANE_SHIFT, entry & NUMBER
        return self.lanes[lane].key(number), lane, number

    def _rewind(self, key: int, of: int) -> int:
        """Remove the merged lines that sort after a line of that time in that lane. Returns how many stay."""
        for number, lane in enumerate(self.lanes):
            if number != of:
                lane.taken = min(lane.taken, lane.before(key, included=number < of))
        kept = sum(lane.taken for lane in self.lanes)
        del self.order[kept:]
        return kept

    def _merge(self) -> None:
        waiting = [number for number, lane in enumerate(self.lanes) if lane.taken < len(lane.numbers)]
        ends = {number: len(self.lanes[number].numbers) for number in waiting}
        while waiting:
            ranked = sorted((self.lanes[number].key(self._next(number)), number) for number in waiting)
            number = ranked[0][1]
            lane, upto = self.lanes[number], ends[number]
            if len(ranked) > 1:
                key, other = ranked[1]
                upto = min(upto, lane.before(key, included=number < other))
            self._append(number, lane, upto)
            if lane.taken == ends[number]:
                waiting.remove(number)

    def _next(self, number: int) -> int:
        lane = self.lanes[number]
        return lane.numbers[lane.taken]

    def _append(self, number: int, lane: Lane, upto: int) -> None:
        high = number << LANE_SHIFT
        numbers = lane.numbers[lane.taken : upto]
        if isinstance(numbers, range):
            self.order.extend(range(high + numbers.start, high + numbers.stop))
        else:
            self.order.extend([high + each for each in numbers])
        lane.taken = upto

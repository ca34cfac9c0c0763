"""A map over a sequence that grows at its end and loses items at its beginning; each item is converted only once.

The picture has the last lines of every source. Without this, every new line would convert all lines again. Items never
change, so the same object always has the same result.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class IncrementalMap(Generic[Item, Result]):
    """The last sequence and its results. `convert` returns one result for each item, in their order."""

    def __init__(self, convert: Callable[[Iterable[Item]], Iterable[Result]]) -> None:
        self._convert = convert
        self._items: Sequence[Item] = ()
        self._results: list[Result] = []

    def update(self, items: Sequence[Item]) -> Sequence[Result]:
        """Returns the results of `items`; only the new items are converted."""
        if items is not self._items:
            dropped = _count_dropped(self._items, items)
            fresh = items[len(self._items) - dropped :]
            self._results = [*self._results[dropped:], *self._convert(fresh)]
            self._items = items
        return self._results


def _count_dropped(before: Sequence[Item], items: Sequence[Item]) -> int:
    """How many items of `before` are no longer in `items`; all of them where `items` does not continue `before`."""
    if items:
        for number, each in enumerate(before):
            if each is items[0]:
                common = len(before) - number
                # It is enough to compare both ends of the common part: no item is ever inserted in between.
                return number if common <= len(items) and items[common - 1] is before[-1] else len(before)
    return len(before)

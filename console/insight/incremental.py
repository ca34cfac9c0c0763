"""What follows from each item of a sequence that grows at its end and is dropped at its beginning, made only once.

The picture keeps the last lines of everything. Whoever makes something of each of them would make a thousand things
anew for every line that comes; items never change, so that one that is the same object has the same outcome.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")


class Grown(Generic[Item, Made]):
    """The last sequence and what was made of it. `made_of` gives one outcome for each item, in their order."""

    def __init__(self, made_of: Callable[[Iterable[Item]], Iterable[Made]]) -> None:
        self._made_of = made_of
        self._items: Sequence[Item] = ()
        self._made: list[Made] = []

    def after(self, items: Sequence[Item]) -> Sequence[Made]:
        """What follows from these: made anew only of those that came."""
        if items is not self._items:
            dropped = _dropped(self._items, items)
            fresh = items[len(self._items) - dropped :]
            self._made = [*self._made[dropped:], *self._made_of(fresh)]
            self._items = items
        return self._made


def _dropped(before: Sequence[Item], items: Sequence[Item]) -> int:
    """How many of those before are not there any more; all of them where it is no continuation."""
    if items:
        for number, each in enumerate(before):
            if each is items[0]:
                kept = len(before) - number
                # The ends of what they have in common tell: nothing is put in between.
                return number if kept <= len(items) and items[kept - 1] is before[-1] else len(before)
    return len(before)

"""The incremental map over a growing sequence: each item is converted once, whichever items were dropped."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from console.insight.incremental import IncrementalMap


class Item:
    """An item that is compared by identity."""


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=20))
def test_each_item_is_converted_once_and_in_order(steps: list[tuple[int, int]]) -> None:
    made: list[Item] = []

    def of(items: Iterable[Item]) -> list[Item]:
        fresh = list(items)
        made.extend(fresh)
        return fresh

    grown: IncrementalMap[Item, Item] = IncrementalMap(of)
    items: tuple[Item, ...] = (Item(),)
    assert grown.update(items) == [*items]
    for dropped, came in steps:
        # One at least stays: a sequence of which nothing is known is another one.
        items = (*items[min(dropped, len(items) - 1) :], *(Item() for _ in range(came)))
        assert grown.update(items) == [*items]
    assert len(made) == len(set(made))


def test_a_sequence_that_is_not_a_continuation_is_converted_again() -> None:
    """As in a replay that jumps back."""
    grown: IncrementalMap[Item, Item] = IncrementalMap(list)
    items = tuple(Item() for _ in range(6))
    grown.update(items)
    assert grown.update(items[:3]) == [*items[:3]]
    assert grown.update(()) == []
    assert grown.update(items[2:]) == [*items[2:]]

"""The order of several logs is a function of their lines, whenever they were read."""

from array import array
from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from console.logs.index import Index
from console.logs.merged import Lane, Merged
from tests.console.logs.lines import line

LOGS = st.lists(st.lists(st.integers(0, 30), max_size=25), min_size=1, max_size=3)


def fed(index: Index, times: list[int]) -> None:
    index.feed("".join(f"{line(at)}\n" for at in times).encode())


def positions(merged: Merged) -> list[tuple[int, int]]:
    return [merged.line(position) for position in range(len(merged))]


def expected(lanes: list[Lane]) -> list[tuple[int, int]]:
    ranked = [(lane.key(each), number, each) for number, lane in enumerate(lanes) for each in lane.numbers]
    return [(number, each) for _, number, each in sorted(ranked)]


@given(LOGS, st.lists(st.tuples(st.integers(0, 2), st.integers(1, 9)), max_size=20), st.lists(st.integers(-9, 9)))
def test_the_order_is_that_of_time_in_whatever_steps_the_lines_come(
    logs: list[list[int]], steps: list[tuple[int, int]], shifts: list[int]
) -> None:
    lanes = [Lane(Index(UTC), shift) for _, shift in zip(logs, [*shifts, 0, 0, 0], strict=False)]
    merged, given_to = Merged(lanes), [0] * len(logs)
    for number, count in [*steps, *((number, 99) for number in range(len(logs)))]:
        number %= len(logs)
        fed(lanes[number].index, logs[number][given_to[number] : given_to[number] + count] or [])
        given_to[number] += count
        merged.extend()
    assert positions(merged) == expected(lanes)
    for position, (lane, each) in enumerate(positions(merged)):
        assert merged.position(lane, each) == position


@given(LOGS, st.data())
def test_lines_that_were_picked_keep_that_order(logs: list[list[int]], data: st.DataObject) -> None:
    lanes = []
    for times in logs:
        lane = Lane(Index(UTC))
        fed(lane.index, times)
        numbers = range(len(times))
        lane.picked = array("Q", sorted(data.draw(st.sets(st.sampled_from(numbers)))) if times else [])
        lanes.append(lane)
    merged = Merged(lanes)
    merged.extend()
    assert positions(merged) == expected(lanes)


def test_a_line_that_comes_late_takes_its_place_and_says_from_where_on_the_order_is_new() -> None:
    lanes = [Lane(Index(UTC)), Lane(Index(UTC))]
    merged = Merged(lanes)
    fed(lanes[0].index, [1, 5, 9])
    assert merged.extend() == 0
    fed(lanes[1].index, [5, 6])
    assert merged.extend() == 2
    assert positions(merged) == [(0, 0), (0, 1), (1, 0), (1, 1), (0, 2)]
    assert merged.extend() == 5


def test_a_time_is_found_in_the_order() -> None:
    lanes = [Lane(Index(UTC)), Lane(Index(UTC), shift=2)]
    merged = Merged(lanes)
    fed(lanes[0].index, [1, 5, 9])
    fed(lanes[1].index, [4, 8])
    merged.extend()
    assert positions(merged) == [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2)]
    base = merged.key(0) - 1
    assert [merged.at(base + second) for second in (0, 2, 5, 7, 10)] == [0, 1, 2, 4, 5]

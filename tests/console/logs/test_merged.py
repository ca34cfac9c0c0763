"""The order of several logs depends on their lines, and not on when they were read."""

from array import array
from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from console.logs.index import Index
from console.logs.merged import Lane, MergedLines
from tests.console.logs.lines import line

LOGS = st.lists(st.lists(st.integers(0, 30), max_size=25), min_size=1, max_size=3)


def feed(index: Index, times: list[int]) -> None:
    index.feed("".join(f"{line(at)}\n" for at in times).encode())


def positions(merged: MergedLines) -> list[tuple[int, int]]:
    return [merged.line(position) for position in range(len(merged))]


def expected(lanes: list[Lane]) -> list[tuple[int, int]]:
    ranked = [(lane.key(each), number, each) for number, lane in enumerate(lanes) for each in lane.numbers]
    return [(number, each) for _, number, each in sorted(ranked)]


@given(LOGS, st.lists(st.tuples(st.integers(0, 2), st.integers(1, 9)), max_size=20), st.lists(st.integers(-9, 9)))
def test_the_order_is_by_time_in_whatever_steps_lines_are_read(
    logs: list[list[int]], steps: list[tuple[int, int]], shifts: list[int]
) -> None:
    lanes = [Lane(Index(UTC), shift) for _, shift in zip(logs, [*shifts, 0, 0, 0], strict=False)]
    merged, given_to = MergedLines(lanes), [0] * len(logs)
    for number, count in [*steps, *((number, 99) for number in range(len(logs)))]:
        number %= len(logs)
        feed(lanes[number].index, logs[number][given_to[number] : given_to[number] + count] or [])
        given_to[number] += count
        merged.extend()
    assert positions(merged) == expected(lanes)
    for position, (lane, each) in enumerate(positions(merged)):
        assert merged.position(lane, each) == position


@given(LOGS, st.data())
def test_selected_lines_keep_the_order(logs: list[list[int]], data: st.DataObject) -> None:
    lanes = []
    for times in logs:
        lane = Lane(Index(UTC))
        feed(lane.index, times)
        numbers = range(len(times))
        lane.selected = array("Q", sorted(data.draw(st.sets(st.sampled_from(numbers)))) if times else [])
        lanes.append(lane)
    merged = MergedLines(lanes)
    merged.extend()
    assert positions(merged) == expected(lanes)


def test_inserts_a_late_line_at_its_time_and_returns_the_first_changed_position() -> None:
    lanes = [Lane(Index(UTC)), Lane(Index(UTC))]
    merged = MergedLines(lanes)
    feed(lanes[0].index, [1, 5, 9])
    assert merged.extend() == 0
    feed(lanes[1].index, [5, 6])
    assert merged.extend() == 2
    assert positions(merged) == [(0, 0), (0, 1), (1, 0), (1, 1), (0, 2)]
    assert merged.extend() == 5


def test_finds_the_position_of_a_time() -> None:
    lanes = [Lane(Index(UTC)), Lane(Index(UTC), shift=2)]
    merged = MergedLines(lanes)
    feed(lanes[0].index, [1, 5, 9])
    feed(lanes[1].index, [4, 8])
    merged.extend()
    assert positions(merged) == [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2)]
    base = merged.key(0) - 1
    assert [merged.at(base + second) for second in (0, 2, 5, 7, 10)] == [0, 1, 2, 4, 5]

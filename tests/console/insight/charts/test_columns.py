"""Columns keep the lowest, highest and last value and make no value up; an axis ends at a whole number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.insight.charts.columns import Column, columns, figures, level, nice_top, value_of
from console.insight.charts.history import Segment

Values = list[tuple[float, int]]
LINES = st.lists(st.tuples(st.integers(0, 999), st.integers(0, 5000)), min_size=1, max_size=60).map(
    lambda found: sorted({float(at): value for at, value in found}.items())
)


def test_a_dip_between_two_columns_is_kept() -> None:
    points = tuple((float(at), 0.0 if at == 500 else 100.0) for at in range(0, 1000, 10))
    found = columns((Segment(points, 1000.0),), 0.0, 1000.0, 10)
    assert found[5] == Column(0.0, 100.0, 100.0)
    assert all(each == Column(100.0, 100.0, 100.0) for number, each in enumerate(found) if number != 5)


def test_a_gap_has_no_column() -> None:
    line = (Segment(((0.0, 5.0),), 200.0), Segment(((800.0, 7.0),), 1000.0))
    found = columns(line, 0.0, 1000.0, 10)
    assert found[:3] == [Column(5.0, 5.0, 5.0)] * 3
    assert found[3:8] == [None] * 5
    assert found[8:] == [Column(7.0, 7.0, 7.0)] * 2


@given(points=LINES, count=st.integers(1, 90))
def test_every_value_is_in_its_column_and_no_other_value_is(points: Values, count: int) -> None:
    line = (Segment(tuple((at, float(value)) for at, value in points), 1000.0),)
    found = columns(line, 0.0, 1000.0, count)
    values = {float(value) for _, value in points}
    for at, value in points:
        column = found[min(count - 1, int(at / (1000.0 / count)))]
        assert column is not None
        assert column.low <= value <= column.high
    for each in found:
        assert each is None or {each.low, each.high, each.last} <= values
    assert found[-1] is not None
    assert found[-1].last == points[-1][1]


def test_the_figures_name_a_line_that_ended() -> None:
    line = (Segment(((0.0, 5.0), (10.0, 3.0), (20.0, 4.0)), 50.0),)
    found = figures(line, 0.0, 100.0)
    assert found is not None
    assert (found.last, found.least, found.most, found.ended) == (4.0, 3.0, 5.0, 50.0)
    reaching = figures(line, 0.0, 50.0)
    assert reaching is not None
    assert reaching.ended is None
    assert figures((), 0.0, 100.0) is None


@pytest.mark.parametrize(("most", "top"), [(0, 4), (4, 4), (7, 8), (9, 10), (11, 20), (250, 300), (4096, 5000)])
def test_the_axis_ends_at_a_whole_number_above_every_value(most: int, top: int) -> None:
    assert nice_top(most) == top


@given(value=st.integers(0, 10**6), dots=st.integers(2, 200))
def test_a_row_reads_back_as_its_value_within_half_a_row(value: int, dots: int) -> None:
    top = nice_top(value)
    row = level(value, top, dots)
    assert (row == 0) == (value == 0)
    assert row == 1 or abs(value_of(row, top, dots) - value) <= top / (dots - 1) / 2 + 1e-6

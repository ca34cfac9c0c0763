"""What is drawn can be read back: every value within one row of dots, gaps without dots."""

from hypothesis import given
from hypothesis import strategies as st

from console.insight.charts.columns import Column, level, nice_top, value_of
from console.tui.charts.canvas import ACROSS, DOWN, Canvas, dashed, dots_of, dotted, solid

VALUES = st.lists(st.one_of(st.none(), st.integers(0, 9000)), min_size=2, max_size=60)


def read_back(canvas: Canvas) -> dict[int, set[int]]:
    """The rows of dots in each column of dots, from the characters alone."""
    found: dict[int, set[int]] = {}
    for line, cells in enumerate(canvas.rows()):
        for cell, (character, _) in enumerate(cells):
            for side, row in dots_of(character):
                found.setdefault(cell * ACROSS + side, set()).add((canvas.height - 1 - line) * DOWN + row)
    return found


@given(values=VALUES, height=st.integers(2, 20))
def test_each_value_reads_back_within_one_row_of_dots(values: list[int | None], height: int) -> None:
    canvas = Canvas((len(values) + 1) // ACROSS, height)
    top = nice_top(max((each for each in values if each is not None), default=0))
    found = [None if each is None else Column(float(each), float(each), float(each)) for each in values]
    canvas.plot(found, top, "red", solid)
    drawn = read_back(canvas)
    for number, value in enumerate(values):
        if value is None:
            assert number not in drawn
        else:
            assert level(value, top, canvas.down) in drawn[number]
            nearest = min(abs(value_of(row, top, canvas.down) - value) for row in drawn[number])
            assert nearest <= top / (canvas.down - 1)


def test_a_change_is_drawn_whole_whatever_the_pattern_is() -> None:
    for pattern in (solid, dotted, dashed):
        canvas = Canvas(4, 2)
        flat, fall = Column(7.0, 7.0, 7.0), Column(0.0, 7.0, 0.0)
        canvas.plot([flat, flat, flat, flat, flat, fall], 7.0, "red", pattern)
        assert read_back(canvas)[5] == set(range(8))


def test_the_patterns_differ_without_colour() -> None:
    rows = []
    for pattern in (solid, dotted, dashed):
        canvas = Canvas(6, 1)
        canvas.plot([Column(1.0, 1.0, 1.0)] * 12, 4.0, "red", pattern)
        rows.append("".join(character for character, _ in canvas.rows()[0]))
    assert len(set(rows)) == 3


def test_two_lines_in_one_cell_keep_the_dots_of_both() -> None:
    canvas = Canvas(1, 1)
    canvas.plot([Column(3.0, 3.0, 3.0)] * 2, 3.0, "red", solid)
    canvas.plot([Column(0.0, 0.0, 0.0)] * 2, 3.0, "blue", solid)
    assert read_back(canvas) == {0: {0, 3}, 1: {0, 3}}

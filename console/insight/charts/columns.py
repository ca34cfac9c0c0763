"""A line reduced to the columns of a drawing, and its figures for the legend.

Each column keeps the lowest, the highest and the last value in it, so that a dip stays visible. A column in a gap is
None; no value is made up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from console.insight.charts.history import Line


@dataclass(frozen=True, slots=True)
class Column:
    """The values in one column."""

    low: float
    high: float
    last: float


def columns(line: Line, start: float, end: float, count: int) -> list[Column | None]:
    """The columns of the time from `start` to `end`, of equal width."""
    found: list[Column | None] = [None] * count
    width = (end - start) / count
    for segment in line:
        for number, (at, value) in enumerate(segment.points):
            until = segment.points[number + 1][0] if number + 1 < len(segment.points) else segment.until
            if at > end or until < start or (until == start and at < start):
                continue
            first = min(count - 1, max(0, int((at - start) / width)))
            last = min(count - 1, max(0, int((until - start) / width)))
            # A value that ends where the next one begins is in the columns before, unless it has only this one.
            if last > first and number + 1 < len(segment.points):
                last -= int((until - start) % width < width * 1e-6)
            for column in range(first, last + 1):
                found[column] = _with(found[column], value)
    return found


def _with(column: Column | None, value: float) -> Column:
    if column is None:
        return Column(value, value, value)
    return Column(min(column.low, value), max(column.high, value), value)


@dataclass(frozen=True, slots=True)
class Figures:
    """The last, the smallest and the largest value of a line in a range. `ended`: when the line ended, where that is
    before the end of the range; None where it reaches the end."""

    last: float
    least: float
    most: float
    ended: float | None = None


def figures(line: Line, start: float, end: float) -> Figures | None:
    """The figures of the values that held from `start` to `end`; None without any."""
    values: list[float] = []
    for segment in line:
        for number, (at, value) in enumerate(segment.points):
            until = segment.points[number + 1][0] if number + 1 < len(segment.points) else segment.until
            if at <= end and (until > start or at >= start):
                values.append(value)
    if not values:
        return None
    until = line[-1].until
    return Figures(values[-1], min(values), max(values), until if until < end else None)


def nice_top(most: float) -> int:
    """The upper end of an axis from zero: the next of 1, 2, 3, 4, 5, 6, 8 or 10 times a power of ten, at least 4."""
    most = max(4.0, most)
    power = 1
    while power * 10 < most:
        power *= 10
    return next(step * power for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * power >= most)


def level(value: float, top: float, dots: int) -> int:
    """The row of dots of a value, 0 at the bottom; a value that is not zero is not on the row of zero."""
    row = min(dots - 1, max(0, round(value / top * (dots - 1))))
    return max(1, row) if value > 0 and dots > 1 else row


def value_of(row: int, top: float, dots: int) -> float:
    """The value in the middle of a row of dots: the inverse of `level`, for tests."""
    return row * top / (dots - 1)


def largest(lines: Sequence[Line], start: float, end: float) -> float:
    """The largest value of the lines in the range, 0 without any."""
    found = [each for line in lines if (each := figures(line, start, end)) is not None]
    return max((each.most for each in found), default=0.0)

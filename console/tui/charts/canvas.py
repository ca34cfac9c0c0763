"""A canvas of dots. Each cell is a character of the Braille block, with two dots across and four down.

Each dot belongs to a series. A cell that has dots of several series takes the colour of the one that was drawn last;
its dots are all kept.
"""

from collections.abc import Callable, Sequence

from console.insight.charts.columns import Column, level

BLANK = 0x2800
BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each dot, by row from the top and column."""
ACROSS, DOWN = 2, 4

Pattern = Callable[[int], bool]
"""Whether a flat line has its dot in that column of dots."""


def solid(column: int) -> bool:
    """An unbroken line."""
    return True


def dotted(column: int) -> bool:
    """Every second dot."""
    return column % 2 == 0


def dashed(column: int) -> bool:
    """Four dots, then two without."""
    return column % 6 < 4


def sparse(column: int) -> bool:
    """Every fourth dot: a limit."""
    return column % 4 == 0


def broken(column: int) -> bool:
    """Three dots, then three without: the forecast."""
    return column % 6 < 3


class Canvas:
    """Dots in `width` by `height` cells; row 0 of the dots is at the bottom."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._dots = [[0] * width for _ in range(height)]
        self._styles = [[""] * width for _ in range(height)]

    @property
    def across(self) -> int:
        """The number of columns of dots."""
        return self.width * ACROSS

    @property
    def down(self) -> int:
        """The number of rows of dots."""
        return self.height * DOWN

    def dot(self, column: int, row: int, style: str) -> None:
        """Set one dot."""
        line, inside = divmod(self.down - 1 - row, DOWN)
        cell, side = divmod(column, ACROSS)
        self._dots[line][cell] |= BITS[inside][side]
        self._styles[line][cell] = style

    def plot(self, columns: Sequence[Column | None], top: float, style: str, pattern: Pattern) -> None:
        """Draw a line. Where the value changes, all dots between the values are set, whatever the pattern is."""
        before: int | None = None
        for number, column in enumerate(columns):
            if column is None:
                before = None
                continue
            low, high, last = (level(each, top, self.down) for each in (column.low, column.high, column.last))
            if before is not None:
                # The dots between two columns, so that a step is one line.
                low, high = min(low, before + (before < low)), max(high, before - (before > high))
            flat = low == high
            for row in range(low, high + 1):
                if not flat or pattern(number) or (before is None and number % 2 == 0):
                    self.dot(number, row, style)
            before = last

    def level_line(self, value: float, top: float, style: str, pattern: Pattern) -> None:
        """Draw a horizontal line below everything that is drawn later."""
        for number in range(self.across):
            if pattern(number):
                self.dot(number, level(value, top, self.down), style)

    def rows(self) -> list[list[tuple[str, str]]]:
        """The rows of cells from the top: a character and its style."""
        return [
            [(chr(BLANK + dots) if dots else " ", style) for dots, style in zip(*row, strict=True)]
            for row in zip(self._dots, self._styles, strict=True)
        ]


def dots_of(character: str) -> list[tuple[int, int]]:
    """The dots of a cell as (column, row from the bottom): reads back what was drawn."""
    bits = ord(character) - BLANK if character != " " else 0
    return [(side, DOWN - 1 - inside) for inside, row in enumerate(BITS) for side, bit in enumerate(row) if bits & bit]

"""Rows below a heading, with a cursor that keys and clicks move."""

from textual.geometry import Region, Size

from console.tui.widgets.rows import Rows


class CursorRows(Rows):
    """The base class of tables. The heading is the first line, and stays there when the rows are scrolled."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._cursor = 0

    @property
    def count(self) -> int:
        """The number of rows."""
        raise NotImplementedError

    def action_choose(self) -> None:
        """Open the row under the cursor."""
        raise NotImplementedError

    def moved(self) -> None:
        """Called after the cursor was moved."""

    def fit_rows(self) -> None:
        """Adapt to the number of rows: the cursor stays on one of them."""
        self._cursor = min(self._cursor, max(0, self.count - 1))
        self.virtual_size = Size(0, self.count + 1)
        self.refresh()

    def on_resize(self) -> None:
        self.virtual_size = Size(0, self.count + 1)

    def row_at(self, y: int) -> int | None:
        row = y + self.scroll_offset.y - 1
        return row if y and row < self.count else None

    def choose(self, row: int) -> None:
        self._to(row)

    def on_rows_opened(self) -> None:
        self.action_choose()

    def action_move(self, step: int) -> None:
        self._to(self._cursor + step)

    def action_page(self, step: int) -> None:
        self._to(self._cursor + step * max(1, self.size.height - 2))

    def action_end(self, last: int) -> None:
        self._to(self.count - 1 if last else 0)

    def _to(self, number: int) -> None:
        if not self.count:
            return
        before = self.scroll_offset.y
        self.refresh_line(self._cursor + 1)
        self._cursor = min(self.count - 1, max(0, number))
        # The heading covers the first visible line.
        self.scroll_to_region(Region(0, self._cursor, 1, 2), animate=False, force=True)
        self.moved()
        if self.scroll_offset.y == before:
            self.refresh_line(self._cursor + 1)
        else:
            self.refresh()

"""The lines of a log book with a cursor. Only visible lines are drawn.

It follows the newest line until the user moves up; `end` follows again. When lines are added or removed, the line under
the cursor keeps its row on the screen.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from console.dialects.dialect import LEVELS
from console.logs.book import LineRef, LogBook
from console.logs.line import decode_line, parse_line
from console.tui.keys.widget_keymap import LOG_VIEW
from console.tui.widgets.rows import Rows

NAMED_WIDTH, DATED_WIDTH, CATEGORY_WIDTH = 110, 110, 160
MAX_SHOWN = 4000
STEP_CELLS = 20

STYLES = {
    "plain": "$foreground",
    "main": "$pool-main",
    "backup": "$pool-backup",
    "stale": "$stale",
    "warning": "$warning",
    "error": "$error",
}
BY_LEVEL = {"Debug": "stale", "Activity": "stale", "Warning": "warning", "Error": "error", "Critical": "error"}


@dataclass(frozen=True, slots=True)
class Anchor:
    """A line and its row in the view, to be restored after a change."""

    place: LineRef
    row: int


class LogView(Rows):
    """The lines of a log book."""

    CLASS_PREFIX = "log--"

    COMPONENT_CLASSES: ClassVar[set[str]] = {*(f"log--{name}" for name in STYLES), "log--cursor", "log--match"}

    DEFAULT_CSS = (
        "LogView { height: 1fr; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; }\n"
        + "\n".join(f"LogView .log--{name} {{ color: {colour}; }}" for name, colour in STYLES.items())
        + "\nLogView .log--error { text-style: bold; }"
        + "\nLogView .log--cursor { background: $primary 25%; }"
        + "\nLogView .log--match { text-style: bold reverse; }"
    )

    BINDINGS: ClassVar[list[BindingType]] = LOG_VIEW.bindings()

    class Moved(Message):
        """The cursor moved to another line, or following was switched on or off."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._book: LogBook | None = None
        self._zone: tzinfo = UTC
        self._cursor = 0
        self._column = 0
        self._seen_count = 0
        """The number of lines when it last followed the end."""
        self.following = True

    @property
    def cursor(self) -> int:
        return self._cursor

    @property
    def count(self) -> int:
        return 0 if self._book is None else len(self._book.shown.merged)

    @property
    def new_lines(self) -> int:
        """How many lines were added since following was switched off."""
        return max(0, self.count - self._seen_count)

    def open(self, book: LogBook, zone: tzinfo) -> None:
        """Show this book."""
        self._book, self._zone = book, zone
        self.following, self._cursor = True, 0
        self.update_lines(None, 0)

    def cursor_anchor(self) -> Anchor | None:
        """The line under the cursor and its row. Call it before `LogBook.publish`, and pass it to `update_lines`."""
        if self._book is None or not self.count:
            return None
        place = self._book.place(min(self._cursor, self.count - 1))
        return None if place is None else Anchor(place, self._cursor - self.scroll_offset.y)

    def update_lines(self, anchor: Anchor | None, new: int | None) -> None:
        """Show the present lines of the book. `new`: the first position that changed; None if none did."""
        if self._book is None or new is None:
            return
        self.virtual_size = Size(0, self.count)
        if new == 0:
            self._seen_count = self.count if self.following else min(self._seen_count, self.count)
        if self.following:
            self._seen_count, self._cursor = self.count, max(0, self.count - 1)
            self._scroll(self.count)
        elif anchor is not None:
            before = self._cursor
            self._cursor = min(self._book.position(anchor.place), max(0, self.count - 1))
            if self._cursor != before or new == 0:
                self._scroll(self._cursor - anchor.row)
        self.refresh()

    def set_zone(self, zone: tzinfo) -> None:
        if zone is not self._zone:
            self._zone = zone
            self.refresh()

    def go_to(self, position: int) -> None:
        """Move the cursor to that position, and scroll it to the middle if it is not visible."""
        self.following = False
        self._seen_count = max(self._seen_count, self.count) if position < self.count else self._seen_count
        self._to(position, middle=True)

    def reset_new_lines(self) -> None:
        """Count new lines from now on: another selection is shown."""
        self._seen_count = self.count

    def action_move(self, step: int) -> None:
        self._move_to(self._cursor + step)

    def action_page(self, step: int) -> None:
        self._move_to(self._cursor + step * max(1, self.size.height - 1))

    def action_first(self) -> None:
        self._move_to(0)

    def action_follow(self) -> None:
        self.following = True
        self.update_lines(None, self.count)
        self.post_message(self.Moved())

    def action_scroll_sideways(self, step: int) -> None:
        self._column = min(MAX_SHOWN, max(0, self._column + step * STEP_CELLS))
        self.refresh()

    def row_at(self, y: int) -> int | None:
        row = y + self.scroll_offset.y
        return row if row < self.count else None

    def choose(self, row: int) -> None:
        self._move_to(row)

    def on_mouse_scroll_up(self) -> None:
        self._stop_following()

    def on_scroll_up(self) -> None:
        self._stop_following()

    def on_scroll_to(self) -> None:
        self._stop_following()

    def _stop_following(self) -> None:
        """Stop following when the user scrolls with the wheel or the scroll bar."""
        self.following = False
        self.post_message(self.Moved())

    def on_resize(self) -> None:
        self.virtual_size = Size(0, self.count)
        self._scroll(self.count if self.following else self.scroll_offset.y)

    def _move_to(self, position: int) -> None:
        if position < self._cursor:
            self.following = False
        self._to(position)

    def _to(self, position: int, *, middle: bool = False) -> None:
        if not self.count:
            return
        self.refresh_line(self._cursor)
        self._cursor = min(self.count - 1, max(0, position))
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if not top <= self._cursor < top + height:
            if middle:
                self._scroll(self._cursor - height // 2)
            else:
                self._scroll(self._cursor if self._cursor < top else self._cursor - height + 1)
        self.post_message(self.Moved())
        self.refresh_line(self._cursor)

    def _scroll(self, top: int) -> None:
        self.scroll_to(y=max(0, min(top, self.count - self.size.height)), animate=False, immediate=True, force=True)

    def render_line(self, y: int) -> Strip:
        book, width = self._book, self.scrollable_content_region.width
        position = y + self.scroll_offset.y
        if book is None or position >= self.count:
            return Strip.blank(width, self.rich_style)
        self.set_cache_context((book.shown, self._zone, book.search, self.app.theme, width, self._column))
        try:
            lane, number = book.shown.merged.line(position)
        except IndexError:
            return Strip.blank(width, self.rich_style)
        cursor = position == self._cursor
        return self.cached(
            (lane, number, cursor),
            book.shown,
            lambda: self._draw_row(book, lane, number, cursor).adjust_cell_length(width, self._ground(cursor)),
        )

    def _ground(self, cursor: bool) -> Style:
        return self.style_of("cursor" if cursor else "")

    def _draw_row(self, book: LogBook, lane: int, number: int, cursor: bool) -> Strip:
        source = book.shown.sources[lane]
        data = source.line(number)
        index = source.index
        place = number - index.first
        wide = self.size.width
        ground = self._ground(cursor)
        # The rest of a traceback shares the time and level of its first line, and does not repeat them.
        read = parse_line("(no longer in the file)" if data is None else decode_line(data)[:MAX_SHOWN])
        level = LEVELS[index.levels[place]] if data is None and place >= 0 else read.level
        key = book.shown.merged.lanes[lane].key(number)
        moment = datetime.fromtimestamp(key, self._zone)
        clock = moment.strftime("%d %b %H:%M:%S" if wide >= DATED_WIDTH else "%H:%M:%S")
        if not read.stamped and data is not None:
            clock = " " * len(clock)
        whose = source.role if source.role in ("main", "backup") else "plain"
        mark = {"main": "M", "backup": "B"}.get(source.role, "·")
        tone = BY_LEVEL.get(level, "plain")
        segments = [(f"{mark} ", whose)]
        if wide >= NAMED_WIDTH:
            segments.append((f"{set_cell_size(source.server, 10)} ", whose))
        segments += [(f"{clock} ", "stale"), (f"{level:<8} ", tone), (f"{read.id:<5} ", "stale")]
        if wide >= CATEGORY_WIDTH:
            segments.append((f"{set_cell_size(read.category, 13)} ", "stale"))
        drawn = [Segment(text, self._style(style, ground)) for text, style in segments]
        text = _printable(read.text)[self._column :]
        return Strip([*drawn, *self._marked(book, text, self._style(tone, ground))])

    def _marked(self, book: LogBook, text: str, style: Style) -> list[Segment]:
        if book.search is None or not book.search.matches(text.encode()):
            return [Segment(text, style)]
        match, at, found = self.get_component_rich_style("log--match", partial=True), 0, []
        for start, end in book.search.marks(text):
            start = max(at, start)
            if start < end:
                found += [Segment(text[at:start], style), Segment(text[start:end], style + match)]
                at = end
        return [*found, Segment(text[at:], style)]

    def _style(self, name: str, ground: Style) -> Style:
        return self.style_of(name) + Style(bgcolor=ground.bgcolor)


def _printable(text: str) -> str:
    """Text without control characters and characters of zero width: they would break the columns of the terminal."""
    return "".join(char if char.isprintable() and cell_len(char) else "\N{REPLACEMENT CHARACTER}" for char in text)

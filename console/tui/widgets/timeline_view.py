"""Events on one time axis, a line each, with a cursor and a mark that other times are relative to.

On a wide screen each partner has its own lane, and events of both use the whole width.
"""

from collections.abc import Mapping, Sequence
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

from console.insight.events import Event
from console.insight.timeline import relative
from console.tui.keys.widget_keymap import TIMELINE_VIEW
from console.tui.widgets.rows import Rows
from console.tui.widgets.signs import SEVERITIES

DATED_WIDTH, LANES_WIDTH = 110, 150
STYLES = {
    "plain": "$foreground",
    "stale": "$stale",
    "main": "$pool-main",
    "backup": "$pool-backup",
    "operator": "$accent",
    **{f"severity-{severity}": sign.colour for severity, sign in SEVERITIES.items()},
}
LETTERS = {"main": "M", "backup": "B"}


@dataclass(frozen=True, slots=True)
class Axis:
    """What a row needs besides its event. `roles` are by server; times are relative to `mark`, if it is set."""

    roles: Mapping[str, str]
    zone: tzinfo
    mark: Event | None = None


class TimelineView(Rows):
    """The events. It follows the end until the cursor moves up."""

    CLASS_PREFIX = "time--"

    COMPONENT_CLASSES: ClassVar[set[str]] = {*(f"time--{name}" for name in STYLES), "time--cursor", "time--mark"}

    DEFAULT_CSS = (
        "TimelineView { height: 1fr; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; }\n"
        + "\n".join(f"TimelineView .time--{name} {{ color: {colour}; }}" for name, colour in STYLES.items())
        + "\nTimelineView .time--cursor { background: $primary 25%; }"
        + "\nTimelineView .time--mark { color: $accent; text-style: bold reverse; }"
    )

    BINDINGS: ClassVar[list[BindingType]] = TIMELINE_VIEW.bindings()

    class Moved(Message):
        """The cursor moved to another event."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._events: Sequence[Event] = ()
        self._axis = Axis({}, UTC)
        self._cursor = 0
        self._at_end = True

    @property
    def selected(self) -> Event | None:
        """The event under the cursor; None if there is none."""
        return self._events[self._cursor] if self._cursor < len(self._events) else None

    @property
    def cursor(self) -> int:
        return self._cursor

    @property
    def count(self) -> int:
        return len(self._events)

    def show(self, found: Sequence[Event], axis: Axis) -> None:
        """Show these events, the oldest first; the cursor stays on its event."""
        before, row = self.selected, self._cursor - self.scroll_offset.y
        # After a scroll with the wheel it does not follow, although the cursor is still on the last event.
        following = self._at_end and self.scroll_offset.y >= self.max_scroll_y
        if found == self._events and axis == self._axis:
            return
        if axis != self._axis:
            self.clear_cache()
        self._events, self._axis = found, axis
        self.virtual_size = Size(0, len(found))
        if following or before is None:
            self._cursor = max(0, len(found) - 1)
            self._scroll(len(found))
        else:
            self._cursor = nearest(found, before)
            self._scroll(self._cursor - row)
        self.refresh()

    def action_move(self, step: int) -> None:
        self._to(self._cursor + step)

    def action_page(self, step: int) -> None:
        self._to(self._cursor + step * max(1, self.size.height - 1))

    def action_edge(self, last: int) -> None:
        self._to(len(self._events) - 1 if last else 0)

    def row_at(self, y: int) -> int | None:
        row = y + self.scroll_offset.y
        return row if row < len(self._events) else None

    def choose(self, row: int) -> None:
        self._to(row)

    def on_resize(self) -> None:
        self.virtual_size = Size(0, len(self._events))
        self._keep_in_sight()

    def _to(self, number: int) -> None:
        if not self._events:
            return
        self.refresh_line(self._cursor)
        self._cursor = min(len(self._events) - 1, max(0, number))
        self._at_end = self._cursor == len(self._events) - 1
        self._keep_in_sight()
        self.post_message(self.Moved())
        self.refresh_line(self._cursor)

    def _keep_in_sight(self) -> None:
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if self._cursor < top:
            self._scroll(self._cursor)
        elif self._cursor >= top + height:
            self._scroll(self._cursor - height + 1)

    def _scroll(self, top: int) -> None:
        top = max(0, min(top, len(self._events) - self.size.height))
        self.scroll_to(y=top, animate=False, immediate=True, force=True)

    def render_line(self, y: int) -> Strip:
        width, number = self.scrollable_content_region.width, y + self.scroll_offset.y
        if number >= len(self._events):
            return Strip.blank(width, self.rich_style)
        event, cursor = self._events[number], number == self._cursor
        return self.cached_by_object(event, cursor, width, lambda: self._draw_row(event, width, cursor))

    def _draw_row(self, event: Event, width: int, cursor: bool) -> Strip:
        ground = self.style_of("cursor" if cursor else "")
        cells = [*self._when(event), *self._who(event), *self._what(event, width)]
        drawn = [Segment(text, self._style(style, ground)) for text, style in cells]
        return Strip(drawn).adjust_cell_length(width, ground)

    def _style(self, name: str, ground: Style) -> Style:
        return self.style_of(name) + Style(bgcolor=ground.bgcolor)

    def _when(self, event: Event) -> list[tuple[str, str]]:
        mark = self._axis.mark
        if mark is not None:
            marked = (event.at, event.server, event.text) == (mark.at, mark.server, mark.text)
            return [
                ("◀ mark    " if marked else f"{relative(event.at, mark.at):>9} ", "operator" if marked else "stale")
            ]
        dated = "%d %b %H:%M:%S" if self.size.width >= DATED_WIDTH else " %H:%M:%S"
        return [(f"{datetime.fromtimestamp(event.at, self._axis.zone):{dated}} ", "stale")]

    def _who(self, event: Event) -> list[tuple[str, str]]:
        role = self._axis.roles.get(event.server, "")
        sign = SEVERITIES[event.severity]
        whose = role if role in LETTERS else "plain"
        return [
            (f"{LETTERS.get(role, ' ')} ", whose),
            (f"{sign.glyph} ", f"severity-{event.severity}"),
            (f"{source_names(event, 18 if self.size.width >= DATED_WIDTH else 9)} ", "stale"),
        ]

    def _what(self, event: Event, width: int) -> list[tuple[str, str]]:
        text = "".join(
            char if char.isprintable() and cell_len(char) else "\N{REPLACEMENT CHARACTER}" for char in event.text
        )
        style = "operator" if event.source == "operator" else "plain"
        if event.routine:
            style = "stale"
        elif str(event.severity) in ("critical", "major", "warning"):
            style = f"severity-{event.severity}"
        if width < LANES_WIDTH or self._axis.roles.get(event.server, "") not in LETTERS:
            return [(text, style)]
        lane = (width - 40) // 2
        if self._axis.roles[event.server] == "main":
            return [(f"{set_cell_size(text, lane)} ", style), ("│", "stale")]
        return [(" " * lane, "plain"), (" │ ", "stale"), (text, style)]


def source_names(event: Event, width: int) -> str:
    """The sources of an event, `width` cells wide: all names, or the first one and the number of others."""
    names = ", ".join(event.told_by)
    if len(names) > width and len(event.told_by) > 1:
        names = f"{event.told_by[0]}+{len(event.told_by) - 1}"
    return set_cell_size(names, width)


def nearest(found: Sequence[Event], event: Event) -> int:
    """The position of an event, which may have more sources by now; else of the last event before it."""
    place = 0
    for number, each in enumerate(found):
        if (each.at, each.server, each.source, each.text) == (event.at, event.server, event.source, event.text):
            return number
        if each.at <= event.at:
            place = number
    return place

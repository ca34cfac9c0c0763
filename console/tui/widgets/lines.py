"""A list of lines: log lines, traps and events. Only visible lines are drawn.

By default it follows the newest line until the user scrolls up, and again from the bottom on. A line is a text and the
name of its style. Styles are component classes, so that they come from the theme.
"""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

StyledLine = tuple[str, str]
"""A text and the name of one of STYLES."""

STYLES = ("plain", "main", "backup", "warning", "critical", "operator", "stale")


class Lines(ScrollView, can_focus=True):
    """A list of lines with a scroll bar."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"lines--{style}" for style in STYLES}

    DEFAULT_CSS = """
    Lines { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; }
    Lines .lines--main { color: $pool-main; }
    Lines .lines--backup { color: $pool-backup; }
    Lines .lines--warning { color: $warning; }
    Lines .lines--critical { color: $error; text-style: bold; }
    Lines .lines--operator { color: $accent; text-style: bold; }
    Lines .lines--stale { color: $stale; }
    """

    def __init__(self, empty: str, *, id: str | None = None, follow: bool = True) -> None:
        super().__init__(id=id)
        self._follow = follow
        self._following, self._staying = follow, False
        self._empty: StyledLine = (empty, "stale")
        self._entries: Sequence[StyledLine] = (self._empty,)

    def show(self, entries: Sequence[StyledLine]) -> None:
        """Show these lines, the newest last."""
        entries = entries or (self._empty,)
        if entries == self._entries:
            return
        self._entries = entries
        self.virtual_size = Size(0, len(entries))
        self._stay_at_the_end()
        self.refresh()

    def on_resize(self) -> None:
        self.virtual_size = Size(0, len(self._entries))
        self._stay_at_the_end()

    def _stay_at_the_end(self, *, laid_out: bool = False) -> None:
        """Scroll to the end now, so that nothing moves later, and once more after a layout, which may move the end."""
        if self._following:
            if not laid_out:
                self.call_after_refresh(self._stay_at_the_end, laid_out=True)
            self._staying = True
            self.scroll_end(animate=False, immediate=True)
            self._staying = False

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Stop following when the user scrolls up, and follow again at the end. A moving end does not change it."""
        super().watch_scroll_y(old_value, new_value)
        if not self._staying:
            self._following = self._follow and new_value >= self.max_scroll_y

    def render_line(self, y: int) -> Strip:
        number = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        text, style = self._entries[number] if number < len(self._entries) else ("", "plain")
        rich = self.get_component_rich_style(f"lines--{style}")
        # A control character in a log line would move the cursor of the terminal.
        safe = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
        return Strip([Segment(safe, rich)], cell_len(safe)).crop_extend(0, width, rich)

"""Rows with a cursor. A row is drawn when it becomes visible, and cached until it changes."""

from collections.abc import Callable
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.cache import LRUCache
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

CACHE_SIZE = 1000


class Rows(ScrollView, can_focus=True):
    """The base class of lists of rows. Styles are cached, because reading them is slower than drawing."""

    CLASS_PREFIX: ClassVar[str] = ""
    """The prefix of its component classes."""

    class Opened(Message):
        """The row under the cursor was clicked twice."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._strips: LRUCache[object, tuple[object, Strip]] = LRUCache(CACHE_SIZE)
        self._styles: dict[str, Style] = {}
        self._cache_context: object = None

    def cached_by_object(self, thing: object, cursor: bool, width: int, draw: Callable[[], Strip]) -> Strip:
        """The strip of a row that shows this object, drawn if it is not cached."""
        self.set_cache_context((self.app.theme, width))
        return self.cached((id(thing), cursor), thing, draw)

    def cached(self, key: object, thing: object, draw: Callable[[], Strip]) -> Strip:
        """The strip of that key, drawn if it is not cached for the same object."""
        known = self._strips.get(key)
        # A new object may have the id of one that was freed.
        if known is None or known[0] is not thing:
            known = (thing, draw())
            self._strips[key] = known
        return known[1]

    def set_cache_context(self, context: object) -> None:
        """Clear the cache if the context differs from the last one."""
        if context != self._cache_context:
            self.clear_cache()
            self._cache_context = context

    def clear_cache(self) -> None:
        """Draw every row again, with the styles of the present theme."""
        self.clear_rows()
        self._styles.clear()

    def clear_rows(self) -> None:
        """Draw every row again."""
        self._strips.clear()

    def style_of(self, name: str) -> Style:
        """The style of one of its component classes; for an empty name, its own style."""
        if name not in self._styles:
            self._styles[name] = (
                self.get_component_rich_style(f"{self.CLASS_PREFIX}{name}") if name else self.rich_style
            )
        return self._styles[name]

    def on_click(self, event: events.Click) -> None:
        """Select a row; a second click opens it."""
        row = self.row_at(event.y)
        if row is None:
            return
        self.choose(row)
        if event.chain > 1:
            self.post_message(self.Opened())

    def row_at(self, y: int) -> int | None:
        """The row in that line of the widget; None if there is none."""
        raise NotImplementedError

    def choose(self, row: int) -> None:
        """Move the cursor to that row."""
        raise NotImplementedError

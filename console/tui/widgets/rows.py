"""Rows with a cursor: a row is drawn when it becomes visible, and kept while it looks the same."""

from collections.abc import Callable
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.cache import LRUCache
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

KEPT = 1000


class Rows(ScrollView, can_focus=True):
    """The base of lists of rows. Styles of the theme are read once, since reading costs more than drawing."""

    LOOK: ClassVar[str] = ""
    """What the names of its component classes begin with."""

    class Opened(Message):
        """The row under the cursor was clicked twice."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._strips: LRUCache[object, tuple[object, Strip]] = LRUCache(KEPT)
        self._styles: dict[str, Style] = {}
        self._kept_for: object = None

    def of_object(self, thing: object, cursor: bool, width: int, draw: Callable[[], Strip]) -> Strip:
        """The strip of a row that shows this object, drawn unless it is known."""
        self.keep_for((self.app.theme, width))
        return self.kept((id(thing), cursor), thing, draw)

    def kept(self, key: object, thing: object, draw: Callable[[], Strip]) -> Strip:
        """The strip of that key, drawn unless it is known as that of the same object."""
        known = self._strips.get(key)
        # Another object may have got the place in memory of one that is gone.
        if known is None or known[0] is not thing:
            known = (thing, draw())
            self._strips[key] = known
        return known[1]

    def keep_for(self, circumstances: object) -> None:
        """Keep what is drawn as long as these are the same."""
        if circumstances != self._kept_for:
            self.forget()
            self._kept_for = circumstances

    def forget(self) -> None:
        """Draw every row again, with the styles of the theme."""
        self.forget_rows()
        self._styles.clear()

    def forget_rows(self) -> None:
        """Draw every row again."""
        self._strips.clear()

    def look(self, name: str) -> Style:
        """The style of one of its component classes; of none: its own."""
        if name not in self._styles:
            self._styles[name] = self.get_component_rich_style(f"{self.LOOK}{name}") if name else self.rich_style
        return self._styles[name]

    def on_click(self, event: events.Click) -> None:
        """A click selects a row, a second click opens it."""
        row = self.row_at(event.y)
        if row is None:
            return
        self.choose(row)
        if event.chain > 1:
            self.post_message(self.Opened())

    def row_at(self, y: int) -> int | None:
        """The row that is drawn in that line of the widget; None where there is none."""
        raise NotImplementedError

    def choose(self, row: int) -> None:
        """Put the cursor there."""
        raise NotImplementedError

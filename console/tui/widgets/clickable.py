"""Text that can be clicked: lines of which one is selected, and names in one line."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message

from console.tui.widgets.panel import Panel


class ClickableLines(Panel):
    """Lines: a click selects one, a second click opens it."""

    class Clicked(Message):
        """A line was clicked; `opened`: for the second time."""

        def __init__(self, line: int, opened: bool) -> None:
            super().__init__()
            self.line = line
            self.opened = opened

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None:
            self.post_message(self.Clicked(offset.y, event.chain > 1))


class Labels(Panel):
    """Names in one line that can be clicked."""

    class Chosen(Message):
        """A name was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ends: list[tuple[int, str]] = []

    def show(self, labels: Sequence[tuple[str, str, str]], gap: str = "") -> None:
        """Show the name, text and style of each label, with a gap between them."""
        parts: list[str | tuple[str, str]] = []
        end = 0
        self._ends = []
        for name, words, style in labels:
            parts += [(words, style), gap]
            end += cell_len(words) + cell_len(gap)
            self._ends.append((end, name))
        self.put(Content.assemble(*parts))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        name = None if offset is None else next((name for end, name in self._ends if offset.x < end), None)
        if name is not None:
            self.post_message(self.Chosen(name))

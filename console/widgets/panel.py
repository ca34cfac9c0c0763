"""A piece of text that is painted only when it changed."""

from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import Static


class Panel(Static):
    """A static text for screens that are drawn several times a second.

    Most of what they draw is what already stands there; painting it again would fill a slow SSH line.
    """

    class Pressed(Message):
        """It was clicked, at that column and line of its text; `chain` counts clicks that follow at once."""

        def __init__(self, panel: "Panel", x: int, y: int, chain: int) -> None:
            super().__init__()
            self.panel = panel
            self.x, self.y, self.chain = x, y, chain

        @property
        def control(self) -> "Panel":
            return self.panel

    _shown: Content | None = None

    def on_click(self, event: Click) -> None:
        edge = self.gutter
        self.post_message(self.Pressed(self, event.x - edge.left, event.y - edge.top, event.chain))

    def put(self, content: Content) -> None:
        """Show the text, if it differs from what is shown."""
        before = self._shown
        if before is None or before.plain != content.plain or before.spans != content.spans:
            self._shown = content
            # Where the size is fixed the rest of the screen need not be laid out anew.
            self.update(content, layout=self.styles.auto_dimensions)

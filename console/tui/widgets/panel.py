"""A text that is painted only when it has changed."""

from textual.content import Content
from textual.widgets import Static


class Panel(Static):
    """A static text for screens that are drawn several times a second.

    Most of what they draw has not changed; painting it again would fill a slow SSH connection.
    """

    _shown: Content | None = None

    def put(self, content: Content) -> None:
        """Show the text, if it differs from what is shown."""
        before = self._shown
        if before is None or before.plain != content.plain or before.spans != content.spans:
            self._shown = content
            # If the size is fixed, the rest of the screen needs no new layout.
            self.update(content, layout=self.styles.auto_dimensions)

"""A piece of text that is painted only when it changed."""

from textual.content import Content
from textual.widgets import Static


class Panel(Static):
    """A static text for screens that are drawn several times a second.

    Most of what they draw is what already stands there; painting it again would fill a slow SSH line.
    """

    _shown: Content | None = None

    def put(self, content: Content) -> None:
        """Show the text, if it differs from what is shown."""
        before = self._shown
        if before is None or before.plain != content.plain or before.spans != content.spans:
            self._shown = content
            # Where the size is fixed the rest of the screen need not be laid out anew.
            self.update(content, layout=self.styles.auto_dimensions)

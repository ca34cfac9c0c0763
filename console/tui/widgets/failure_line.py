"""The line over a screen that could not be drawn."""

from textual.content import Content

from console.tui.widgets.panel import Panel


class FailureLine(Panel):
    """Why the screen is old, and that the rest of the console works."""

    DEFAULT_CSS = """
    FailureLine { height: auto; background: $banner-warning; color: $banner-warning-text; text-style: bold; }
    """

    def tell(self, reason: str) -> None:
        self.put(Content(f"NOT DRAWN, this screen is old: {reason}. Other screens work. Please report it."))

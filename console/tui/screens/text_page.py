"""A screen with one text to scroll below a title: the frame of the handover and of the quality of the alarms."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from console.tui.screens.picture import PlaceScreen
from console.tui.widgets.key_footer import KeyFooter
from console.tui.widgets.panel import Panel


class TextPage(PlaceScreen):
    """The base class: `put` shows a title and the lines of the text."""

    CSS_PATH = "text_page.tcss"

    def compose(self) -> ComposeResult:
        yield Panel(id="title")
        with VerticalScroll(id="scroll"):
            yield Panel(id="text")
        yield KeyFooter()

    def on_mount(self) -> None:
        self.query_one("#scroll").focus()
        self.draw()

    def put(self, title: str, text: Content) -> None:
        self.query_one("#title", Panel).put(Content(title))
        self.query_one("#text", Panel).put(text)

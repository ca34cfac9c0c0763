"""The first-run page: how to get a configuration, and the demo."""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from console.tui.keys.dialog_keymap import WELCOME
from console.tui.screens.atomic import AtomicScreen
from console.tui.screens.setup import SetupScreen
from console.tui.widgets.key_footer import KeyFooter


class WelcomeScreen(AtomicScreen[None]):
    """The page that sets up a pair, or starts the demo."""

    CSS = """
    WelcomeScreen VerticalScroll { padding: 0 1; }
    WelcomeScreen Static { height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = WELCOME.bindings()

    def __init__(self, path: Path, begin: Callable[[], None]) -> None:
        """`begin` is called after a configuration was written."""
        super().__init__()
        self._path = path
        self._begin = begin

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(
                Content.assemble(
                    ("Pairwatch has no configuration yet.", "bold"),
                    "\n\nPress ",
                    ("Enter", "bold $primary"),
                    " to watch a pair: enter the addresses of its two servers and a user of their API; "
                    "the servers report the rest.\n\nPress ",
                    ("d", "bold $primary"),
                    " for the demo: two real servers and DHCP clients on this host, which stop with "
                    "the console.\n\nTo write the configuration by hand: the file is ",
                    (str(self._path), "bold $primary"),
                    ", and ",
                    ("pairwatch config --explain", "bold"),
                    " explains every setting.",
                )
            )
        yield KeyFooter()

    def action_set_up(self) -> None:
        self.app.push_screen(SetupScreen(self._path, self._begin))

"""Without a configuration: how to get one, and the demo."""

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

EXAMPLE = """\
[[pair]]
name = "example-pair"            # its name on the servers
environment = "production"
write = false                    # true: actions from here

[[pair.server]]
name = "dhcp-a"
role = "main"
api = "https://dhcp-a.example.net:8067"
user = "watcher"
password_file = "dhcp-a.password"
trap_sources = ["192.0.2.11"]

[[pair.server]]
name = "dhcp-b"
role = "backup"
api = "https://dhcp-b.example.net:8067"
user = "watcher"
password_file = "dhcp-b.password"
trap_sources = ["192.0.2.12"]
"""


class WelcomeScreen(Screen[None]):
    """What to write where; d starts the demo."""

    CSS = """
    WelcomeScreen VerticalScroll { padding: 0 1; }
    WelcomeScreen Static { height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("d", "app.demo", "Start the demo", id="welcome.demo")]

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(
                Content.assemble(
                    ("Pairwatch watches no pair yet.", "bold"),
                    "\n\nPress ",
                    ("d", "bold $primary"),
                    " for the demo: two servers and DHCP clients on this host.\nOr write ",
                    (str(self._path), "bold $primary"),
                    ", for example:\n\n",
                    (EXAMPLE, "$stale"),
                )
            )
        yield Footer(show_command_palette=False)

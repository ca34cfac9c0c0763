"""A screen, as CONTRIBUTING.md adds it: an entry in two tables, and its module."""

from pathlib import Path

from tests.recipes.changed_tree import ChangedTree
from tests.recipes.page import named_files

KEYMAP = "console/tui/keys/keymap.py"
PLACES = "console/tui/place_screens.py"
MODULE = "console/tui/screens/servers.py"

FIRST_PLACE = "PLACES: tuple[Place, ...] = (\n"
PLACE = '    Place("servers", "z", "Servers", "the servers of the pair", footer=LATER),\n'
NEXT_SCOPE = "\nSCREENS: tuple[Scope, ...] = ("
SCOPE = '\nSERVERS = Scope("ServersScreen", PLACE, (Key("servers.back", "escape", "dismiss", "Back"),))\n'

SCREEN = '''"""The servers of a pair, one line for each."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from console.tui.keys.keymap import SERVERS
from console.tui.screens.picture import PlaceScreen
from console.tui.widgets.key_footer import KeyFooter
from console.tui.widgets.panel import Panel


class ServersScreen(PlaceScreen):
    """The name and the role of each server."""

    BINDINGS: ClassVar[list[BindingType]] = SERVERS.bindings()

    def compose(self) -> ComposeResult:
        yield Panel(id="servers")
        yield KeyFooter()

    def draw(self) -> None:
        lines = [f"{server.name} is the {server.role}" for server in self.pair.servers.values()]
        self.query_one("#servers", Panel).put(Content("\\n".join(lines)))
'''


def test_a_screen_needs_three_files_and_is_then_reached_from_everywhere(tmp_path: Path) -> None:
    tree = ChangedTree(tmp_path)
    tree.replace(KEYMAP, FIRST_PLACE, FIRST_PLACE + PLACE)
    tree.replace(KEYMAP, NEXT_SCOPE, SCOPE + NEXT_SCOPE)
    tree.insert_after(KEYMAP, "SCREENS: tuple[Scope, ...] = (", "    SERVERS,")
    tree.insert_after(
        PLACES,
        "SCREENS: Mapping[str, str] = {",
        '    "servers": "console.tui.screens.servers:ServersScreen",',
    )
    tree.create(MODULE, SCREEN)
    assert tree.run("tests.recipes.trial_screen").splitlines() == [
        "opened from the pair: ServersScreen",
        "dhcp-a is the main",
        "dhcp-b is the backup",
        "opened from the numbers: ServersScreen",
        "in the help: True",
        "in the palette: True",
        "configurable: go.servers servers.back",
    ]
    assert tree.new_circles() == []
    assert tree.files == named_files("A screen", NAME="servers")
    assert len(tree.files) <= 3

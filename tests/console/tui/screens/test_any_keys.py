"""Any keys in any order: the console continues, and always shows the name of its pair.

The keys are drawn from all bound keys and from printable characters, with a fixed seed, so that a failure can be
repeated. No action is confirmed: the effect of actions is tested elsewhere.
"""

import random
import string
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.widget import Widget

from console.incidents.saving import SavedIncident
from console.state.replay import Player
from console.tui.app import PairwatchApp
from console.tui.keys.catalogue import named_bindings
from console.tui.keys.keymap import PLACES
from console.tui.keys.scope import Place
from console.tui.place_screens import place_screen
from console.tui.screens.action import ActionScreen
from console.tui.screens.picture import PictureScreen
from console.tui.screens.set_partner_down import SetPartnerDownScreen
from tests.console.scenes import MAIN_LOST, PAIR, RACE, ZONE, empty, status
from tests.console.tui.screens.stage import Stage

CHUNKS, CHUNK = 12, 40
PAUSES = 20
"""A screen that was opened by the last key has its header only after a layout."""
LEAVING = {"q", "ctrl+q", "ctrl+c", "ctrl+z", "f"}
BOUND = sorted({key for each in named_bindings() for key in each.keys} - LEAVING)
PRINTED = [_character_to_key(each) for each in string.printable if each.isprintable() and each not in LEAVING]
MOVING = ["up", "down", "left", "right", "tab", "shift+tab", "pageup", "pagedown", "home", "end", "backspace", "delete"]
OUT = ["escape"] * 12
"""So many that no screen stays open for long."""
KEYS = [*BOUND * 3, *PRINTED, *MOVING, *OUT]


def _live(folder: Path) -> PairwatchApp:
    return Stage(*RACE, main=status(), backup=status("dhcp-b"), audit=folder / "audit.log").app


def _replay(folder: Path) -> PairwatchApp:
    observations = sorted((each for part in MAIN_LOST for each in part), key=lambda each: each.at)
    return PairwatchApp.replaying(Player(observations, empty().pairs.values(), ZONE), None, PAIR)


async def _no_page(saved: SavedIncident, theme: str, command: Sequence[str]) -> str:
    """Draw no pictures."""
    return ""


def _shows_pair(app: PairwatchApp) -> bool:
    """Whether the topmost screen of the picture has its header at the top, drawn and visible."""
    under = [screen for screen in app.screen_stack if isinstance(screen, PictureScreen)]
    if not under:
        return False
    lines: list[Widget] = list(under[-1].query("#header, #title" if under[-1].NAMES_ITS_PAIR else "#whose"))
    return any(line.display and line.region.height >= 1 and line.region.y <= 1 for line in lines)


@pytest.mark.parametrize("make", [_live, _replay], ids=["race", "replay"])
async def test_no_order_of_keys_stops_the_console(
    make: Callable[[Path], PairwatchApp], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("console.tui.screens.save_incident.draw_page", _no_page)
    monkey = random.Random(20260715)
    app = make(tmp_path)
    monkeypatch.setattr(app, "exit", lambda *_, **__: None)  # The palette can quit, which is not a failure.
    pressed: list[str] = []
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(CHUNKS):
            keys = monkey.choices(KEYS, k=CHUNK)
            if isinstance(app.screen, ActionScreen | SetPartnerDownScreen):
                keys = ["escape"] if monkey.random() < 0.2 else [key for key in keys if key != "enter"]
            pressed += keys
            for key in keys:
                app.simulate_key(key)  # The pilot would wait a tenth of a second for each.
            for _ in range(PAUSES):
                await pilot.pause()
                if _shows_pair(app):
                    break
            assert app.is_running, pressed[-40:]
            assert _shows_pair(app), (app.screen_stack, pressed[-CHUNK:])


@pytest.mark.parametrize("place", PLACES, ids=[each.name for each in PLACES])
async def test_closing_the_console_while_a_screen_opens_does_not_crash(
    tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The toolkit mounts a screen without its widgets if the console is closed at the same time."""
    app = _live(tmp_path)
    assert app.session is not None
    async with app.run_test(size=(80, 24)) as pilot:
        screen = place_screen(place.name, app.session, PAIR)
        await app.push_screen(screen)
        await pilot.pause()
        assert isinstance(screen, PictureScreen)
        # The clock of the app would draw between the removal of one widget and the next, which no closing does.
        monkeypatch.setattr(app, "_draw", lambda screen, second: None)
        await screen.remove_children()
        await screen.on_event(events.Mount())
        screen.draw_now()
        assert app.is_running

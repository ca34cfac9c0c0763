"""The command palette, changed keys, and copying the pair as text."""

from dataclasses import replace

import pytest

from console.errors import ConfigError
from console.insight.report_text import in_words
from console.state.replay import Player
from console.tui.app import PairwatchApp
from console.tui.keys.catalogue import catalogue, named_bindings
from console.tui.keys.check import find_faults, is_key, normalize
from console.tui.keys.keymap import PLACES
from console.tui.place_screens import SCREENS
from console.tui.screens.alarms import AlarmsScreen
from console.tui.screens.fleet import FleetScreen
from console.tui.screens.pair import PairScreen
from console.tui.screens.set_partner_down import SetPartnerDownScreen
from console.tui.session import Session
from tests.console.fleets import fleet_store
from tests.console.scenes import BACKUP, MAIN_LOST, NOW, PAIR, RACE, ZONE, pair, status
from tests.console.tui.screens.stage import Stage, settle, shown

SMALL = (80, 24)


async def test_the_palette_finds_every_place_by_its_words() -> None:
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=SMALL) as pilot:
        await pilot.press("ctrl+p")
        await settle(pilot)
        await pilot.press(*"alarms")
        await settle(pilot)
        assert "Go to Alarms" in shown(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        assert isinstance(stage.app.screen, AlarmsScreen)


async def test_the_palette_opens_a_pair() -> None:
    app = PairwatchApp(Session(fleet_store(6)), "pair-000", fleet=True)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+p", *"pair-004")
        await settle(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        assert isinstance(app.screen, PairScreen)
        assert app.screen.pair_name == "pair-004"


async def test_on_an_action_the_palette_offers_only_its_own_keys() -> None:
    stage = Stage(*MAIN_LOST, backup=status(BACKUP, NOW, "COMMUNICATIONS-INTERRUPTED"))
    async with stage.app.run_test(size=SMALL) as pilot:
        await pilot.press("d")
        await settle(pilot)
        assert isinstance(stage.app.screen, SetPartnerDownScreen)
        await pilot.press("ctrl+p")
        await settle(pilot)
        text = shown(pilot)
        assert "Continue" in text
        assert "Go to" not in text


async def test_the_palette_offers_no_action_in_a_replay() -> None:
    player = Player([each for part in MAIN_LOST for each in part], [pair()], ZONE)
    app = PairwatchApp.replaying(player, None, PAIR)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("ctrl+p", *"set partner")
        await settle(pilot)
        assert "Set Partner Down" not in shown(pilot)


async def test_a_changed_key_works_and_is_in_the_footer() -> None:
    stage = Stage(*MAIN_LOST)
    app = PairwatchApp(stage.session, PAIR, keys={"go.alarms": "f5,ctrl+a"})
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await settle(pilot)  # The footer is composed after the first frame.
        assert "f5 Alarms" in shown(pilot)
        await pilot.press("a")
        await settle(pilot)
        assert isinstance(app.screen, PairScreen)
        await pilot.press("ctrl+a")
        await settle(pilot)
        assert isinstance(app.screen, AlarmsScreen)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"go.nowhere": "a"}, "unknown binding 'go.nowhere'"),
        ({"go.alarms": "hyper+a"}, "is not a valid key"),
        ({"go.alarms": ""}, "is not a valid key"),
        ({"go.alarms": "q"}, "go.alarms = 'q' is the key of app.quit"),
        ({"pair.set-partner-down": "a"}, "pair.set-partner-down = 'a' is the key of go.alarms"),
    ],
)
def test_a_key_that_cannot_be_bound_is_refused_with_the_reason(keys: dict[str, str], words: str) -> None:
    assert words in "\n".join(find_faults(keys))
    with pytest.raises(ConfigError):
        PairwatchApp(None, "", keys=keys)


def test_two_keys_can_be_exchanged() -> None:
    assert find_faults({"go.alarms": "d", "pair.set-partner-down": "a"}) == []


def test_every_binding_has_a_name_and_every_name_is_listed_once() -> None:
    names = [key.name for key in catalogue()]
    assert len(names) == len(set(names))
    assert set(names) == {key.name for key in named_bindings()}
    assert {"go.alarms", "app.quit", "pair.set-partner-down"} <= set(names)


def test_every_place_has_the_keys_of_all_places_with_known_exceptions() -> None:
    """One key opens every place from every other one; a place may use a key for its own action."""
    places = {place: screen.rpartition(":")[2] for place, screen in SCREENS.items()}
    assert places.keys() == {place.name for place in PLACES}
    here = {screen: {key.name for key in named_bindings() if key.where == screen} for screen in places.values()}
    missing = {(screen, name) for screen in here for name in places if f"go.{name}" not in here[screen]}
    assert missing == {("AlarmsScreen", "alarms")}


async def test_the_palette_shows_changed_keys() -> None:
    stage = Stage(*MAIN_LOST)
    app = PairwatchApp(stage.session, PAIR, keys={"go.alarms": "f5"})
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("ctrl+p", *"go to alarms")
        await settle(pilot)
        assert "[f5]" in shown(pilot)


async def test_a_name_with_markup_characters_is_shown_as_it_is() -> None:
    store = fleet_store(2)
    odd = replace(next(iter(store.picture.pairs.values())), name="[/b]odd[red]", environment="[/x] [")
    store.picture = replace(store.picture, pairs={**store.picture.pairs, odd.name: odd})
    app = PairwatchApp(Session(store), "pair-000", fleet=True)
    async with app.run_test(size=(80, 60)) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+p")
        await settle(pilot)
        await pilot.press(*"odd")
        await settle(pilot)
        assert "[/b]odd[red]" in shown(pilot)
        assert "[/x] [" in shown(pilot)


async def test_a_command_to_paste_has_local_time_even_if_the_screen_shows_utc() -> None:
    """R-154: the server reads its date as local time; a date in UTC would be another hour."""
    stage = Stage(*MAIN_LOST, backup=status(BACKUP, NOW, "COMMUNICATIONS-INTERRUPTED"))
    async with stage.app.run_test(size=SMALL) as pilot:
        await pilot.press("U", "d")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "In UTC; now it is 2026-07-15 03:12:00Z" in " ".join(shown(pilot).split())
        await pilot.press("enter")
        await settle(pilot)
        assert "setPartnerDown Jul 15 05:00:00 2026" in " ".join(shown(pilot).split())


@pytest.mark.parametrize("key", ["a", "A", "+", "f12", "ctrl+d", "shift+tab", "question_mark", "pagedown"])
def test_accepts_keys_that_a_terminal_sends(key: str) -> None:
    assert is_key(key)


@pytest.mark.parametrize("key", ["", "aa", "f25", "meta+x", "ctrl+", "ctrl+nothing"])
def test_refuses_keys_that_no_terminal_sends(key: str) -> None:
    assert not is_key(key)


def test_keys_are_written_in_the_toolkits_notation() -> None:
    assert normalize("?, ctrl+a") == "question_mark,ctrl+a"


async def test_copies_the_pair_as_text_over_any_connection() -> None:
    stage = Stage(*RACE)
    async with stage.app.run_test(size=SMALL) as pilot:
        await pilot.press("Y")
        await settle(pilot)
        assert stage.app.clipboard == in_words(pair(*RACE), NOW, ZONE)


def test_the_text_of_a_pair_has_state_next_events_and_alarms() -> None:
    words = in_words(pair(*MAIN_LOST), NOW, ZONE)
    assert words.startswith("example-pair (production), 2026-07-15 05:12:00 CEST (03:12:00Z): CRITICAL\n")
    assert "dhcp-a (main): cannot see it; NORMAL 13 min 00 s ago" in words
    assert "in 3:48:00, 2026-07-15 09:00:00 CEST (07:00:00Z): safe period ends" in words
    assert "critical for 12 min" in words


async def test_one_key_opens_the_fleet_from_the_alarms() -> None:
    app = PairwatchApp(Session(fleet_store(3)), "pair-000")
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("a")
        await settle(pilot)
        await pilot.press("f")
        await settle(pilot)
        assert isinstance(app.screen, FleetScreen)

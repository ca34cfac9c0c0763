"""The command palette, keys that a user has bound anew, and copying in words."""

from dataclasses import replace

import pytest

from console.errors import ConfigError
from console.insight.report_text import in_words
from console.state.replay import Player
from console.tui.app import PairwatchApp
from console.tui.keys.catalogue import catalogue, known
from console.tui.keys.check import faults, is_key, normal
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


async def test_every_place_is_found_in_the_palette_by_its_words() -> None:
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


async def test_a_pair_is_opened_from_the_palette() -> None:
    app = PairwatchApp(Session(fleet_store(6)), "pair-000", fleet=True)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+p", *"pair-004")
        await settle(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        assert isinstance(app.screen, PairScreen)
        assert app.screen.pair_name == "pair-004"


async def test_where_something_is_being_decided_the_palette_leads_nowhere_else() -> None:
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


async def test_a_replay_offers_no_action_in_the_palette() -> None:
    player = Player([each for part in MAIN_LOST for each in part], [pair()], ZONE)
    app = PairwatchApp.replaying(player, None, PAIR)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("ctrl+p", *"set partner")
        await settle(pilot)
        assert "Set Partner Down" not in shown(pilot)


async def test_a_key_bound_anew_works_and_is_what_the_footer_shows() -> None:
    stage = Stage(*MAIN_LOST)
    app = PairwatchApp(stage.session, PAIR, keys={"go.alarms": "f5,ctrl+a"})
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
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
        ({"go.alarms": "hyper+a"}, "is not a key"),
        ({"go.alarms": ""}, "is not a key"),
        ({"go.alarms": "q"}, "go.alarms = 'q' is the key of app.quit"),
        ({"pair.set-partner-down": "a"}, "pair.set-partner-down = 'a' is the key of go.alarms"),
    ],
)
def test_a_wish_that_cannot_be_had_is_refused_in_words(keys: dict[str, str], words: str) -> None:
    assert words in "\n".join(faults(keys))
    with pytest.raises(ConfigError):
        PairwatchApp(None, "", keys=keys)


def test_two_keys_may_change_places() -> None:
    assert faults({"go.alarms": "d", "pair.set-partner-down": "a"}) == []


def test_every_binding_has_a_name_and_every_name_is_listed_once() -> None:
    names = [key.name for key in catalogue()]
    assert len(names) == len(set(names))
    assert set(names) == {key.name for key in known()}
    assert {"go.alarms", "app.quit", "pair.set-partner-down"} <= set(names)


def test_a_place_lacks_the_key_of_another_only_where_its_own_work_has_it() -> None:
    """Every place is one key away from every other, and the exceptions are these."""
    places = {place: screen.rpartition(":")[2] for place, screen in SCREENS.items()}
    assert places.keys() == {place.name for place in PLACES}
    here = {screen: {key.name for key in known() if key.where == screen} for screen in places.values()}
    missing = {(screen, name) for screen in here for name in places if f"go.{name}" not in here[screen]}
    assert missing == {("AlarmsScreen", "alarms")}


async def test_the_palette_names_keys_as_they_are_bound() -> None:
    stage = Stage(*MAIN_LOST)
    app = PairwatchApp(stage.session, PAIR, keys={"go.alarms": "f5"})
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("ctrl+p", *"go to alarms")
        await settle(pilot)
        assert "[f5]" in shown(pilot)


async def test_a_name_that_looks_like_markup_is_a_name() -> None:
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


async def test_a_command_to_paste_is_in_local_time_even_while_times_are_shown_in_utc() -> None:
    """R-154: whoever reads its date reads it by the local clock; in UTC it would name another hour."""
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
def test_what_a_terminal_sends_is_a_key(key: str) -> None:
    assert is_key(key)


@pytest.mark.parametrize("key", ["", "aa", "f25", "meta+x", "ctrl+", "ctrl+nothing"])
def test_what_no_terminal_sends_is_no_key(key: str) -> None:
    assert not is_key(key)


def test_keys_are_named_as_the_toolkit_names_them() -> None:
    assert normal("?, ctrl+a") == "question_mark,ctrl+a"


async def test_the_pair_is_copied_in_words_over_any_connection() -> None:
    stage = Stage(*RACE)
    async with stage.app.run_test(size=SMALL) as pilot:
        await pilot.press("Y")
        await settle(pilot)
        assert stage.app.clipboard == in_words(pair(*RACE), NOW, ZONE)


def test_the_words_say_what_is_true_what_comes_and_what_stands() -> None:
    words = in_words(pair(*MAIN_LOST), NOW, ZONE)
    assert words.startswith("example-pair (production), 2026-07-15 05:12:00 CEST (03:12:00Z): CRITICAL\n")
    assert "dhcp-a (main): cannot see it; NORMAL 13 min 00 s ago" in words
    assert "in 3:48:00, 2026-07-15 09:00:00 CEST (07:00:00Z): safe period ends" in words
    assert "critical for 12 min" in words


async def test_the_fleet_is_one_key_away_from_the_alarms() -> None:
    app = PairwatchApp(Session(fleet_store(3)), "pair-000")
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("a")
        await settle(pilot)
        await pilot.press("f")
        await settle(pilot)
        assert isinstance(app.screen, FleetScreen)

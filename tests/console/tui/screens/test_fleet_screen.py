"""The fleet by keys and by mouse."""

from textual.pilot import Pilot

from console.tui.app import PairwatchApp
from console.tui.screens.fleet import FleetScreen
from console.tui.screens.pair import PairScreen
from console.tui.session import Session
from console.tui.widgets.fleet_table import FleetTable
from tests.console.fleets import fleet_store
from tests.console.tui.screens.stage import shown, words

SMALL = (80, 24)


def app(calm: int = 3) -> PairwatchApp:
    return PairwatchApp(Session(fleet_store(calm)), "pair-000", fleet=True)


async def settle(pilot: Pilot[None]) -> None:
    await pilot.pause()
    await pilot.pause()


async def test_shows_the_most_severe_pair_first_with_its_verdict_and_countdown() -> None:
    async with app().run_test(size=SMALL) as pilot:
        await settle(pilot)
        lines = shown(pilot).splitlines()
        assert "FLEET  6 pairs" in lines[0]
        assert "READ-ONLY" in lines[0]
        assert "▲ 3 critical" in lines[1]
        assert lines[3].startswith("▲ pair-005")
        assert "P-DOWN" in lines[3]
        assert "48:00" in lines[3]
        assert "BOTH servers are PARTNER-DOWN" in words(pilot, "#details")


async def test_the_footer_has_the_keys_for_help_and_quit() -> None:
    async with app().run_test(size=SMALL) as pilot:
        await settle(pilot)
        footer = shown(pilot).splitlines()[-1]
        assert "? Help" in footer
        assert "q Quit" in footer


async def test_enter_opens_the_pair_under_the_cursor_and_escape_goes_back() -> None:
    async with app().run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, PairScreen)
        assert pilot.app.screen.pair_name == "pair-003"
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, FleetScreen)
        assert pilot.app.screen.query_one(FleetTable).selected is not None
        assert pilot.app.screen.pair_name == "pair-003"


async def test_selecting_another_pair_does_not_pile_up_screens() -> None:
    async with app().run_test(size=SMALL) as pilot:
        await settle(pilot)
        for key in ("enter", "f", "down", "enter", "f", "down", "enter"):
            await pilot.press(key)
            await settle(pilot)
        assert isinstance(pilot.app.screen, PairScreen)
        assert len(pilot.app.screen_stack) == 3
        assert pilot.app.screen.pair_name == "pair-004"


async def test_opens_a_place_for_the_pair_under_the_cursor() -> None:
    async with app().run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press("down", "down", "a")
        await settle(pilot)
        assert "ALARMS  8 active" in shown(pilot)
        assert "pair-004 (5/6)  LAB" in shown(pilot)


async def test_filters_pairs_and_escape_clears_the_filter() -> None:
    async with app().run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"nowhere", "enter")
        await settle(pilot)
        assert "6 pairs, 0 shown" in shown(pilot)
        await pilot.press("slash", *(["backspace"] * 7), *"comm-int", "enter")
        await settle(pilot)
        assert "2 shown" in shown(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert "shown" not in shown(pilot).splitlines()[0]


async def test_the_keyboard_reaches_hundreds_of_pairs() -> None:
    async with app(calm=297).run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press("end")
        await settle(pilot)
        assert "pair-296" in shown(pilot)
        await pilot.press("home", "pagedown")
        await settle(pilot)
        assert pilot.app.screen.query_one(FleetTable).selected is not None


async def test_a_double_click_opens_a_pair() -> None:
    async with app().run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.click(FleetTable, offset=(5, 2), times=2)
        await settle(pilot)
        assert isinstance(pilot.app.screen, PairScreen)
        assert pilot.app.screen.pair_name == "pair-003"


async def test_a_wide_screen_has_more_columns_and_the_same_rows() -> None:
    async with app().run_test(size=(200, 60)) as pilot:
        await settle(pilot)
        heading = shown(pilot).splitlines()[2]
        for title in ("environment", "link", "worst scope", "config", "unacked", "next"):
            assert title in heading
        assert "LOST 12 min" in shown(pilot)

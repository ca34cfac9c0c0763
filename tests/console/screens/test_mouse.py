"""The mouse, where there is one: what a click chooses, and what it never does."""

from console.app import PairwatchApp
from console.desk import Desk
from console.screens.fleet import FleetScreen
from console.screens.pair import PairScreen
from console.screens.set_partner_down import SetPartnerDownScreen
from tests.console.fleets import fleet_watch
from tests.console.scenes import BACKUP, MAIN, MAIN_LOST, NOW, RACE, status
from tests.console.screens.stage import Stage, settle, shown

ALONE = "COMMUNICATIONS-INTERRUPTED"


async def test_a_click_on_a_tab_shows_it() -> None:
    async with Stage(*MAIN_LOST).app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        row = next(number for number, line in enumerate(shown(pilot).splitlines()) if "4 Story" in line)
        column = shown(pilot).splitlines()[row].index("4 Story")
        await pilot.click(offset=(column, row))
        await settle(pilot)
        assert "05:00:03 CEST  trap" in shown(pilot)


async def test_a_click_in_the_fleet_chooses_a_pair_and_a_double_one_opens_it() -> None:
    app = PairwatchApp(Desk(fleet_watch(6)), "pair-000", fleet=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        row = next(number for number, line in enumerate(shown(pilot).splitlines()) if " pair-004 " in line)
        await pilot.click(offset=(6, row))
        await settle(pilot)
        assert isinstance(app.screen, FleetScreen)
        assert app.screen.pair_name == "pair-004"
        await pilot.double_click(offset=(6, row))
        await settle(pilot)
        assert isinstance(app.screen, PairScreen)
        assert app.screen.pair_name == "pair-004"


async def test_no_click_carries_an_action_out() -> None:
    """The pair's name is typed, whatever is clicked."""
    stage = Stage(*MAIN_LOST, backup=status(BACKUP, NOW, "COMMUNICATIONS-INTERRUPTED"))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("d")
        await settle(pilot)
        await pilot.press("enter", "enter")
        await settle(pilot)
        for row in range(24):
            for column in (3, 40, 76):
                await pilot.click(offset=(column, row))
        await settle(pilot)
        assert isinstance(stage.app.screen, SetPartnerDownScreen) or stage.backup.posts == []
    assert stage.backup.posts == []


async def test_a_click_chooses_an_action_and_a_double_one_opens_it_to_ask() -> None:
    stage = Stage(*RACE, main=status(MAIN, NOW, ALONE), backup=status(BACKUP, NOW, ALONE))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("o")
        await settle(pilot)
        row = next(number for number, line in enumerate(shown(pilot).splitlines()) if "Stop a server" in line)
        await pilot.click(offset=(6, row))
        await settle(pilot)
        assert "▶ Stop a server" in shown(pilot)
        await pilot.double_click(offset=(6, row))
        await settle(pilot)
        assert "STOP A SERVER" in shown(pilot)
    assert stage.main.posts == []

"""A screen that is left: its widgets are removed one after the other, and a drawing may come in between."""

import asyncio

import pytest

from console.tui.place_screens import SCREENS
from console.tui.screens.picture import PictureScreen
from tests.console.scenes import RACE
from tests.console.tui.screens.stage import Stage, settle

TURNS = 60
"""Turns of the event loop; the widgets of a screen are removed within about fifteen."""


@pytest.mark.parametrize("place", SCREENS)
async def test_a_drawing_that_comes_while_the_screen_is_left_does_nothing(place: str) -> None:
    stage = Stage(*RACE)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.action_go(place)
        await settle(pilot)
        screen = stage.app.screen
        assert isinstance(screen, PictureScreen)
        stage.app.pop_screen()
        for _ in range(TURNS):
            assert not screen.is_open
            screen.draw()
            screen.draw_now()
            await asyncio.sleep(0)
        assert not screen.children


@pytest.mark.parametrize("turns", range(8))
async def test_a_console_that_is_closed_while_a_screen_opens_ends_without_a_fault(turns: int) -> None:
    stage = Stage(*RACE)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        stage.app.action_go("alarms")
        for _ in range(turns):
            await asyncio.sleep(0)
        stage.app.exit()
    assert stage.app.return_code == 0

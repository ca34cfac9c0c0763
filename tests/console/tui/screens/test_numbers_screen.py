"""The numbers screen: both servers, old values, and the explanation of the selected number."""

import pytest

from console.insight.numbers.pools import NOT_YET
from console.insight.numbers.reading import NOT_KNOWN, Reading
from console.tui.screens.numbers import VALUE_WIDTH, NumbersScreen
from tests.console.scenes import MAIN_LOST, RACE
from tests.console.tui.screens.stage import Stage, settle, shown, words


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_shows_each_number_for_both_servers_and_marks_old_values(size: tuple[int, int]) -> None:
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=size) as pilot:
        await pilot.press("number_sign")
        await settle(pilot)
        assert isinstance(pilot.app.screen, NumbersScreen)
        text = shown(pilot)
        assert "○ last known 13 min ago" in text
        assert "○ 975, wifi 900" in text
        assert "◆ ~1:06 h, wifi" in text
        assert "? unknown" in text
        if size[1] >= 30:
            assert "pools as reported by dhcp-b" in text
            assert "4,096" in text


@pytest.mark.parametrize("reading", [NOT_YET, NOT_KNOWN])
def test_the_text_for_an_unknown_number_fits_at_eighty_columns(reading: Reading) -> None:
    assert len(f"? {reading.words}") <= VALUE_WIDTH


async def test_explains_the_number_under_the_cursor() -> None:
    stage = Stage(*RACE)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("number_sign", "down")
        await settle(pilot)
        explained = words(pilot, "#details")
        assert explained.startswith("race margin  =  the smaller safe period left")
        assert "what to do: Repair the link" in explained
        assert "dhcp-a takes over first, at 09:00:00 CEST" in explained


async def test_numbers_are_updated_and_the_cursor_keeps_its_row() -> None:
    stage = Stage(*RACE)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("number_sign", "down", "down")
        await settle(pilot)
        stage.time += 10
        stage.store.tick()
        screen = pilot.app.screen
        assert isinstance(screen, NumbersScreen)
        screen.draw()
        await settle(pilot)
        assert "3:47:50 left" in shown(pilot)
        assert words(pilot, "#details").startswith("safe period left")


async def test_the_help_explains_every_number() -> None:
    stage = Stage(*RACE)
    async with stage.app.run_test(size=(80, 200)) as pilot:
        await pilot.press("question_mark")
        await settle(pilot)
        assert "renewals a second when all leases are MCLT long" in " ".join(shown(pilot).split())

"""The handover and the quality of the alarms on the screen; notes are pinned and removed, and shown on the pair."""

from tests.console.scenes import CALM, PAIR
from tests.console.tui.screens.stage import Stage, settle, shown, words
from tests.console.tui.screens.views import handed_over, measured


async def test_a_note_is_pinned_and_every_screen_of_the_pair_shows_it_until_it_is_removed() -> None:
    app = handed_over()
    async with app.run_test(size=(80, 24)) as pilot:
        assert "NOTE the disk of dhcp-a is at the workshop (jo" in words(pilot, "#notes")
        await pilot.press("H")
        await settle(pilot)
        assert "NO OWNER" in shown(pilot)
        await pilot.press("m")
        await pilot.pause()
        await pilot.press(*"call", "enter")
        await settle(pilot)
        assert app.session is not None
        assert [each.text for each in app.session.store.pair(PAIR).notes.values()][-1] == "call"
        await pilot.press("x")
        await pilot.pause()
        await pilot.press("1", "enter")
        await settle(pilot)
        assert [each.text for each in app.session.store.pair(PAIR).notes.values()] == ["call"]
        await pilot.press("escape")
        await settle(pilot)
        assert "NOTE call" in words(pilot, "#notes")


async def test_an_exceeded_limit_is_marked() -> None:
    app = measured()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("K")
        await settle(pilot)
        assert "20 alarms announced" in words(pilot, "#text")
        assert "TOO MANY" in words(pilot, "#text")
        await pilot.press("v")
        await settle(pilot)
        assert "[7 d]" in words(pilot, "#title")


async def test_without_a_journal_nothing_is_measured() -> None:
    app = Stage(*CALM).app
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("K")
        await settle(pilot)
        assert "cannot be measured" in words(pilot, "#text")

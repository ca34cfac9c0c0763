"""The footer has the keys that fit the width, and the help has each key of its screen with what it does."""

import pytest

from console.tui.keys.catalogue import active_keys
from console.tui.keys.descriptions import DESCRIPTIONS
from console.tui.keys.keymap import APP, SCREENS
from console.tui.keys.scope import FIRST, LATER
from console.tui.keys.widget_keymap import WIDGETS
from console.tui.screens.alarms import AlarmsScreen
from console.tui.screens.help import HelpScreen
from console.tui.widgets.key_footer import KeyFooter
from tests.console.scenes import MAIN_LOST
from tests.console.tui.screens.stage import Stage, settle, shown
from tests.console.tui.screens.views import SIZES, VIEWS, View, show

FOOTED = [view for view in VIEWS if not view.screen.endswith("Dialog")]


def footer_line(text: str) -> str:
    return text.splitlines()[-1]


@pytest.mark.parametrize("view", {view.screen: view for view in FOOTED}.values(), ids=lambda view: view.screen)
async def test_no_key_of_the_footer_is_cut_and_the_help_is_the_last(view: View) -> None:
    app = view.make()
    async with app.run_test(size=SIZES[0]) as pilot:
        await show(pilot, view)
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await settle(pilot)
            await settle(pilot)
            labels = [f"{each.key} {each.each.key.title}" for each in app.screen.query_one(KeyFooter).labels]
            assert footer_line(shown(pilot)).split() == " ".join(labels).split()
            if view.screen != "HelpScreen":
                assert labels[-1].endswith(" Help")
            offered = [each.key for each in active_keys(app.screen)]
            # A key that matters less is there only if all that matter more are.
            first = {key.title for key in offered if key.footer is FIRST}
            later = {key.title for key in offered if key.footer is LATER} - first
            drawn = {label.partition(" ")[2] for label in labels}
            assert first <= drawn or not later & drawn


async def test_a_wider_terminal_has_more_keys_in_the_footer_at_once() -> None:
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "Leases" not in footer_line(shown(pilot))
        await pilot.resize_terminal(200, 24)
        await settle(pilot)
        await settle(pilot)
        assert "Leases" in footer_line(shown(pilot))


def column(footer: KeyFooter, title: str) -> int:
    """The first column of a label."""
    titles = [label.each.key.title for label in footer.labels]
    return sum(label.width for label in footer.labels[: titles.index(title)])


async def test_a_click_on_a_key_of_the_footer_presses_it_and_the_pointer_shows_what_it_does() -> None:
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        footer = stage.app.screen.query_one(KeyFooter)
        at = (column(footer, "Alarms") + 1, 0)
        await pilot.hover(KeyFooter, at)
        assert footer.tooltip == DESCRIPTIONS["go.alarms"]
        await pilot.hover(KeyFooter, (column(footer, "Help") + 1, 0))
        assert footer.tooltip == DESCRIPTIONS["app.help"]
        await pilot.click(KeyFooter, at)
        await settle(pilot)
        assert isinstance(stage.app.screen, AlarmsScreen)


async def test_a_click_beside_the_keys_of_the_footer_presses_none() -> None:
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=(400, 50)) as pilot:
        await settle(pilot)
        before = stage.app.screen
        await pilot.click(KeyFooter, (399, 0))
        await settle(pilot)
        assert stage.app.screen is before


def test_every_key_has_a_sentence_that_explains_it() -> None:
    names = {key.name for scope in (APP, *SCREENS, *WIDGETS) for key in scope.keys if key.name}
    assert names == DESCRIPTIONS.keys()


async def test_the_help_has_each_key_of_its_screen_with_what_it_does() -> None:
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await pilot.press("a")
        await settle(pilot)
        assert isinstance(stage.app.screen, AlarmsScreen)
        keys = active_keys(stage.app.screen)
        await pilot.press("question_mark")
        await settle(pilot)
        page = str(stage.app.screen.query_one("#page").visual)  # type: ignore[attr-defined]
        assert "KEYS HERE: ALARMS" in page
        assert [each.does for each in keys if each.does not in page] == []
        assert "mark the present step as done" not in page


async def test_typed_words_search_the_help() -> None:
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("question_mark", *"safe per")
        await settle(pilot)
        text = shown(pilot)
        assert "safe period" in text
        assert "to start the main again" not in text
        await pilot.press(*"xyz")
        await settle(pilot)
        assert "nothing in the help has these words" in shown(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(stage.app.screen, HelpScreen)
        assert "to start the main again" in shown(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert not isinstance(stage.app.screen, HelpScreen)

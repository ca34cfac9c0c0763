"""The keys of k9s, less, vim and lnav do what hands expect, on every screen; skipping a step is deliberate."""

from collections.abc import Sequence

import pytest
from textual.command import CommandPalette
from textual.widgets import Input

from console.insight.runbooks.listing import fitting
from console.model.picture import MarkHow
from console.tui.keys.keymap import PLACES
from console.tui.screens.action import ActionScreen
from console.tui.screens.logs import LogsScreen
from console.tui.screens.pair import PairScreen
from console.tui.screens.reason_dialog import ReasonDialog
from console.tui.screens.runbook import RunbookScreen
from console.tui.widgets.panel import Panel
from tests.console.scenes import CALM, LOGS, MAIN_LOST, NOW, PAIR, ZONE
from tests.console.tui.screens.stage import Stage, settle, shown

SMALL = (80, 24)


TYPES_FIRST = ("fleet", "lease")
"""The fleet has one pair here; the lease screen begins with a field, in which these keys are letters."""


@pytest.mark.parametrize("place", [each.key for each in PLACES if each.name not in TYPES_FIRST])
async def test_vims_keys_are_the_arrow_keys_on_every_screen(place: str) -> None:
    """j and k do as down and up, g and G as home and end."""
    for keys, arrows in ((("j", "j", "k"), ("down", "down", "up")), (("G",), ("end",)), (("G", "g"), ("end", "home"))):
        found = []
        for pressed in (keys, arrows):
            stage = Stage(*MAIN_LOST)
            async with stage.app.run_test(size=SMALL) as pilot:
                await pilot.press(place, *pressed)
                await settle(pilot)
                found.append(shown(pilot))
                assert not isinstance(pilot.app.screen, ActionScreen)
        assert found[0] == found[1], f"{place} {keys}"


@pytest.mark.parametrize("place", ["", *(each.key for each in PLACES if each.name not in TYPES_FIRST)])
async def test_colon_opens_the_command_line_and_escape_goes_back_everywhere(place: str) -> None:
    stage = Stage(*CALM)
    async with stage.app.run_test(size=SMALL) as pilot:
        await pilot.press(*([place] if place else []))
        await settle(pilot)
        there = type(pilot.app.screen)
        await pilot.press("colon")
        await settle(pilot)
        assert isinstance(pilot.app.screen, CommandPalette)
        await pilot.press("escape")
        await settle(pilot)
        assert type(pilot.app.screen) is there
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, PairScreen)


@pytest.mark.parametrize("place", ["", "a", "w", "o", "r", "number_sign"])
async def test_slash_searches_the_logs_where_a_screen_has_no_filter_of_its_own(place: str) -> None:
    stage = Stage(*CALM)
    async with stage.app.run_test(size=SMALL) as pilot:
        await pilot.press(*([place] if place else []), "slash")
        await settle(pilot)
        assert isinstance(pilot.app.screen, LogsScreen)
        assert isinstance(pilot.app.focused, Input)


async def test_n_goes_to_the_next_match_and_capital_n_to_the_one_before() -> None:
    stage = Stage(LOGS)
    found = []
    for keys in (("n",), ("full_stop",), ("n", "N"), ("full_stop", "comma")):
        async with Stage(LOGS).app.run_test(size=SMALL) as pilot:
            await pilot.press("l", "s", *"lease", "enter")
            while "found" not in shown(pilot):
                await pilot.pause(0.05)  # Files and lines are searched beside the screen.
            await pilot.press(*keys)
            await settle(pilot)
            found.append(shown(pilot))
    assert found[0] == found[1]
    assert found[2] == found[3]
    assert stage.store.pair(PAIR).logs


def marks(stage: Stage) -> Sequence[tuple[MarkHow, str]]:
    return [(each.how, each.reason) for key, each in stage.store.pair(PAIR).marks.items() if not key.endswith("/")]


async def test_a_step_is_skipped_only_when_asked_twice_and_with_a_reason_and_can_be_taken_back() -> None:
    stage = Stage(*MAIN_LOST)
    book, _ = fitting(stage.store.pair(PAIR), NOW, ZONE)[0]
    assert not book.steps[0].gate
    async with stage.app.run_test(size=(120, 50)) as pilot:
        await pilot.press("r", "enter", "enter")
        await settle(pilot)
        before = len(marks(stage))
        await pilot.press("k")
        assert len(marks(stage)) == before, "k moves; in vim's hands it is no decision"
        await pilot.press("s")
        await settle(pilot)
        assert "SKIP this step without doing it?" in shown(pilot)
        await pilot.press("j")
        await settle(pilot)
        assert "SKIP this step" not in shown(pilot)
        await pilot.press("s", "s")
        await pilot.pause()
        assert isinstance(pilot.app.screen, ReasonDialog)
        below = pilot.app.screen_stack[-2].query_one("#message", Panel)
        assert "s again" not in str(below.render()), "the question is answered"
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, ReasonDialog), "a reason is required"
        await pilot.press(*"burnt", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, RunbookScreen)
        assert (MarkHow.SKIPPED, "burnt") in marks(stage)
        assert "⤼ [SKIPPED by jo: burnt]" in shown(pilot)
        await pilot.press("u")
        await settle(pilot)
        assert (MarkHow.SKIPPED, "burnt") not in marks(stage)
        assert "SKIPPED" not in shown(pilot)

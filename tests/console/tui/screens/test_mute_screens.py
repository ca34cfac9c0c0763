"""Every screen on a pair whose servers tell almost nothing: it opens, and it claims nothing that is not known."""

import re
from pathlib import Path

import pytest

from console.actions.audit import AuditLog
from console.actions.execute import Acting
from console.actions.operator import Operator
from console.actions.runbooks import RunbookActions
from console.incidents.saving import FromReplay
from console.makes.source import Source
from console.state.replay import Player
from console.tui.app import PairwatchApp
from console.tui.session import Session
from tests.console.makes.mute import MuteSource, mute_answer, mute_pair, mute_store
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE
from tests.console.tui.screens.stage import shown
from tests.console.tui.screens.views import VIEWS, View, fleet, show, unconfigured

CLAIMS = re.compile(
    r"Protected|both NORMAL|nothing happens by itself|Nothing is wrong|no race|not within 24 h|none within 24 h|"
    r"serves everyone|serves own|silent to clients|\b0 free|NONE FREE|unacked 0|MCLT 0|● Nothing|"
    r"not running|it serves nobody|● NORMAL"
)
"""Words that say of a server what this one did not report."""

KEYS = {(view.keys, view.action): view for view in VIEWS if view.make not in (unconfigured, fleet)}
GENERAL = frozenset({"HelpScreen", "ThemeEditorScreen", "RunbookScreen"})
"""Screens with texts and samples that are about no server."""


async def _no_pause(seconds: float) -> None:
    """Time is not slept for."""


def mute_app(folder: Path) -> PairwatchApp:
    store = mute_store()
    operator = Operator("jo", "192.0.2.200", "noc-1")
    sources: dict[str, Source] = {name: MuteSource(name) for name in (MAIN, BACKUP)}
    audit = AuditLog(folder / "audit.log")
    acting = Acting(store, PAIR, sources, audit, operator, writable=True, pause=_no_pause)
    session = Session(
        store,
        {PAIR: acting},
        {PAIR: True},
        operator="jo",
        clients={PAIR: sources},
        runbook_actions=RunbookActions(store, operator, audit),
    )
    session.incidents = FromReplay(lambda start, end: [], folder)
    return PairwatchApp(session, PAIR)


@pytest.mark.parametrize("view", KEYS.values(), ids=lambda each: each.name)
@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_a_screen_claims_nothing(view: View, size: tuple[int, int], tmp_path: Path) -> None:
    app = mute_app(tmp_path)
    async with app.run_test(size=size) as pilot:
        await show(pilot, view)
        found = None if view.screen in GENERAL else CLAIMS.search(shown(pilot))
        assert found is None, found


async def test_the_fleet_claims_nothing(tmp_path: Path) -> None:
    session = Session(mute_store())
    app = PairwatchApp(session, PAIR, fleet=True)
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        text = shown(pilot)
    assert CLAIMS.search(text) is None
    assert "UNKNOWN" in text.upper()


async def test_no_key_of_an_action_sends_anything(tmp_path: Path) -> None:
    app = mute_app(tmp_path)
    assert app.session is not None
    sources = app.session.clients[PAIR]
    async with app.run_test(size=(120, 40)) as pilot:
        for row in range(7):
            await pilot.press("o", *["down"] * row, "enter", "enter", "enter")
            await pilot.pause()
            while len(app.screen_stack) > 2:
                app.pop_screen()
                await pilot.pause()
    assert all(isinstance(each, MuteSource) and each.requests == [] for each in sources.values())


async def test_a_replay_claims_nothing() -> None:
    story = [mute_answer(server, NOW - 600 + 60 * minute) for minute in range(10) for server in (MAIN, BACKUP)]
    player = Player(story, [mute_pair()], ZONE)
    player.seek(NOW - 120)
    player.playing = False
    app = PairwatchApp.replaying(player, None, PAIR)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert CLAIMS.search(shown(pilot)) is None


def test_every_screen_class_is_among_them() -> None:
    """The set-up and the welcome are about no pair; the fleet has a test of its own."""
    classes = {view.screen for view in KEYS.values()}
    assert classes == {view.screen for view in VIEWS} - {"WelcomeScreen", "SetupScreen", "FleetScreen"}

"""Every screen with a pair whose servers report almost nothing: it opens, and shows no claim about unknown facts."""

import re
from pathlib import Path

import pytest

import console
from console.actions.audit import AuditLog
from console.actions.execute import ActionRunner
from console.actions.inquiries import Inquiries
from console.actions.operator import Operator
from console.actions.runbooks import RunbookActions
from console.incidents.saving import ReplayIncidents
from console.makes.source import Source
from console.state.replay import Player
from console.tui.app import PairwatchApp
from console.tui.session import Session
from tests.console.makes.mute import MuteSource, mute_answer, mute_pair, mute_store
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE
from tests.console.tui.screens.stage import shown
from tests.console.tui.screens.views import VIEWS, View, fleet, show, unconfigured

CLAIMS = (
    "Protected",
    "both NORMAL",
    "no automatic event",
    "● No findings",
    "no race",
    "not within 24 h",
    "none within 24 h",
    "serves all clients",
    "serves own",
    "silent to clients",
    "does not serve clients",
    "NONE FREE",
    "not running",
    "● NORMAL",
)
"""Texts of the console that state a fact which the servers of this pair do not report."""
ZEROS = r"\b0 free|unacked 0|MCLT 0"
CLAIM = re.compile("|".join([*map(re.escape, CLAIMS), ZEROS]))

SNAPSHOTS = Path(__file__).parent / "__snapshots__"
KEYS = {(view.keys, view.action): view for view in VIEWS if view.make not in (unconfigured, fleet)}
GENERAL = frozenset({"HelpScreen", "ThemeEditorScreen", "RunbookScreen", "ReasonDialog"})
"""Screens with general texts and samples, which are not about a server; a dialog is shown over such a screen."""


async def _no_pause(seconds: float) -> None:
    """Return at once."""


def mute_sources() -> dict[str, Source]:
    return {name: MuteSource(name) for name in (MAIN, BACKUP)}


def mute_app(folder: Path, sources: dict[str, Source] | None = None) -> PairwatchApp:
    store = mute_store()
    operator = Operator("jo", "192.0.2.200", "noc-1")
    sources = sources or mute_sources()
    audit = AuditLog(folder / "audit.log")
    runner = ActionRunner(store, PAIR, sources, audit, operator, writable=True, pause=_no_pause)
    session = Session(
        store,
        {PAIR: runner},
        {PAIR: True},
        operator="jo",
        inquiries=Inquiries(store, {PAIR: sources}),
        runbook_actions=lambda: RunbookActions(store, operator, audit),
    )
    session.incidents = ReplayIncidents(lambda start, end: [], folder)
    return PairwatchApp(session, PAIR)


@pytest.mark.parametrize("claim", CLAIMS)
def test_each_claim_is_a_text_of_the_console(claim: str) -> None:
    """With a text that the console does not use any more, the other tests would prove nothing."""
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(console.__file__).parent.rglob("*.py"))
    snapshots = "".join(path.read_text(encoding="utf-8") for path in SNAPSHOTS.rglob("*.txt"))
    assert claim in sources or claim in snapshots


@pytest.mark.parametrize("view", KEYS.values(), ids=lambda each: each.name)
@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_a_screen_makes_no_claim(view: View, size: tuple[int, int], tmp_path: Path) -> None:
    app = mute_app(tmp_path)
    async with app.run_test(size=size) as pilot:
        await show(pilot, view)
        found = None if view.screen in GENERAL else CLAIM.search(shown(pilot))
        assert found is None, found


async def test_the_fleet_makes_no_claim(tmp_path: Path) -> None:
    session = Session(mute_store())
    app = PairwatchApp(session, PAIR, fleet=True)
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        text = shown(pilot)
    assert CLAIM.search(text) is None
    assert "UNKNOWN" in text.upper()


async def test_no_key_of_an_action_sends_a_request(tmp_path: Path) -> None:
    sources = mute_sources()
    app = mute_app(tmp_path, sources)
    async with app.run_test(size=(120, 40)) as pilot:
        for row in range(7):
            await pilot.press("o", *["down"] * row, "enter", "enter", "enter")
            await pilot.pause()
            while len(app.screen_stack) > 2:
                app.pop_screen()
                await pilot.pause()
    assert all(isinstance(each, MuteSource) and each.requests == [] for each in sources.values())


async def test_a_replay_makes_no_claim() -> None:
    observations = [mute_answer(server, NOW - 600 + 60 * minute) for minute in range(10) for server in (MAIN, BACKUP)]
    player = Player(observations, [mute_pair()], ZONE)
    player.seek(NOW - 120)
    player.playing = False
    app = PairwatchApp.replaying(player, None, PAIR)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert CLAIM.search(shown(pilot)) is None


def test_every_screen_class_is_tested() -> None:
    """The set-up and the welcome do not show a pair; the fleet has its own test."""
    classes = {view.screen for view in KEYS.values()}
    assert classes == {view.screen for view in VIEWS} - {"WelcomeScreen", "SetupScreen", "FleetScreen"}

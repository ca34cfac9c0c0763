"""A console that only watches: no key, no command of the palette and no call below them changes anything."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.actions.access import Access
from console.actions.alarms import AlarmActions
from console.actions.audit import AuditLog
from console.actions.execute import ActionRunner
from console.actions.operator import Operator
from console.actions.pins import PinActions
from console.actions.request import OperatorRequest
from console.actions.runbooks import RunbookActions
from console.errors import WatchOnlyError
from console.incidents.saving import ReplayIncidents, incident_details
from console.insight.alarms.planned import Plan
from console.insight.runbooks.listing import fitting
from console.model.action_names import ActionName
from console.model.observations import AlarmsJudged, ClockTick, Observation, PollAnswer, PollFailure, PollUnchanged
from console.tui.app import PairwatchApp
from console.tui.keys.catalogue import active_keys
from console.tui.keys.keymap import APP, PLACE, PLACES, SCREENS
from console.tui.keys.scope import Key
from console.tui.palette import Commands
from tests.console.scenes import BACKUP, MAIN, MAIN_LOST, NOW, PAIR, status
from tests.console.tui.screens.stage import Stage, settle, shown
from tests.console.tui.screens.views import LOST_BACKUP

ENDING = frozenset({"app.quit", "app.suspend", "app.reload"})
READ = (PollAnswer, PollFailure, PollUnchanged, ClockTick, AlarmsJudged)


class Watched:
    """A watch-only app whose servers, pair and audit log would accept everything, and a record of all changes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        stage = Stage(*MAIN_LOST, main=status(), backup=LOST_BACKUP)
        self.stage, self.store = stage, stage.store
        self.kept: list[Observation] = []
        self.store.remember(self.store.picture, self.kept.append)
        audit = AuditLog(folder / "audit.log", Access.WATCH_ONLY)
        operator = Operator("jo", "", "")
        servers = {MAIN: stage.main, BACKUP: stage.backup}
        self.runner = ActionRunner(self.store, PAIR, servers, audit, operator, writable=True)
        session = self.session = stage.session
        session.access = Access.WATCH_ONLY
        session.actions = {PAIR: self.runner}
        session.alarm_actions = AlarmActions(self.store, operator, audit)
        session.pin_actions = lambda: PinActions(self.store, operator, audit)
        session.runbook_actions = lambda: RunbookActions(self.store, operator, audit)
        recorded = [each for part in MAIN_LOST for each in part]
        session.incidents = ReplayIncidents(lambda start, end: recorded, folder / "incidents", Access.WATCH_ONLY)
        session.incident_folder = folder / "incidents"

    @property
    def app(self) -> PairwatchApp:
        return self.stage.app

    def changes(self) -> list[str]:
        """What was changed: requests to servers, entries for the journal, and files."""
        found = [f"request {path}" for server in (self.stage.main, self.stage.backup) for path in server.paths]
        found += [f"journal {each.kind}" for each in self.kept if not isinstance(each, READ)]
        return found + [f"file {path}" for path in self.folder.rglob("*") if path.is_file()]


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return Watched(tmp_path)


def keys_of(owner: str) -> Iterator[Key]:
    """Every key of the screen's own scope; for the pair, those of all places and of the app too."""
    scopes = [scope for scope in SCREENS if scope.owner == owner]
    for scope in (*scopes, PLACE, APP) if owner == "PairScreen" else scopes:
        yield from (key for key in scope.keys if key.name not in ENDING and not key.name.startswith("go."))


@pytest.mark.parametrize("place", ["pair", *(place.name for place in PLACES)])
async def test_no_action_of_the_keymap_changes_anything(place: str, watched: Watched) -> None:
    """R-148: each action is run on the screen whether its key is offered or not."""
    app = watched.app
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)

        async def open_place() -> None:
            while len(app.screen_stack) > 2:
                app.pop_screen()
            if place != "pair":
                watched.session.navigator.go(place)
            await pilot.pause()

        await open_place()
        home = type(app.screen)
        for key in keys_of(home.__name__):
            await app.run_action(key.action, app if key in APP.keys else app.screen)
            await pilot.pause()
            if type(app.screen) is not home:
                await pilot.press(*"abc", "enter", "enter")  # What an open question would take for its answer.
                await open_place()
            else:
                await settle(pilot)  # An answer must not arrive on a screen that is being left.
        assert watched.changes() == []


@pytest.mark.parametrize("place", ["pair", *(place.name for place in PLACES)])
async def test_the_palette_offers_no_change(place: str, watched: Watched) -> None:
    app = watched.app
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        if place != "pair":
            watched.session.navigator.go(place)
            await settle(pilot)
        screen = app.screen
        changing = {key.title for scope in (APP, *SCREENS) for key in scope.keys if key.changes}
        offered = {str(hit.text) async for hit in Commands(screen).discover()}
        assert not offered & (changing - {"Continue", "Open", "Expert", "Save"})
        assert {each.title for each in app.get_system_commands(screen)} == {"Theme"}


async def test_footer_and_help_have_only_keys_that_work(watched: Watched) -> None:
    app = watched.app
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.press("a")
        await settle(pilot)
        await settle(pilot)
        assert "WATCH-ONLY" in shown(pilot)
        footer = shown(pilot).splitlines()[-1]
        assert "Ack" not in footer
        assert "Silence" not in footer
        assert "Show" in footer
        assert not any(each.key.changes for each in active_keys(app.screen))
        await pilot.press("question_mark")
        await settle(pilot)
        assert "become the owner" not in str(app.screen.query_one("#page").visual)  # type: ignore[attr-defined]


async def test_a_key_that_changes_something_is_refused_with_the_reason(watched: Watched) -> None:
    app = watched.app
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("S")
        await pilot.pause()
        assert [each.message for each in app._notifications] == ["This console is watch-only."]


CALLS: tuple[Callable[[Watched], object], ...] = (
    lambda watched: watched.session.act_on_alarms("acknowledge", list(watched.store.pair(PAIR).alarms.values())),
    lambda watched: watched.session.pin_actions().pin(PAIR, "a note"),  # type: ignore[misc]
    lambda watched: watched.session.pin_actions().plan(Plan("patching", kinds=("lost-contact",), first=NOW, last=NOW)),  # type: ignore[misc]
    lambda watched: watched.session.runbook_actions().start(  # type: ignore[misc]
        fitting(watched.store.pair(PAIR), NOW, watched.store.zone)[0][0], PAIR
    ),
    lambda watched: watched.session.incidents.save(  # type: ignore[union-attr]
        incident_details(watched.store.pair(PAIR), NOW - 1800, NOW, NOW, "jo", "")
    ),
)


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_the_calls_below_the_screens_are_refused(number: int, watched: Watched) -> None:
    with pytest.raises(WatchOnlyError):
        CALLS[number](watched)
    assert watched.changes() == []


async def test_a_guarded_action_is_refused_before_anything_is_sent(watched: Watched) -> None:
    watched.stage.main.answer = status()
    watched.stage.backup.answer = status(BACKUP)
    with pytest.raises(WatchOnlyError):
        await watched.runner.carry_out(OperatorRequest(MAIN, action=ActionName.REBALANCE, reason="a test"))
    assert watched.changes() == []


async def test_a_session_without_actions_of_its_own_refuses_too(watched: Watched) -> None:
    watched.session.alarm_actions = None
    with pytest.raises(WatchOnlyError):
        watched.session.act_on_alarms("close", list(watched.store.pair(PAIR).alarms.values()))

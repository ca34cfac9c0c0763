"""The list of saved incidents: what each row has, faults of damaged files, and the replay in place of the console."""

import shutil
from pathlib import Path

from console.tui.screens.fleet import FleetScreen
from console.tui.screens.incidents import IncidentsScreen
from console.tui.screens.pair import PairScreen
from tests.console.scenes import CALM, NOW
from tests.console.tui.screens.stage import Stage, settle, shown
from tests.console.tui.screens.views import saved_incidents

SIZE = (120, 40)


async def test_lists_the_files_with_pair_time_length_operator_and_size() -> None:
    app = saved_incidents()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("I")
        await settle(pilot)
        rows = [line for line in shown(pilot).splitlines() if "2026-07-1" in line and "KiB" in line]
        assert rows[0].split()[:2] == ["2026-07-15", "05:12"]
        assert all(word in rows[0] for word in ("example-pair", "30 min", "jo", "KiB"))
        assert "ticket 4711" in shown(pilot)


async def test_enter_replays_the_file_and_escape_returns_to_the_live_console() -> None:
    """R-148: nothing can be done in the replay; the live picture continues below it."""
    app = saved_incidents()
    live = app.session
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("I")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert type(app.screen).__name__ == PairScreen.__name__
        assert "REPLAY" in shown(pilot)
        assert app.session is not live
        assert app.session is not None
        assert app.session.player is not None
        await pilot.press("a", "escape", "f")  # Places of the replay.
        await settle(pilot)
        assert type(app.screen).__name__ == FleetScreen.__name__
        assert "REPLAY" in shown(pilot)
        await pilot.press("escape", "escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, IncidentsScreen)
        assert app.session is live
        assert "REPLAY" not in shown(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, PairScreen)
        assert "WRITE" in shown(pilot)


async def test_a_replay_opens_once_more_after_it_was_left() -> None:
    app = saved_incidents()
    async with app.run_test(size=SIZE) as pilot:
        for _ in range(2):
            await pilot.press("I")
            await settle(pilot)
            await pilot.press("enter")
            await settle(pilot)
            assert "REPLAY" in shown(pilot)
            await pilot.press("escape")
            await settle(pilot)
            assert isinstance(pilot.app.screen, IncidentsScreen)


async def test_a_damaged_file_is_replayed_as_far_as_it_can_be_read() -> None:
    app = saved_incidents()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("I")
        await settle(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        assert app.session is not None
        assert app.session.player is not None
        assert any("not an observation" in each for each in app.session.complaints)


async def test_a_file_that_is_not_a_recording_has_its_fault_in_the_list_and_opens_nothing() -> None:
    app = saved_incidents()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("I")
        await settle(pilot)
        await pilot.press("down", "down")
        await settle(pilot)
        assert "CANNOT READ" in shown(pilot)
        assert "not a recording" in shown(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, IncidentsScreen)
        assert "not an observation" in shown(pilot)


async def test_a_file_that_was_deleted_meanwhile_has_its_fault() -> None:
    app = saved_incidents()
    assert app.session is not None
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("I")
        await settle(pilot)
        shutil.rmtree(app.session.incident_folder)
        await pilot.press("enter")
        await settle(pilot)
        assert "No such file" in shown(pilot)
        await pilot.press("u")
        await settle(pilot)
        assert "no incident is saved" in shown(pilot)


async def test_a_folder_that_cannot_be_read_has_its_fault(tmp_path: Path) -> None:
    stage = Stage(*CALM)
    stage.session.incident_folder = tmp_path / "file"
    stage.session.incident_folder.write_text("")
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.press("I")
        await settle(pilot)
        assert "Not a directory" in shown(pilot)
    assert stage.session.now == NOW

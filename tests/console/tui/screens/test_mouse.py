"""The mouse: a click selects, a second click opens, the wheel scrolls, and clicks alone never run an action."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import ContentSwitcher, DataTable

from console.tui.app import PairwatchApp
from console.tui.screens.action import ActionScreen
from console.tui.screens.actions import ActionsScreen
from console.tui.screens.fleet import FleetScreen
from console.tui.screens.pair import PairScreen
from console.tui.screens.runbook import RunbookScreen
from console.tui.session import Session
from console.tui.widgets.fleet_table import FleetTable
from console.tui.widgets.log_view import LogView
from console.tui.widgets.timeline_view import TimelineView
from tests.console.fleets import fleet_store
from tests.console.scenes import BACKUP, MAIN, MAIN_LOST, NOW, RACE, log, status, trap
from tests.console.tui.screens.stage import Stage, settle, shown, words

SMALL = (80, 24)
STORM = [log("18301", f"line {number}", at=NOW - 600 + number, level="Error") for number in range(100)]


async def press(pilot: Pilot[Any], *keys: str) -> None:
    await settle(pilot)
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


async def click_on(pilot: Pilot[Any], selector: str, part: str, times: int = 1) -> None:
    """Click on this text in a widget, as it is on the screen."""
    widget = pilot.app.screen.query_one(selector)
    region = widget.region
    rows = shown(pilot).splitlines()[region.y : region.bottom]
    y = next(number for number, row in enumerate(rows) if part in row)
    x = rows[y].index(part) - region.x
    await pilot.click(selector, offset=(x, y), times=times)
    await settle(pilot)


async def test_a_click_on_a_tab_shows_it() -> None:
    async with Stage(*MAIN_LOST).app.run_test(size=SMALL) as pilot:
        await press(pilot)
        for title, name in (("2 Log", "log"), ("4 Events", "events"), ("3 Traps", "traps"), ("1 Alarms", "alarms")):
            await click_on(pilot, "#tabs", title)
            assert pilot.app.screen.query_one(ContentSwitcher).current == name


async def test_a_click_selects_a_pair_of_the_fleet_and_a_second_click_opens_it() -> None:
    async with PairwatchApp(Session(fleet_store(30)), "pair-000", fleet=True).run_test(size=SMALL) as pilot:
        await press(pilot)
        await click_on(pilot, "#pairs", "pair-007")
        screen = pilot.app.screen
        assert isinstance(screen, FleetScreen)
        assert screen.pair_name == "pair-007"
        await click_on(pilot, "#pairs", "pair-008", times=2)
        assert isinstance(pilot.app.screen, PairScreen)
        assert pilot.app.screen.pair_name == "pair-008"


def _pair_under_the_cursor(pilot: Pilot[Any]) -> str:
    row = pilot.app.screen.query_one(FleetTable).selected
    assert row is not None
    return row.pair


async def test_a_click_on_the_heading_of_the_fleet_selects_nothing() -> None:
    async with PairwatchApp(Session(fleet_store(30)), "pair-000", fleet=True).run_test(size=SMALL) as pilot:
        await press(pilot)
        # Compared by name: the rows are created again every second.
        before = _pair_under_the_cursor(pilot)
        await click_on(pilot, "#pairs", "verdict", times=2)
        assert _pair_under_the_cursor(pilot) == before
        assert isinstance(pilot.app.screen, FleetScreen)


async def test_a_click_on_a_source_of_the_timeline_hides_and_shows_it() -> None:
    async with Stage(*MAIN_LOST).app.run_test(size=SMALL) as pilot:
        await press(pilot, "t")
        await click_on(pilot, "#sources", "6 alarm")
        assert "6 alarm off" in words(pilot, "#sources")
        assert "server-unreachable" not in shown(pilot)
        await click_on(pilot, "#sources", "6 alarm")
        assert "off" not in words(pilot, "#sources")


@pytest.mark.parametrize(("key", "selector", "part"), [("t", "#events", "cannot see dhcp-a"), ("l", "#lines", "18101")])
async def test_a_second_click_on_an_event_or_a_line_shows_its_details(key: str, selector: str, part: str) -> None:
    async with Stage(*MAIN_LOST).app.run_test(size=SMALL) as pilot:
        await press(pilot, key)
        await click_on(pilot, selector, part)
        assert not pilot.app.screen.query_one("#details").has_class("-on")
        await click_on(pilot, selector, part, times=2)
        assert pilot.app.screen.query_one("#details").has_class("-on")
        assert part in words(pilot, "#details")


async def test_a_click_selects_an_alarm_and_a_second_click_expands_its_group() -> None:
    conflicts = [trap("address-conflict", at=NOW - 60 + n, address=f"192.0.2.{n}") for n in range(1, 9)]
    async with Stage(*MAIN_LOST, conflicts).app.run_test(size=SMALL) as pilot:
        await press(pilot, "a")
        await click_on(pilot, "DataTable", "other-server-not-responding")
        assert "contact" in words(pilot, "#details") or "partner" in words(pilot, "#details")
        before = pilot.app.screen.query_one(DataTable).row_count
        await click_on(pilot, "DataTable", "8 alarms", times=2)
        assert pilot.app.screen.query_one(DataTable).row_count == before + 8


async def test_clicks_open_an_action_and_never_run_it() -> None:
    """R-148: an action is confirmed by the typed name of the pair."""
    lost = [status(server, NOW, "COMMUNICATIONS-INTERRUPTED") for server in (MAIN, BACKUP)]
    stage = Stage(*RACE, main=lost[0], backup=lost[1])
    async with stage.app.run_test(size=SMALL) as pilot:
        await press(pilot, "o")
        await click_on(pilot, "#list", "Stop")
        assert isinstance(pilot.app.screen, ActionsScreen)
        assert "▶ Stop" in words(pilot, "#list")
        await click_on(pilot, "#list", "Stop", times=2)
        screen = pilot.app.screen
        assert isinstance(screen, ActionScreen)
        await pilot.press("enter")
        await settle(pilot)
        assert screen.step == "confirm"
        for widget in list(screen.query(Widget)):
            if widget.region.area and screen.region.contains_region(widget.region):
                await pilot.click(widget, times=2)
                await settle(pilot)
        assert not stage.main.posts
        assert not stage.backup.posts


async def test_clicks_open_a_runbook_and_do_not_start_it() -> None:
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=SMALL) as pilot:
        await press(pilot, "r")
        titles = words(pilot, "#books").splitlines()
        await click_on(pilot, "#books", titles[2][2:20].strip(), times=2)
        screen = pilot.app.screen
        assert isinstance(screen, RunbookScreen)
        assert titles[2][2:20].strip().upper() in words(pilot, "#title")
        await pilot.click("#steps", offset=(5, 3), times=2)
        await settle(pilot)
        assert not stage.store.pair("example-pair").marks


def logs_top(pilot: Pilot[Any]) -> float:
    return pilot.app.screen.query_one(LogView).scroll_offset.y


def timeline_top(pilot: Pilot[Any]) -> float:
    return pilot.app.screen.query_one(TimelineView).scroll_offset.y


def table_top(pilot: Pilot[Any]) -> float:
    return pilot.app.screen.query_one(DataTable).scroll_offset.y


@pytest.mark.parametrize(
    ("key", "selector", "top", "wheel"),
    [
        ("l", LogView, logs_top, (events.MouseScrollUp, events.MouseScrollDown)),
        ("t", TimelineView, timeline_top, (events.MouseScrollUp, events.MouseScrollDown)),
        ("number_sign", DataTable, table_top, (events.MouseScrollDown, events.MouseScrollUp)),
    ],
)
async def test_the_wheel_scrolls(
    key: str,
    selector: type[Widget],
    top: Callable[[Pilot[Any]], float],
    wheel: Sequence[type[events.MouseEvent]],
) -> None:
    async with Stage(*MAIN_LOST, STORM).app.run_test(size=SMALL) as pilot:
        await press(pilot, key)
        await pilot.pause(0.3)
        before = top(pilot)
        for turn, moved in zip(wheel, (True, False), strict=True):
            for _ in range(3):
                await pilot._post_mouse_events([turn], selector, offset=(5, 3), button=0)
            await settle(pilot)
            assert (top(pilot) != before) is moved


async def test_the_timeline_keeps_its_position_after_the_wheel_when_events_are_added() -> None:
    stage = Stage(*MAIN_LOST, STORM)
    async with stage.app.run_test(size=SMALL) as pilot:
        await press(pilot, "t")
        for _ in range(5):
            await pilot._post_mouse_events([events.MouseScrollUp], TimelineView, offset=(5, 3), button=0)
        await settle(pilot)
        before = timeline_top(pilot)
        stage.store.observe(log("18301", "one more", at=NOW, level="Error"))
        pilot.app.screen.draw_now()  # type: ignore[attr-defined]
        await settle(pilot)
        assert timeline_top(pilot) == before

"""The timeline by keys: marked, filtered, shown in detail, and followed to the logs of that time."""

from datetime import UTC

import pytest
from textual.pilot import Pilot

from console.model.observations import Observation
from console.state.replay import Player
from console.tui.app import PairwatchApp
from console.tui.screens.logs import LogsScreen
from console.tui.screens.timeline import TimelineScreen
from console.tui.session import Session
from tests.console.scenes import BACKUP, MAIN, MAIN_LOST, NOW, PAIR, ZONE, answer, empty, log, polled, status
from tests.console.tui.screens.stage import Stage, shown, words

SMALL = (80, 24)


async def open_timeline(pilot: Pilot[None]) -> str:
    await pilot.pause()
    await pilot.press("t")
    await pilot.pause()
    assert isinstance(pilot.app.screen, TimelineScreen)
    return shown(pilot)


async def press(pilot: Pilot[None], *keys: str) -> str:
    await pilot.press(*keys)
    await pilot.pause()
    return shown(pilot)


def row(text: str, part: str) -> str:
    return next(each for each in text.splitlines() if part in each)


async def test_an_event_from_several_sources_is_one_line_with_all_sources() -> None:
    async with Stage(*MAIN_LOST).app.run_test(size=(120, 40)) as pilot:
        text = await open_timeline(pilot)
        assert row(text, "dhcp-b lost contact").startswith("15 Jul 05:00:00 B ◆ poll, log, trap ")
        assert row(text, "cannot see dhcp-a").startswith("15 Jul 05:00:02 M ◆ contact ")
        assert row(text, "other-server-not-responding:").startswith("15 Jul 05:00:00   ▲ alarm ")


async def test_times_are_relative_to_the_marked_event_until_the_mark_is_removed() -> None:
    async with Stage(*MAIN_LOST).app.run_test(size=SMALL) as pilot:
        await open_timeline(pilot)
        text = await press(pilot, "m")
        assert row(text, "server-unreachable").startswith("◀ mark")
        assert row(text, "cannot see dhcp-a: Connection refused (http://192.0.2.11").startswith("+00:00:00")
        assert row(text, "dhcp-a is NORMAL").startswith("-00:08:02")
        assert "from 05:00:02 CEST (m removes the mark)" in words(pilot, "#status")
        text = await press(pilot, "m")
        assert row(text, "dhcp-a is NORMAL").startswith(" 04:52:00")


async def test_the_mark_stays_when_events_are_added() -> None:
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=SMALL) as pilot:
        await open_timeline(pilot)
        await press(pilot, "home", "m")
        stage.store.observe(answer(MAIN, NOW))
        stage.time += 1
        pilot.app.screen.draw_now()  # type: ignore[attr-defined]
        await pilot.pause()
        text = shown(pilot)
        assert row(text, "dhcp-a is NORMAL").startswith("◀ mark")
        assert row(text, "dhcp-a answers again").startswith("+00:20:00")


async def test_hides_sources_and_shows_routine_lines() -> None:
    async with Stage(*MAIN_LOST).app.run_test(size=SMALL) as pilot:
        text = await open_timeline(pilot)
        assert "BNDUPD sent" not in text
        assert "2 routine log lines hidden (x)" in words(pilot, "#status")
        assert "18106 BNDUPD sent" in await press(pilot, "x")
        text = await press(pilot, "6", "2")
        assert "6 alarm off" in text
        assert "other-server-not-responding" not in text
        assert "cannot see" not in text
        # An event of a hidden source stays if another source reported it too.
        assert "dhcp-b lost contact" in await press(pilot, "3")


async def test_filters_events_and_escape_clears_the_filter() -> None:
    async with Stage(*MAIN_LOST).app.run_test(size=SMALL) as pilot:
        await open_timeline(pilot)
        text = await press(pilot, "slash", *"trap lost", "enter")
        assert "1 of 1" in words(pilot, "#status")
        assert "lost contact" in text
        await press(pilot, "escape")
        assert "FILTER" not in words(pilot, "#status")


async def test_shows_an_event_in_detail_with_the_report_of_each_source() -> None:
    ahead = answer(BACKUP, NOW)
    ahead = polled(NOW, BACKUP, status(BACKUP, NOW + 60))
    line = log("18301", "Not serving: disk full", at=NOW + 30, level="Error")
    line = type(line)(NOW - 30, line.pair, line.server, line.text, False)
    async with Stage([answer(MAIN, NOW), ahead, line]).app.run_test(size=(120, 40)) as pilot:
        text = await open_timeline(pilot)
        assert "dhcp-b's clock 1 min 00 s ahead, corrected" in text
        await press(pilot, "slash", *"disk", "enter", "enter")
        details = words(pilot, "#details")
        assert "2026-07-15 05:11:30 CEST (03:11:30Z) by this host's clock" in details
        assert "dhcp-b reported 2026-07-15 05:12:30 CEST (03:12:30Z); its clock is 1 min 00 s ahead" in details
        assert "log: 07/15/2026 3:12:30 name/dhcp/1 Error Failover 0 18301 Not serving: disk full" in details


async def test_opens_the_logs_at_the_time_of_the_event() -> None:
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=SMALL) as pilot:
        await open_timeline(pilot)
        await press(pilot, "home", "v")
        screen = pilot.app.screen
        assert isinstance(screen, LogsScreen)
        for _ in range(100):
            await pilot.pause(0.02)
            if "PAUSED" in words(pilot, "#status"):
                break
        assert "line 1 of 4  04:58:40 CEST" in words(pilot, "#status")


@pytest.mark.parametrize(("size", "lanes"), [((120, 40), False), ((200, 60), True)])
async def test_each_partner_has_a_lane_on_a_wide_screen(size: tuple[int, int], lanes: bool) -> None:
    async with Stage(*MAIN_LOST).app.run_test(size=size) as pilot:
        text = await open_timeline(pilot)
        main, backup = row(text, "dhcp-a is NORMAL"), row(text, "dhcp-b is NORMAL")
        assert ("│" in main) is lanes
        assert (backup.index("dhcp-b is") > main.index("dhcp-a is")) is lanes


async def test_times_are_in_the_zone_of_the_session() -> None:
    stage = Stage(*MAIN_LOST)
    stage.store.zone = UTC
    async with stage.app.run_test(size=SMALL) as pilot:
        assert row(await open_timeline(pilot), "dhcp-b lost contact").startswith(" 03:00:00")


async def test_a_replay_shows_the_events_up_to_its_time() -> None:
    recorded: list[Observation] = [answer(MAIN, NOW), answer(MAIN, NOW + 60, "PARTNER-DOWN"), answer(MAIN, NOW + 99)]
    player = Player(recorded, empty().pairs.values(), ZONE)
    player.playing = False
    async with PairwatchApp(Session(player.store, player=player), PAIR).run_test(size=SMALL) as pilot:
        assert "PARTNER-DOWN" not in await open_timeline(pilot)
        assert "PARTNER-DOWN" in await press(pilot, "right_square_bracket", "right_square_bracket")
        assert "PARTNER-DOWN" not in await press(pilot, "left_square_bracket", "left_square_bracket")

"""The timeline by keys: marked, filtered, told in full, and left for the logs of that time."""

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


async def opened(pilot: Pilot[None]) -> str:
    await pilot.pause()
    await pilot.press("t")
    await pilot.pause()
    assert isinstance(pilot.app.screen, TimelineScreen)
    return shown(pilot)


async def pressed(pilot: Pilot[None], *keys: str) -> str:
    await pilot.press(*keys)
    await pilot.pause()
    return shown(pilot)


def row(text: str, part: str) -> str:
    return next(each for each in text.splitlines() if part in each)


async def test_what_several_tell_is_one_line_with_all_of_them() -> None:
    async with Stage(*MAIN_LOST).app.run_test(size=(120, 40)) as pilot:
        text = await opened(pilot)
        assert row(text, "dhcp-b lost contact").startswith("15 Jul 05:00:00 B ◆ poll, log, trap ")
        assert row(text, "cannot see dhcp-a").startswith("15 Jul 05:00:02 M ◆ contact ")
        assert row(text, "other-server-not-responding:").startswith("15 Jul 05:00:00 B ▲ alarm ")


async def test_every_time_is_told_from_the_event_that_is_marked_and_a_second_mark_ends_it() -> None:
    async with Stage(*MAIN_LOST).app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        text = await pressed(pilot, "m")
        assert row(text, "server-unreachable").startswith("◀ mark")
        assert row(text, "cannot see dhcp-a: Connection refused (http://192.0.2.11").startswith("+00:00:00")
        assert row(text, "dhcp-a is NORMAL").startswith("-00:08:02")
        assert "from 05:00:02 CEST (m removes the mark)" in words(pilot, "#status")
        text = await pressed(pilot, "m")
        assert row(text, "dhcp-a is NORMAL").startswith(" 04:52:00")


async def test_the_mark_stays_while_the_picture_goes_on() -> None:
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pressed(pilot, "home", "m")
        stage.store.observe(answer(MAIN, NOW))
        stage.time += 1
        pilot.app.screen.draw_now()  # type: ignore[attr-defined]
        await pilot.pause()
        text = shown(pilot)
        assert row(text, "dhcp-a is NORMAL").startswith("◀ mark")
        assert row(text, "dhcp-a answers again").startswith("+00:20:00")


async def test_sources_are_switched_off_and_routine_lines_on() -> None:
    async with Stage(*MAIN_LOST).app.run_test(size=SMALL) as pilot:
        text = await opened(pilot)
        assert "BNDUPD sent" not in text
        assert "2 routine log lines hidden (x)" in words(pilot, "#status")
        assert "18106 BNDUPD sent" in await pressed(pilot, "x")
        text = await pressed(pilot, "6", "2")
        assert "6 alarm off" in text
        assert "other-server-not-responding" not in text
        assert "cannot see" not in text
        # Who is switched off does not take what others tell too.
        assert "dhcp-b lost contact" in await pressed(pilot, "3")


async def test_a_filter_finds_words_and_escape_takes_it_away() -> None:
    async with Stage(*MAIN_LOST).app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        text = await pressed(pilot, "slash", *"trap lost", "enter")
        assert "1 of 1" in words(pilot, "#status")
        assert "lost contact" in text
        await pressed(pilot, "escape")
        assert "FILTER" not in words(pilot, "#status")


async def test_an_event_is_told_in_full_with_what_each_teller_said() -> None:
    ahead = answer(BACKUP, NOW)
    ahead = polled(NOW, BACKUP, status(BACKUP, NOW + 60))
    line = log("18301", "Not serving: disk full", at=NOW + 30, level="Error")
    line = type(line)(NOW - 30, line.pair, line.server, line.text, False)
    async with Stage([answer(MAIN, NOW), ahead, line]).app.run_test(size=(120, 40)) as pilot:
        text = await opened(pilot)
        assert "dhcp-b's clock 1 min 00 s ahead, corrected" in text
        await pressed(pilot, "slash", *"disk", "enter", "enter")
        told = words(pilot, "#details")
        assert "2026-07-15 05:11:30 CEST (03:11:30Z) by this host's clock" in told
        assert "dhcp-b reported 2026-07-15 05:12:30 CEST (03:12:30Z); its clock is 1 min 00 s ahead" in told
        assert "log: 07/15/2026 3:12:30 name/dhcp/1 Error Failover 0 18301 Not serving: disk full" in told


async def test_the_logs_open_at_the_time_of_the_event() -> None:
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pressed(pilot, "home", "g")
        screen = pilot.app.screen
        assert isinstance(screen, LogsScreen)
        for _ in range(100):
            await pilot.pause(0.02)
            if "PAUSED" in words(pilot, "#status"):
                break
        assert "line 1 of 4  04:58:40 CEST" in words(pilot, "#status")


@pytest.mark.parametrize(("size", "lanes"), [((120, 40), False), ((200, 60), True)])
async def test_on_a_wide_screen_each_partner_has_a_lane(size: tuple[int, int], lanes: bool) -> None:
    async with Stage(*MAIN_LOST).app.run_test(size=size) as pilot:
        text = await opened(pilot)
        main, backup = row(text, "dhcp-a is NORMAL"), row(text, "dhcp-b is NORMAL")
        assert ("│" in main) is lanes
        assert (backup.index("dhcp-b is") > main.index("dhcp-a is")) is lanes


async def test_the_zone_of_the_desk_is_the_zone_of_the_times() -> None:
    stage = Stage(*MAIN_LOST)
    stage.store.zone = UTC
    async with stage.app.run_test(size=SMALL) as pilot:
        assert row(await opened(pilot), "dhcp-b lost contact").startswith(" 03:00:00")


async def test_in_a_replay_it_is_the_story_up_to_then() -> None:
    recorded: list[Observation] = [answer(MAIN, NOW), answer(MAIN, NOW + 60, "PARTNER-DOWN"), answer(MAIN, NOW + 99)]
    player = Player(recorded, empty().pairs.values(), ZONE)
    player.playing = False
    async with PairwatchApp(Session(player.store, player=player), PAIR).run_test(size=SMALL) as pilot:
        assert "PARTNER-DOWN" not in await opened(pilot)
        assert "PARTNER-DOWN" in await pressed(pilot, "right_square_bracket", "right_square_bracket")
        assert "PARTNER-DOWN" not in await pressed(pilot, "left_square_bracket", "left_square_bracket")

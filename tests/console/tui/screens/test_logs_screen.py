"""The logs screen by keys: both partners by time, filtered, searched and followed, and each line explained."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from console.model.observations import Observation
from console.state.replay import Player
from console.tui.app import PairwatchApp
from console.tui.screens.logs import LogsScreen
from console.tui.session import Session
from console.tui.widgets.log_view import LogView
from tests.console.logs.lines import BEGIN, line, write
from tests.console.scenes import BACKUP, CALM, MAIN, MAIN_LOST, NOW, PAIR, ZONE, answer, empty, log
from tests.console.tui.screens.stage import Stage, shown, words

SMALL = (80, 24)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Two logs of five minutes: the main's has a line each second, the backup's one every ten seconds."""
    monkeypatch.setenv("TZ", "UTC")
    a, b = tmp_path / "a_log", tmp_path / "b_log"
    write(a, (line(at, f"main {at}") for at in range(300)))
    write(
        b,
        (line(at + 0.5, f"backup {at} client 02:00:00:00:00:07 has 192.0.2.7", "Warning") for at in range(0, 300, 10)),
    )
    return {MAIN: a, BACKUP: b}


async def wait_until_read(pilot: Pilot[None]) -> LogsScreen:
    """Wait until the logs are read and the result is shown."""
    screen = pilot.app.screen
    assert isinstance(screen, LogsScreen)
    for _ in range(500):
        await pilot.pause()
        if screen.book.complete and not screen.book.busy:
            break
    await pilot.pause()
    return screen


async def wait_for_lines(pilot: Pilot[None], count: int) -> LogView:
    """Wait until this number of lines is shown."""
    view = pilot.app.screen.query_one(LogView)
    for _ in range(500):
        await pilot.pause(0.01)
        if view.count == count:
            break
    assert view.count == count
    return view


@asynccontextmanager
async def logs_screen(
    files: dict[str, Path], size: tuple[int, int] = SMALL, *scene: object
) -> AsyncIterator[tuple[Pilot[None], LogsScreen]]:
    stage = Stage(*(scene or CALM))  # type: ignore[arg-type]
    stage.session.logs = {PAIR: files}
    async with stage.app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.press("l")
        yield pilot, await wait_until_read(pilot)


def rows(pilot: Pilot[None]) -> list[str]:
    """The visible lines of the logs, without the scroll bar."""
    return [row[:-1] for row in shown(pilot).splitlines() if row.startswith(("M ", "B "))]


async def press(pilot: Pilot[None], *keys: str) -> str:
    await pilot.press(*keys)
    await wait_until_read(pilot)
    return shown(pilot)


async def test_merges_both_logs_and_follows_the_end(files: dict[str, Path]) -> None:
    async with logs_screen(files) as (pilot, _):
        text = shown(pilot)
        assert "LOGS  M dhcp-a from a_log  B dhcp-b from b_log" in text
        assert "FOLLOWING  line 330 of 330  05:04:59 CEST" in text
        assert "B 05:04:50 Warning  18100 backup 290" in rows(pilot)[-10]
        assert rows(pilot)[-1].startswith("M 05:04:59 Info     18100 main 299")
        write(files[BACKUP], [line(301, "the newest")], "a")
        await wait_for_lines(pilot, 331)
        assert "FOLLOWING  line 331 of 331" in words(pilot, "#status")


async def test_new_lines_do_not_move_the_view_after_a_scroll_and_are_counted(files: dict[str, Path]) -> None:
    async with logs_screen(files) as (pilot, _):
        await pilot.press("pageup", "pageup", "up")
        before = rows(pilot)
        write(files[MAIN], [line(400 + at, "later") for at in range(12)], "a")
        await wait_for_lines(pilot, 342)
        assert rows(pilot) == before
        assert "PAUSED  12 new lines  end follows" in words(pilot, "#status")
        await pilot.press("end")
        assert "FOLLOWING  line 342 of 342" in words(pilot, "#status")


async def test_a_late_line_above_does_not_move_the_line_under_the_cursor(files: dict[str, Path]) -> None:
    async with logs_screen(files) as (pilot, screen):
        await pilot.press("up")
        view = screen.query_one(LogView)
        row, before = view.cursor - view.scroll_offset.y, rows(pilot)
        # The last line of the backup is of second 290, so that this one is above most visible lines.
        write(files[BACKUP], [line(291, "late")], "a")
        await wait_for_lines(pilot, 331)
        assert view.cursor - view.scroll_offset.y == row
        assert rows(pilot)[row] == before[row]
        assert [each for each in rows(pilot) if "late" not in each] == before[1:]


async def test_a_filter_shows_its_lines_and_escape_shows_all(files: dict[str, Path]) -> None:
    async with logs_screen(files) as (pilot, screen):
        text = await press(pilot, "slash", *"level:warning 29", "enter")
        assert len(screen.book.shown.merged) == 1
        assert "FILTER level:warning 29" in text
        assert "B 05:04:50 Warning  18100 backup 290" in text
        text = await press(pilot, "escape")
        assert "line 330 of 330" in text


async def test_a_wrong_filter_is_explained_and_the_old_one_stays(files: dict[str, Path]) -> None:
    async with logs_screen(files) as (pilot, screen):
        await press(pilot, "slash", *"level:warning", "enter")
        text = await press(pilot, "slash", *" id:-", "enter")
        assert "'-' is not a valid message id: write five digits" in text
        assert screen.query_one("#entry", Input).value == "level:warning id:-"
        assert len(screen.book.shown.merged) == 30
        text = await press(pilot, "backspace", *"18100", "enter")
        assert "is not a valid message id" not in text
        assert "FILTER level:warning id:18100" in text


async def test_a_search_goes_to_the_next_match_and_counts_matches(files: dict[str, Path]) -> None:
    async with logs_screen(files) as (pilot, screen):
        await press(pilot, "s", *"backup", "enter")
        assert "SEARCH backup  30 found" in words(pilot, "#status")
        await pilot.press("comma")
        assert "30 of 30" in words(pilot, "#status")
        await pilot.press("comma")
        assert "29 of 30" in words(pilot, "#status")
        await pilot.press("full_stop", "full_stop")
        assert "1 of 30" in words(pilot, "#status")
        assert screen.query_one(LogView).cursor == 1
        await press(pilot, "slash", *"server:main", "enter")
        assert "SEARCH backup  0 found" in words(pilot, "#status")


async def test_explains_a_line_and_filters_by_its_fields(files: dict[str, Path]) -> None:
    async with logs_screen(files) as (pilot, screen):
        await press(pilot, "s", *"backup", "enter")
        await wait_until_read(pilot)
        await press(pilot, "comma", "enter")
        details = words(pilot, "#details")
        assert "2026-07-15 05:04:50 CEST (03:04:50Z) by this host's clock" in details
        assert "dhcp-b (backup)" in details
        assert "message 18100" in details
        assert "the failover state changed" in details
        await press(pilot, "1")
        assert screen.book.filter.text == "client:02:00:00:00:00:07"
        assert len(screen.book.shown.merged) == 30
        await press(pilot, "2", "3", "4", "5")
        wanted = "client:02:00:00:00:00:07 address:192.0.2.7 id:18100 server:dhcp-b level:warning"
        assert screen.book.filter.text == wanted
        await press(pilot, "1")
        assert screen.book.filter.text == wanted.removeprefix("client:02:00:00:00:00:07 ")


async def test_copies_a_line(files: dict[str, Path]) -> None:
    async with logs_screen(files) as (pilot, _):
        await pilot.press("c")
        assert pilot.app.clipboard == line(299, "main 299")


async def test_goes_to_a_time_in_the_operators_zone(files: dict[str, Path]) -> None:
    async with logs_screen(files) as (pilot, screen):
        await press(pilot, "at", *"05:02", "enter")
        assert "PAUSED" in words(pilot, "#status")
        assert "05:02:00 CEST" in words(pilot, "#status")
        text = await press(pilot, "at", *"yesterday", "enter")
        assert "cannot read 'yesterday' as a date" in text
        assert screen.query_one(LogView).count == 330


async def test_another_screen_can_open_the_logs_at_a_time(files: dict[str, Path]) -> None:
    stage = Stage(*CALM)
    stage.session.logs = {PAIR: files}
    async with stage.app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        stage.session.navigator.open_logs(at=BEGIN + 60)
        await wait_until_read(pilot)
        assert "05:01:00 CEST" in words(pilot, "#status")


async def test_corrects_the_times_of_a_clock_that_is_ahead_and_shows_it(files: dict[str, Path]) -> None:
    ahead = answer(BACKUP, NOW + 30)
    behind = replace(ahead, at=NOW)
    async with logs_screen(files, (200, 60), [answer(MAIN, NOW), behind]) as (pilot, _):
        text = await press(pilot, "end")
        assert "B dhcp-b from b_log (clock 30 s ahead, corrected)" in text
        row = next(each for each in text.splitlines() if "backup 290" in each)
        assert "15 Jul 05:04:20" in row


async def test_control_characters_stay_on_their_line_and_do_not_reach_the_terminal(files: dict[str, Path]) -> None:
    async with logs_screen(files) as (pilot, _):
        with files[MAIN].open("ab") as file:
            file.write(b"\xff\xfe \x1b[31m red\n")
        await wait_for_lines(pilot, 331)
        assert "�� �[31m red" in shown(pilot)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_shows_lines_from_observations_where_there_is_no_file(size: tuple[int, int]) -> None:
    """The servers of the scene write UTC, which follows from the arrival times of their lines."""
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.press("l")
        await wait_until_read(pilot)
        assert len(rows(pilot)) == 4
        assert "05:00:01 Warning  18101" in rows(pilot)[2]
        stage.store.observe(log("18102", "contact is restored", at=NOW))
        for _ in range(100):
            await pilot.pause(0.02)
            if "contact is restored" in shown(pilot):
                break
        assert "05:12:00 Info     18102" in rows(pilot)[-1]
        assert "FOLLOWING  line 5 of 5" in words(pilot, "#status")


async def test_a_replay_shows_the_lines_of_the_recording_only(files: dict[str, Path]) -> None:
    recorded: list[Observation] = [
        answer(MAIN, NOW),
        log("18100", "first", at=NOW + 1),
        log("18100", "second", at=NOW + 100),
        answer(MAIN, NOW + 200),
    ]
    player = Player(recorded, empty().pairs.values(), ZONE)
    player.playing = False
    session = Session(player.store, player=player, logs={PAIR: files})
    async with PairwatchApp(session, PAIR).run_test(size=SMALL) as pilot:
        await pilot.pause()
        await pilot.press("l")
        await wait_until_read(pilot)
        assert "main 299" not in shown(pilot)

        async def at(second: float) -> str:
            player.seek(NOW + second)
            screen = pilot.app.screen
            assert isinstance(screen, LogsScreen)
            screen.draw_now()
            for _ in range(3):
                await pilot.pause(0.15)
                await wait_until_read(pilot)
            return shown(pilot)

        assert "first" in (text := await at(150))
        assert "second" in text
        assert "REPLAY" in text
        assert "second" not in await at(50)
        assert "second" in await at(150)


async def test_a_change_of_the_zone_is_shown_at_once(files: dict[str, Path]) -> None:
    async with logs_screen(files) as (pilot, screen):
        screen.session.store.zone = UTC
        screen.draw_now()
        await pilot.pause()
        assert "03:04:59 UTC" in words(pilot, "#status")
        assert "M 03:04:59 Info" in shown(pilot)

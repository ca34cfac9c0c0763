"""The charts: numbers read back from the screen, ranges, gaps, an empty journal, one point, and many pairs."""

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from textual.pilot import Pilot

from console.errors import JournalError
from console.insight.charts.columns import nice_top, value_of
from console.insight.charts.history import History
from console.journal.history import PlayedHistories
from console.model.observations import Observation
from console.tui.app import PairwatchApp
from console.tui.charts.canvas import DOWN, dots_of
from console.tui.charts.pool import LABEL_WIDTH
from console.tui.screens.charts import ChartsScreen
from console.tui.session import Session
from tests.console.fleets import fleet_store
from tests.console.scenes import BACKUP, CALM, MAIN, NOW, answer, failures, pool
from tests.console.tui.screens.drawing import cells
from tests.console.tui.screens.stage import Stage, settle, shown
from tests.console.tui.screens.views import charted


def staged(observations: Sequence[Observation]) -> Stage:
    """The app on observations that are also what was recorded."""
    stage = Stage(list(observations))
    stage.session.histories = PlayedHistories(
        lambda start, end: [each for each in observations if start <= each.at <= end]
    )
    return stage


def falling(at: float) -> int:
    """The main's share: 4000 at first, then 500 less each five minutes."""
    return 4000 - 500 * int((at - (NOW - 900)) // 300)


def recorded() -> list[Observation]:
    return [
        answer(server, NOW - ago, pools=[pool("wifi", falling(NOW - ago) if server == MAIN else 700, 0, 9096)])
        for ago in range(1000, -1, -10)
        for server in (MAIN, BACKUP)
    ]


async def opened(pilot: Pilot[None]) -> ChartsScreen:
    await settle(pilot)
    await pilot.press("C")
    await settle(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, ChartsScreen)
    screen.draw_now()
    await pilot.pause()
    return screen


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_drawn_numbers_read_back_within_one_cell(size: tuple[int, int]) -> None:
    stage = staged(recorded())
    async with stage.app.run_test(size=size) as pilot:
        await opened(pilot)
        grid = cells(pilot.app)
        colour = pilot.app.theme_variables["pool-main"].lower()
    top = nice_top(6096)
    rows = [number for number, row in enumerate(grid) if row[LABEL_WIDTH][0] == "│"]
    wall = [number for number, (character, _) in enumerate(grid[rows[0]]) if character == "│"][1]
    width = wall - LABEL_WIDTH - 1 - 4 - LABEL_WIDTH
    dots = len(rows) * DOWN
    found: dict[int, list[float]] = {}
    for number, row in enumerate(rows):
        for cell in range(width):
            character, style = grid[row][LABEL_WIDTH + 1 + cell]
            if colour in style and character != " ":
                for side, inside in dots_of(character):
                    value = value_of((len(rows) - 1 - number) * DOWN + inside, top, dots)
                    found.setdefault(cell * 2 + side, []).append(value)
    assert len(found) >= width, "the main's line has gaps"
    a_cell = top / (dots - 1) * DOWN
    for column, values in found.items():
        at = NOW - 900 + 900 * column / (width * 2)
        truth = {falling(at - 15), falling(at), falling(at + 15)}
        assert min(abs(value - each) for value in values for each in truth) <= a_cell


async def test_the_legend_has_the_last_least_and_largest_value_of_each_line() -> None:
    stage = staged(recorded())
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        text = shown(pilot)
    assert "m main 2,500 (2,500-4,000)" in text
    assert "b backup 700 (700-700)" in text
    assert "l leased 6,596 (5,096-6,596)" in text
    assert "% share 22 (15-22) of 50" in text


async def test_a_server_that_is_not_seen_is_a_gap_and_its_last_value_is_marked() -> None:
    scene = [each for each in recorded() if each.at <= NOW - 300 or each.server == BACKUP]  # type: ignore[union-attr]
    stage = staged([*scene, *failures(MAIN, NOW - 290), *failures(MAIN, NOW)])
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        text = shown(pilot)
    assert "m main ? last 3,000 (3,000-4,000)" in text
    last_letters = [row[70:75] for row in text.splitlines()]
    assert not any("m" in each for each in last_letters)


async def test_an_empty_journal_says_so_and_shows_the_present_value() -> None:
    stage = staged([])
    stage.store.observe(answer(MAIN, NOW))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        text = shown(pilot)
    assert "nothing is recorded in this range" in text
    assert "m main 75 (75-75)" in text
    assert "b backup not known" in text


async def test_no_server_and_no_journal_shows_no_chart() -> None:
    stage = Stage([])
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        text = shown(pilot)
    assert "no pools are reported or recorded" in text
    assert "nothing is recorded: only present values are shown" in text


async def test_one_key_changes_the_range_of_all_charts() -> None:
    stage = staged(recorded())
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        for chosen in ("[1 h]", "[24 h]", "[7 d]", "[15 min]"):
            await pilot.press("v")
            await settle(pilot)
            assert chosen in shown(pilot)
        await pilot.press("4")
        await settle(pilot)
        assert "[7 d]" in shown(pilot)


async def test_enter_enlarges_one_pool_with_its_events_and_escape_returns() -> None:
    async with charted().run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        text = shown(pilot)
        assert "pool 2 of 2" in text
        assert "NORMAL -> COMMUNICATIONS-INTERRUPTED" in text
        assert "scope-1" not in text
        await pilot.press("escape")
        await settle(pilot)
        assert "scope-1" in shown(pilot)
        assert isinstance(pilot.app.screen, ChartsScreen)


async def test_many_pools_are_paged_by_the_chosen_one() -> None:
    names = [f"net-{number:02d}" for number in range(30)]
    stage = staged([answer(MAIN, NOW, pools=[pool(name) for name in names])])
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        assert "pool 1-2 of 30" in shown(pilot)
        await pilot.press("down", "down", "down")
        assert "pool 3-4 of 30" in shown(pilot)
        assert ">net-03" in shown(pilot)
        await pilot.press("end")
        assert "pool 29-30 of 30" in shown(pilot)


class Slow:
    """Histories that wait until they are released; `asked` has the pairs that were read, and in which thread."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []
        self.go_on = threading.Event()

    def read(self, pair: str, start: float, end: float) -> History:
        self.asked.append((pair, threading.current_thread() is threading.main_thread()))
        self.go_on.wait(10)
        return History(start, end)


async def test_of_two_hundred_pairs_one_is_read_and_keys_work_meanwhile() -> None:
    session, slow = Session(fleet_store(197)), Slow()
    session.histories = slow
    app = PairwatchApp(session, "pair-007")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("C")
        for _ in range(50):
            await asyncio.sleep(0)
            if slow.asked:
                break
        await pilot.press("down")
        assert "reading ..." in shown(pilot)
        assert ">wifi" in shown(pilot)
        slow.go_on.set()
        await settle(pilot)
        assert slow.asked == [("pair-007", False)]


class Broken:
    """Histories that cannot be read."""

    def read(self, pair: str, start: float, end: float) -> Any:
        raise JournalError("cannot read the journal: disk I/O error")


async def test_a_journal_that_cannot_be_read_is_reported_and_present_values_stay() -> None:
    stage = Stage(*CALM)
    stage.session.histories = Broken()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        text = shown(pilot)
    assert "disk I/O error; only present values are shown" in text
    assert "m main 75" in text

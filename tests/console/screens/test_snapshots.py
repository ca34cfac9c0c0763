"""The main screens drawn, compared cell by cell: sizes and themes. The clock stands still."""

from collections.abc import Callable
from typing import Any

import pytest

from console.screens.drawn import PictureScreen
from tests.console.scenes import BACKUP, CALM, MAIN_LOST, NOW, RACE, status
from tests.console.screens.stage import Stage

SnapCompare = Callable[..., bool]
SIZES = [(80, 24), (120, 40), (200, 60)]


async def _drawn(pilot: Any) -> None:
    """Draw once more after the last layout, which the app's tick would do a moment later."""
    await pilot.pause()
    if isinstance(pilot.app.screen, PictureScreen):
        pilot.app.screen.draw()
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("scene", [MAIN_LOST, RACE], ids=["lost", "race"])
def test_the_pair_screen_at_each_size(snap_compare: SnapCompare, scene: tuple[Any, ...], size: tuple[int, int]) -> None:
    assert snap_compare(Stage(*scene).app, terminal_size=size, run_before=_drawn)


@pytest.mark.parametrize("theme", ["day", "contrast", "colour-blind"])
def test_the_pair_screen_in_each_theme(snap_compare: SnapCompare, theme: str) -> None:
    assert snap_compare(Stage(*RACE, theme=theme).app, terminal_size=(80, 24), run_before=_drawn)


def test_the_calm_pair(snap_compare: SnapCompare) -> None:
    assert snap_compare(Stage(*CALM).app, terminal_size=(80, 24), run_before=_drawn)


@pytest.mark.parametrize(
    "keys", [("d",), ("d", "enter"), ("d", "enter", "enter"), ("a",), ("question_mark",)], ids="-".join
)
def test_the_other_screens(snap_compare: SnapCompare, keys: tuple[str, ...]) -> None:
    stage = Stage(*MAIN_LOST, backup=status(BACKUP, NOW, "COMMUNICATIONS-INTERRUPTED"))

    async def press(pilot: Any) -> None:
        await pilot.press(keys[0])
        await pilot.app.workers.wait_for_complete()
        await pilot.press(*keys[1:])
        for field in pilot.app.screen.query("Input"):
            field.cursor_blink = False
        await _drawn(pilot)

    assert snap_compare(stage.app, terminal_size=(80, 24), run_before=press)

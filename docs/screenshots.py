"""Draw the screens into docs/screenshots: `python -m docs.screenshots [--all] [FOLDER]`.

The app is the real one, run without a terminal on constructed observations and a clock that stands still.
Without `--all` the pair screen is drawn at three sizes and every other screen at the smallest.
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import AsyncMock

from console.actions.acting import Acting
from console.actions.audit import AuditLog
from console.actions.operator import Operator
from console.app import PairwatchApp
from console.desk import Desk
from console.errors import Unanswered
from console.model.observations import Observation
from tests.console import scenes

SIZES = ((80, 24), (120, 40), (200, 60))
IN_EACH_SIZE = frozenset({"pair-calm", "pair-main-lost", "pair-race"})
FOLDER = Path(__file__).parent / "screenshots"

SHOTS: tuple[tuple[str, tuple[Sequence[Observation], ...], str, tuple[str, ...]], ...] = (
    ("pair-calm", scenes.CALM, "night", ()),
    ("pair-main-lost", scenes.MAIN_LOST, "night", ()),
    ("pair-race", scenes.RACE, "night", ()),
    ("pair-both-down", scenes.BOTH_DOWN, "night", ()),
    ("pair-log", scenes.MAIN_LOST, "night", ("2",)),
    ("pair-chart", scenes.MAIN_LOST, "night", ("5",)),
    ("act-guards", scenes.MAIN_LOST, "night", ("d",)),
    ("act-date", scenes.MAIN_LOST, "night", ("d", "enter")),
    ("act-confirm", scenes.MAIN_LOST, "night", ("d", "enter", "enter")),
    ("alarms", scenes.MAIN_LOST, "night", ("a",)),
    ("help", scenes.CALM, "night", ("question_mark",)),
    ("theme-day", scenes.MAIN_LOST, "day", ()),
    ("theme-contrast", scenes.MAIN_LOST, "contrast", ()),
    ("theme-colour-blind", scenes.MAIN_LOST, "colour-blind", ()),
)


def app_on(observations: tuple[Sequence[Observation], ...], theme: str) -> PairwatchApp:
    """The app on a picture; its servers answer nothing more."""
    watch = scenes.watch(*observations)
    silent = AsyncMock()
    silent.status.side_effect = Unanswered("not asked for a picture")
    servers = {scenes.MAIN: silent, scenes.BACKUP: silent}
    operator = Operator("jo", "192.0.2.200", "noc-1")
    action = Acting(watch, scenes.PAIR, servers, AuditLog(Path("/dev/null")), operator, writable=True)
    action.look = AsyncMock()  # type: ignore[method-assign]  # the picture is what was constructed
    desk = Desk(watch, {scenes.PAIR: action}, {scenes.PAIR: True}, operator="jo")
    return PairwatchApp(desk, scenes.PAIR, theme)


async def draw(folder: Path, everything: bool) -> None:
    """Draw the screens; all of them at every size if `everything`."""
    for name, observations, theme, keys in SHOTS:
        in_each_size = everything or name in IN_EACH_SIZE
        for width, height in SIZES if in_each_size else SIZES[:1]:
            app = app_on(observations, theme)
            async with app.run_test(size=(width, height)) as pilot:
                await pilot.pause()
                await pilot.press(*keys)
                await pilot.pause()
                app.save_screenshot(f"{name}-{width}x{height}.svg", path=str(folder))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    folders = [Path(each) for each in sys.argv[1:] if each != "--all"]
    asyncio.run(draw(folders[0] if folders else FOLDER, "--all" in sys.argv[1:]))

"""Pictures of the console at times of a recording: the real app, run without a terminal."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from console.settings.paths import file_word
from console.state.replay import Player
from console.tui.app import PairwatchApp
from console.tui.screens.picture import PictureScreen

SIZE = (120, 40)


def draw_pictures(
    player: Player, pair: str, at: Sequence[float], folder: Path, theme: str | None = None, size: tuple[int, int] = SIZE
) -> Mapping[float, str]:
    """Write one SVG for each time to the folder. Returns their names by time.

    Raises OSError, ConfigError. Must not be called from a running event loop.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn: dict[float, str] = {}
    app = PairwatchApp.replaying(player, theme, pair)

    async def take(pilot: Pilot[Any]) -> None:
        try:
            for number, moment in enumerate(at, 1):
                player.seek(moment)
                player.playing = False
                await pilot.pause()
                if isinstance(app.screen, PictureScreen):
                    app.screen.draw_now()
                await pilot.pause()
                name = f"{number:02d}-{file_word(pair, 'pair')}.svg"
                (folder / name).write_text(app.export_screenshot(title=f"{pair}"), encoding="utf-8")
                drawn[moment] = name
        finally:
            app.exit()

    player.playing = False
    app.run(headless=True, size=size, auto_pilot=take)
    return drawn

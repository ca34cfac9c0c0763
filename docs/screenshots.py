"""Draws every screen to docs/screenshots, and writes the gallery: `python -m docs.screenshots [--all] [FOLDER]`.

The app is the real one, run without a terminal on constructed observations and a fixed clock. The views are those of
the snapshot tests (tests/console/tui/screens/views.py). Every screen is drawn at 80x24, some also larger, and one in
every theme; with `--all`, all screens at every size in every theme.
"""

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.console.tui.screens.views import SIZES, THEMES, VIEWS, View, show, still

FOLDER = Path(__file__).parent / "screenshots"
GALLERY = Path(__file__).parent / "gallery.md"
IN_EACH_THEME = "pair-race"

Shot = tuple[View, tuple[int, int], str]


def shots(everything: bool) -> Iterator[Shot]:
    """The view, size and theme of each picture."""
    for view in VIEWS:
        for size in SIZES if everything or view.wide else SIZES[:1]:
            for theme in THEMES:
                small_in_all = view.name == IN_EACH_THEME and size == SIZES[0]
                if everything or theme == THEMES[0] or small_in_all:
                    yield view, size, theme


def file_name(shot: Shot) -> str:
    """`pair-race-80x24.svg`; with another theme than the default one, `pair-race-80x24-day.svg`."""
    view, (width, height), theme = shot
    return f"{view.name}-{width}x{height}" + (f"-{theme}" if theme != THEMES[0] else "") + ".svg"


async def draw(shot: Shot, folder: Path) -> None:
    """Draw one picture to the folder."""
    view, size, theme = shot
    app = view.make()
    async with app.run_test(size=size) as pilot:
        await show(pilot, view)
        app.theme = theme
        await still(pilot)
        app.save_screenshot(file_name(shot), path=str(folder))


def gallery(drawn: list[Shot]) -> str:
    """The page with all pictures, and a heading for each screen."""
    lines = [
        "# The screens",
        "",
        "Drawn by `make screenshots`; the tests compare the same screens in every theme and size.",
    ]
    for view in VIEWS:
        lines += ["", f"## {view.name}", ""]
        lines += [f"![{file_name(each)}](screenshots/{file_name(each)})" for each in drawn if each[0] is view]
    return "\n".join(lines) + "\n"


def main() -> None:
    folders = [Path(each) for each in sys.argv[1:] if each != "--all"]
    folder = folders[0] if folders else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["XDG_CONFIG_HOME"] = os.environ["XDG_STATE_HOME"] = "/nonexistent"
    wanted = list(shots("--all" in sys.argv[1:]))
    for shot in wanted:
        asyncio.run(draw(shot, folder))
    if folder == FOLDER:
        GALLERY.write_text(gallery(wanted), encoding="utf-8")
        names = {file_name(each) for each in wanted}
        for path in folder.glob("*.svg"):
            if path.name not in names:
                path.unlink()


if __name__ == "__main__":
    main()

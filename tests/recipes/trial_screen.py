"""Uses the screen that tests/recipes/test_screen.py added to the copy, and prints what it finds."""

import asyncio
import tempfile
from pathlib import Path

from textual.widgets import Static

from console.tui.keys.catalogue import catalogue
from console.tui.palette import Commands
from tests.console import scenes
from tests.console.tui.screens.stage import Stage, settle

KEY = "z"


async def main() -> None:
    """Open the screen by its key from the pair and from another place; look for it in help, palette and `--keys`."""
    app = Stage(*scenes.CALM, audit=Path(tempfile.mkdtemp()) / "audit.log").app
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(KEY)
        await settle(pilot)
        print(f"opened from the pair: {type(app.screen).__name__}")
        print(app.screen.query_one("#servers", Static).visual)
        await pilot.press("n")
        await settle(pilot)
        await pilot.press(KEY)
        await settle(pilot)
        print(f"opened from the numbers: {type(app.screen).__name__}")
        await pilot.press("question_mark")
        await settle(pilot)
        print(f"in the help: {any('the servers of the pair' in str(each.visual) for each in app.screen.query(Static))}")
        await pilot.press("escape")
        await settle(pilot)
        offers = [hit.text async for hit in Commands(app.screen).discover()]
        print(f"in the palette: {'Go to Servers' in offers}")
    names = [each.name for each in catalogue() if "servers" in each.name]
    print(f"configurable: {' '.join(sorted(names))}")


if __name__ == "__main__":
    asyncio.run(main())

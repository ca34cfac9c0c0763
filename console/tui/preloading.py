"""Loads what the first frame did not need, so that no key waits for a module or a style sheet.

It begins when the first facts are on the screen.
"""

import asyncio
import importlib
import time
from pathlib import Path

from textual.css.stylesheet import Stylesheet

from console.tui.place_screens import SCREENS

BREAK_SECONDS = 0.005
"""After each module the event loop gets its turn."""

OTHERS = (
    "console.tui.charts.free",
    "console.tui.open_action",
    "console.tui.palette",
    "console.tui.screens.help",
)
"""What keys open that are not places."""


def module_names() -> list[str]:
    """The modules to load: those of the places, then the others."""
    return [*dict.fromkeys(each.partition(":")[0] for each in SCREENS.values()), *OTHERS]


STYLES = Path(__file__).parent / "screens"
"""The folder with a style sheet for each screen. All their rules begin with the name of the screen."""


def load_modules() -> None:
    """Load every module that a key may need. Blocks for some tenths of a second, so it runs in a thread."""
    for name in module_names():
        importlib.import_module(name)
        time.sleep(BREAK_SECONDS)


async def read_styles(styles: Stylesheet) -> None:
    """Read the style sheets of all screens, one at a time.

    The toolkit would read that of a screen when the screen is first opened, and parse those of all others again.
    """
    for path in sorted(STYLES.glob("*.tcss")):
        if not styles.has_source(str(path)):
            styles.read(path)
            styles.parse()
            await asyncio.sleep(BREAK_SECONDS)

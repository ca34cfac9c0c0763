"""Loads what the first frame did not need, so that no key waits for a module.

It runs in a thread when the first facts are on the screen.
"""

import importlib
import time

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


def load_all() -> None:
    """Load every module that a key may need. Blocks for about as long as the start took."""
    for name in module_names():
        importlib.import_module(name)
        time.sleep(BREAK_SECONDS)

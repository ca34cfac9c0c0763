"""The start of the console loads the screens that it can show first. The others are loaded when they are opened."""

import subprocess
import sys

SCREENS = "console.tui.screens."
FIRST = {"atomic", "fleet", "pair", "picture"}
"""The pair and the fleet, and what they are derived from."""


def test_a_start_loads_no_other_screen() -> None:
    script = "import sys, console.wiring; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert {name.removeprefix(SCREENS) for name in loaded if name.startswith(SCREENS)} == FIRST

"""The start of the console loads what its first frame needs. The rest is loaded after the first facts."""

import subprocess
import sys

from console.tui.place_screens import SCREENS as PLACES
from console.tui.preloading import module_names

SCREENS = "console.tui.screens."
FIRST = {"atomic", "fleet", "pair", "picture"}
"""The pair and the fleet, and what they are derived from."""

START = "import sys, console.cli, console.commands.opening, console.wiring, console.makes.pairwatch.source"
"""What a start on Pairwatch servers imports before it draws."""

LATER = (
    "console.collector",
    "console.incidents",
    "console.insight.alarm_quality",
    "console.insight.charts",
    "console.insight.diagnosis",
    "console.insight.guarded",
    "console.insight.leases",
    "console.insight.runbooks",
    "console.journal",
    "console.logs",
    "console.makes.kea.source",
    "console.makes.pairwatch.leases",
    "console.tui.charts",
    "console.tui.palette",
    "dhcpserver.contract.leases",
    "httpx._main",
    "pygments.lexers",
    "pysnmp",
    "rich.progress",
    "sqlalchemy",
    "sqlite3",
)
"""What a start loads only after the first facts, or not at all."""


def loaded_by(script: str) -> list[str]:
    """The modules that a process has loaded after that script."""
    program = script + "; print(*(name for name, module in sys.modules.items() if module is not None))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_a_start_loads_no_other_screen() -> None:
    loaded = loaded_by(START)
    assert {name.removeprefix(SCREENS) for name in loaded if name.startswith(SCREENS)} == FIRST


def test_a_start_loads_nothing_that_the_first_frame_does_not_need() -> None:
    loaded = loaded_by(START)
    assert [name for name in loaded if any(f"{name}.".startswith(f"{each}.") for each in LATER)] == []


def test_every_place_is_loaded_before_its_key_is_pressed() -> None:
    assert set(module_names()) >= {each.partition(":")[0] for each in PLACES.values()}
    loaded = set(loaded_by(f"{START}; from console.tui.preloading import load_all; load_all()"))
    assert loaded >= {*module_names(), "console.insight.diagnosis.table", "console.insight.guarded"}

"""The start of the console loads what its first frame needs. The rest is loaded after the first facts."""

import subprocess
import sys

import pytest
from textual.css.stylesheet import Stylesheet

from console.tui.place_screens import SCREENS as PLACES
from console.tui.preloading import STYLES, module_names, read_styles
from tests.console.scenes import MAIN_LOST
from tests.console.tui.screens.stage import Stage, settle

SCREENS = "console.tui.screens."
FIRST = {"atomic", "fleet", "pair", "picture"}
"""The pair and the fleet, and what they are derived from."""

START = "import sys, console.cli, console.commands.opening, console.wiring"
"""What a start imports before it draws. Another process reads the configuration and polls (test_beginning.py)."""

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
    "console.makes",
    "console.settings.document",
    "console.tui.charts",
    "console.tui.palette",
    "dhcpserver",
    "httpx",
    "pydantic",
    "pygments.lexers",
    "pysnmp",
    "rich.progress",
    "snmp",
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
    loaded = set(loaded_by(f"{START}; from console.tui.preloading import load_modules; load_modules()"))
    assert loaded >= {*module_names(), "console.insight.diagnosis.table", "console.insight.guarded"}


async def test_every_style_sheet_is_read_before_its_screen_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await read_styles(stage.app.stylesheet)
        monkeypatch.setattr(Stylesheet, "reparse", unneeded)
        for place in PLACES:
            stage.app.action_go(place)
            await settle(pilot)


def unneeded(_: Stylesheet) -> None:
    raise AssertionError("a style sheet was read when its screen was opened")


def test_the_rules_of_a_style_sheet_are_of_its_screen_alone() -> None:
    """They are all in force at all times."""
    for path in sorted(STYLES.glob("*.tcss")):
        owner = "".join(word.title() for word in path.stem.split("_"))
        for rule in path.read_text(encoding="utf-8").splitlines():
            selectors = rule.partition("{")[0].split(",")
            assert all(each.strip().startswith((f"{owner}Screen", owner)) for each in selectors), (path.name, rule)

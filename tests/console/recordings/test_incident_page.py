"""The page about an incident, and the dialog that saves one."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from console.errors import JournalError
from console.incidents.moments import find_moments, picture_times
from console.incidents.page_process import draw_page
from console.incidents.report import incident_page
from console.incidents.saving import ReplayIncidents, SavedIncident, incident_details
from console.journal.files import About, read_recording, write_recording
from console.model.observations import ActionOutcome, Observation, OperatorAction
from console.state.replay import Player
from tests.console import scenes
from tests.console.scenes import BACKUP, MAIN_LOST, NOW, PAIR, ZONE, answer
from tests.console.tui.screens.stage import Stage, settle, shown

LOST = sorted((each for part in MAIN_LOST for each in part), key=lambda each: each.at)
DONE: list[Observation] = [
    *LOST,
    OperatorAction(NOW + 5, PAIR, "jo", "set-partner-down", BACKUP, {"reason": "PSU | dead"}),
    answer(BACKUP, NOW + 6, "PARTNER-DOWN"),
    ActionOutcome(NOW + 7, PAIR, "jo", "set-partner-down", BACKUP, True, "dhcp-b is PARTNER-DOWN"),
]
DETAILS = incident_details(scenes.pair(), NOW - 1800, NOW + 7, NOW, "jo", "<b>the power supply</b>")


def page(pictures: dict[float, str] | None = None) -> str:
    player = Player(DONE, [scenes.pair()], ZONE)
    moments = find_moments(player, PAIR)
    return incident_page(player.store.pair(PAIR), moments, DONE, pictures or {}, DETAILS, ZONE)


def test_the_page_has_the_worst_moment_the_actions_and_the_open_questions() -> None:
    text = page()
    assert text.startswith("# Incident: example-pair (production)\n")
    assert "Worst (critical)" in text
    assert "jo | set-partner-down dhcp-b | PSU \\| dead |" in text
    assert "set-partner-down dhcp-b: done | dhcp-b is PARTNER-DOWN |" in text
    assert "NORMAL -> COMMUNICATIONS-INTERRUPTED" in text
    assert "| other-server-not-responding |" in text
    assert "safe period ends at 07:00:00" in text
    assert "- [ ] What was the cause" in text


def test_escapes_markup_in_text_from_outside() -> None:
    assert "\\<b>the power supply\\</b>" in page()


def test_every_row_of_a_table_has_as_many_cells_as_its_head() -> None:
    rows = [line for line in page().splitlines() if line.startswith("|")]
    for number, row in enumerate(rows):
        if row.startswith("| ---"):
            width = len(re.findall(r"(?<!\\)\|", rows[number - 1]))
        elif number and rows[number - 1].startswith("| ---"):
            assert len(re.findall(r"(?<!\\)\|", row)) == width


def test_takes_pictures_where_it_got_worse_where_an_operator_acted_and_at_the_end() -> None:
    player = Player(DONE, [scenes.pair()], ZONE)
    taken = picture_times(find_moments(player, PAIR))
    assert taken == sorted(taken)
    assert taken[-1] == NOW + 7
    assert any(abs(at - (NOW - 720)) < 5 for at in taken)
    assert "![the console at" in page({taken[-1]: "01.svg"})


def test_the_timeline_of_a_long_recording_is_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    """The timeline of the picture is bounded; that of the page is not."""
    monkeypatch.setattr("console.model.reduce.TIMELINE_KEPT", 5)
    states = ["NORMAL", "PAUSED"] * 30
    changes: list[Observation] = [answer(BACKUP, NOW + n, state) for n, state in enumerate(states)]
    moments = find_moments(Player(changes, [scenes.pair()], ZONE), PAIR)
    texts = [entry.text for each in moments for entry in each.entries if entry.source == "state"]
    assert len(texts) == len(states)


def test_the_command_writes_the_page_and_its_pictures(tmp_path: Path) -> None:
    file = tmp_path / "incident.jsonl.gz"
    write_recording(file, DONE, DETAILS)
    command = [sys.executable, "-m", "console.cli", "incident", "export", str(file)]
    drawn = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    written = Path(drawn.stdout.strip())
    assert written == tmp_path / "incident-page" / "incident.md"
    names = re.findall(r"!\[[^]]*\]\(([^)]+)\)", written.read_text(encoding="utf-8"))
    assert len(names) >= 3
    for name in names:
        picture = (written.parent / name).read_text(encoding="utf-8")
        assert picture.startswith("<svg")
        assert "REPLAY" in picture


async def test_saves_an_incident_by_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exported: list[SavedIncident] = []

    async def no_process(saved: SavedIncident, theme: str, command: Sequence[str]) -> str:
        exported.append(saved)
        return "incident.md"

    monkeypatch.setattr("console.tui.screens.save_incident.draw_page", no_process)
    stage = Stage(*MAIN_LOST)
    stage.session.incidents = ReplayIncidents(lambda start, end: [o for o in LOST if start <= o.at <= end], tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("S")
        await settle(pilot)
        assert "ten minutes before the oldest alarm" in shown(pilot)
        await pilot.press(*"nonsense")
        await pilot.pause()
        await pilot.press("enter")
        assert exported == []
        await pilot.press(*["backspace"] * 8, *"-15m", "tab", *"PSU", "enter")
        await settle(pilot)
        text = shown(pilot)
        assert "observations in" in text
        assert "incident.md" in text
        await pilot.press("enter")
        await pilot.pause()
        assert "observations in" not in shown(pilot)
    recording = read_recording(exported[0].path)
    assert recording.about is not None
    assert (recording.about.note, recording.about.start) == ("PSU", NOW - 900)


async def until_shown(pilot: Pilot[Any], words: str) -> None:
    """Wait until a thread has shown the words, or for a limited time; the caller asserts the result."""
    for _ in range(100):
        await pilot.pause()
        if words in shown(pilot):
            return


async def test_the_close_key_stays_visible_below_a_long_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def verbose(saved: SavedIncident, theme: str, command: Sequence[str]) -> str:
        return "no page was drawn: " + "\n".join(f"line {number}" for number in range(30))

    monkeypatch.setattr("console.tui.screens.save_incident.draw_page", verbose)
    stage = Stage(*MAIN_LOST)
    stage.session.incidents = ReplayIncidents(lambda start, end: LOST, tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("S", "enter")
        await until_shown(pilot, "no page was drawn")
        seen = "\n".join(strip.text for strip in pilot.app.screen._compositor.render_strips())
        assert "Enter or Esc: close" in seen
        assert "no page was drawn" in seen


async def test_the_page_can_be_cancelled_after_the_recording_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(saved: SavedIncident, theme: str, command: Sequence[str]) -> str:
        await asyncio.Event().wait()
        return ""

    monkeypatch.setattr("console.tui.screens.save_incident.draw_page", never)
    stage = Stage(*MAIN_LOST)
    stage.session.incidents = ReplayIncidents(lambda start, end: LOST, tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("S", "enter")
        await until_shown(pilot, "Drawing the page")
        assert "Esc: no page" in shown(pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert "Drawing the page" not in shown(pilot)
    assert os.listdir(tmp_path)


@pytest.mark.parametrize("seconds", [0.0, 60.0], ids=["too-slow", "given-up"])
async def test_a_cancelled_or_late_drawing_process_is_ended(
    seconds: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: asyncio.Queue[asyncio.subprocess.Process] = asyncio.Queue()
    start = asyncio.create_subprocess_exec

    async def slow(*_: str, **pipes: Any) -> asyncio.subprocess.Process:
        process = await start("sleep", "60", **pipes)
        started.put_nowait(process)
        return process

    monkeypatch.setattr("console.incidents.page_process.asyncio.create_subprocess_exec", slow)
    monkeypatch.setattr("console.incidents.page_process.PAGE_SECONDS", seconds)
    drawing = asyncio.create_task(draw_page(SavedIncident(tmp_path / "x.jsonl.gz", 1), "night", ("pairwatch",)))
    process = await started.get()
    if seconds:
        drawing.cancel()
    [result] = await asyncio.gather(drawing, return_exceptions=True)
    assert process.returncode is not None
    assert isinstance(result, asyncio.CancelledError) if seconds else "incident export" in str(result)


async def test_shows_a_failed_save_and_allows_another_attempt() -> None:
    class Full:
        def save(self, details: About) -> SavedIncident:
            raise JournalError("cannot write /x: No space left on device")

    stage = Stage(*MAIN_LOST)
    stage.session.incidents = Full()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("S", "enter")
        await settle(pilot)
        assert "No space left on device" in shown(pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert "No space left" not in shown(pilot)


async def test_reports_that_nothing_is_recorded_without_a_journal() -> None:
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("S")
        await settle(pilot)
        assert any("Nothing is recorded" in each.message for each in stage.app._notifications)


async def test_switches_times_to_utc_and_back() -> None:
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "09:00:00 CEST" in shown(pilot)
        await pilot.press("U")
        await pilot.pause()
        assert "07:00:00 UTC" in shown(pilot)
        assert "CEST" not in shown(pilot)
        await pilot.press("U")
        await pilot.pause()
        assert "09:00:00 CEST" in shown(pilot)

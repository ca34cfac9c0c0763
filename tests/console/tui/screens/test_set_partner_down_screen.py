"""Set Partner Down by keys, at 80x24: the way that is allowed, and every way that is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from console.tui.screens.pair import PairScreen
from console.tui.screens.set_partner_down import SetPartnerDownScreen
from console.tui.widgets.date_field import DateField
from tests.console.scenes import BACKUP, MAIN, MAIN_LOST, NOW, PAIR, RACE, status
from tests.console.tui.screens.stage import Stage, settle, shown, words

SMALL = (80, 24)
ALONE = "COMMUNICATIONS-INTERRUPTED"


def stage(**changes: Any) -> Stage:
    """The main is down, and the backup is alone."""
    return Stage(*MAIN_LOST, **{"backup": status(BACKUP, NOW, ALONE), **changes})


async def type_text(pilot: Pilot[None], text: str) -> None:
    await pilot.press(*("space" if char == " " else char for char in text))


async def go_to_date(pilot: Pilot[None]) -> DateField:
    await pilot.press("d")
    await settle(pilot)
    assert isinstance(pilot.app.screen, SetPartnerDownScreen)
    await pilot.press("enter")
    await pilot.pause()
    return pilot.app.screen.query_one(DateField)


async def replace_date(pilot: Pilot[None], text: str) -> None:
    await pilot.press("end", *["backspace"] * 25)
    await pilot.press(*("minus" if char == "-" else "colon" if char == ":" else char for char in text))
    await pilot.pause()


async def confirm(pilot: Pilot[None], *, name: str = PAIR, reason: str = "") -> None:
    """Finish the third step: powered off, a reason, the pair's name, Enter."""
    await pilot.press("down", "enter", "tab")
    await type_text(pilot, reason)
    await pilot.press("tab")
    await pilot.press(*("minus" if char == "-" else char for char in name))
    await pilot.press("enter")
    await settle(pilot)


async def test_sets_partner_down_by_keys_alone(tmp_path: Path) -> None:
    """R-136, R-148, R-150, R-151: from the alarm to PARTNER-DOWN without a mouse, with an audit record."""
    scene = stage(audit=tmp_path / "audit.log")
    async with scene.app.run_test(size=SMALL) as pilot:
        field = await go_to_date(pilot)
        assert field.value == "2026-07-15 05:00:00"
        text = shown(pilot)
        assert "955 free addresses from 2026-07-15 06:00:00 CEST" in text
        assert "two clients can get the same address" in text
        await pilot.press("enter")
        await pilot.pause()
        assert "How did you verify" in shown(pilot)
        await confirm(pilot, reason="burnt")
        assert "✔ dhcp-b is PARTNER-DOWN" in words(pilot, "#outcome")
        assert scene.backup.posts == [{"date": None, "expert": False, "operator": "jo", "reason": "powered off: burnt"}]
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, PairScreen)
        assert "dhcp-b serves all clients" in shown(pilot)
        await pilot.press("4")
        await pilot.pause()
        assert "jo: set-partner-down dhcp-b" in shown(pilot)
    events = [json.loads(line)["event"] for line in (tmp_path / "audit.log").read_text().splitlines()]
    assert events == ["attempt", "outcome"]


async def test_a_partner_that_answers_blocks_the_first_step() -> None:
    """R-136: both servers run, and no input changes that."""
    scene = Stage(*RACE, main=status(MAIN, NOW, ALONE), backup=status(BACKUP, NOW, ALONE))
    async with scene.app.run_test(size=SMALL) as pilot:
        await pilot.press("d")
        await settle(pilot)
        assert "✘ BLOCKED dhcp-a answers and is COMMUNICATIONS-INTERRUPTED" in shown(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, SetPartnerDownScreen)
        assert pilot.app.screen.step == "guards"
        assert "BLOCKED" in shown(pilot)
    assert scene.backup.posts == []


async def test_detects_a_partner_that_answers_again_at_the_last_moment(tmp_path: Path) -> None:
    """R-136: both servers are polled again between the last key and the request."""
    scene = stage(audit=tmp_path / "audit.log")
    async with scene.app.run_test(size=SMALL) as pilot:
        await go_to_date(pilot)
        await pilot.press("enter")
        await pilot.pause()
        scene.main.answer = status(MAIN, NOW, ALONE)
        await confirm(pilot)
        outcome = words(pilot, "#outcome")
        assert "REFUSED on dhcp-b, nothing was sent" in outcome
        assert "dhcp-a answers and is" in outcome
    assert scene.backup.posts == []


async def test_refuses_a_date_before_contact_was_lost_outside_expert_mode(tmp_path: Path) -> None:
    """R-148, R-149."""
    scene = stage(audit=tmp_path / "audit.log")
    async with scene.app.run_test(size=SMALL) as pilot:
        field = await go_to_date(pilot)
        await replace_date(pilot, "-1h")
        assert field.has_class("-refused")
        assert "refused: the date is before contact was lost" in shown(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, SetPartnerDownScreen)
        assert pilot.app.screen.step == "date"
        await pilot.press("f2")
        await pilot.pause()
        assert not field.has_class("-refused")
        assert "EXPERT MODE" in shown(pilot)
        assert "BEFORE the last contact" in shown(pilot)
        await pilot.press("enter")
        await pilot.pause()
        await confirm(pilot)
        assert "give a reason" in words(pilot, "#refusals")
        assert scene.backup.posts == []
        await pilot.press("shift+tab")
        await type_text(pilot, "seen dark")
        await pilot.press("tab", "enter")
        await settle(pilot)
        assert "PARTNER-DOWN" in words(pilot, "#outcome")
    assert scene.backup.posts[0]["expert"] is True
    assert scene.backup.posts[0]["date"] == "2026-07-15T02:12:00Z"


@pytest.mark.parametrize(("typed", "words_shown"), [("nonsense", "cannot read"), ("23:59", "in the future")])
async def test_a_date_that_is_not_possible_is_marked_and_blocks_the_step(typed: str, words_shown: str) -> None:
    """R-152, R-153."""
    scene = stage()
    async with scene.app.run_test(size=SMALL) as pilot:
        field = await go_to_date(pilot)
        await replace_date(pilot, typed)
        assert field.has_class("-refused")
        assert words_shown in shown(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, SetPartnerDownScreen)
        assert pilot.app.screen.step == "date"


async def test_up_and_down_change_the_part_under_the_cursor_and_update_the_consequences() -> None:
    """R-151: the consequences of a date are shown while it is typed."""
    scene = stage()
    async with scene.app.run_test(size=SMALL) as pilot:
        field = await go_to_date(pilot)
        await pilot.press("left", "left", "left", "up", "up", "up")
        await pilot.pause()
        assert field.value == "2026-07-15 05:03:00"
        assert "from 2026-07-15 06:03:00 CEST" in shown(pilot)


async def test_old_answers_block_the_action() -> None:
    """The server stops answering while the operator reads."""
    scene = stage()
    async with scene.app.run_test(size=SMALL) as pilot:
        await go_to_date(pilot)
        await pilot.press("enter")
        await pilot.pause()
        scene.time += 16
        scene.backup.answer = None
        await confirm(pilot)
        assert "BLOCKED" in shown(pilot)
    assert scene.backup.posts == []


@pytest.mark.parametrize("name", ["", "example", "Example-pair"])
async def test_a_wrong_name_sends_nothing(name: str) -> None:
    scene = stage()
    async with scene.app.run_test(size=SMALL) as pilot:
        await go_to_date(pilot)
        await pilot.press("enter")
        await pilot.pause()
        await confirm(pilot, name=name)
        assert "NOT DONE" in shown(pilot)
    assert scene.backup.posts == []


async def test_sends_nothing_until_the_operator_selects_how_it_was_verified() -> None:
    """R-136: the operator is responsible for a correct assessment."""
    scene = stage()
    async with scene.app.run_test(size=SMALL) as pilot:
        await go_to_date(pilot)
        await pilot.press("enter", "tab", "tab")
        await pilot.press(*("minus" if char == "-" else char for char in PAIR), "enter")
        await settle(pilot)
        assert "BLOCKED: not confirmed" in shown(pilot)
    assert scene.backup.posts == []


async def test_a_read_only_pair_blocks_the_first_step() -> None:
    scene = stage(write=False)
    async with scene.app.run_test(size=SMALL) as pilot:
        await pilot.press("d")
        await settle(pilot)
        assert "read-only here: start the console with --write" in shown(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, SetPartnerDownScreen)
        assert pilot.app.screen.step == "guards"


async def test_escape_goes_back_step_by_step_and_closes() -> None:
    scene = stage()
    async with scene.app.run_test(size=SMALL) as pilot:
        await go_to_date(pilot)
        await pilot.press("enter")
        await pilot.pause()
        for step in ("date", "guards"):
            await pilot.press("escape")
            await pilot.pause()
            assert isinstance(pilot.app.screen, SetPartnerDownScreen)
            assert pilot.app.screen.step == step
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, PairScreen)
    assert scene.backup.posts == []

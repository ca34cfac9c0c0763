"""Set Partner Down on ISC dhcpd: the guards of every make, and no date, because dhcpd takes none."""

import json
from pathlib import Path

import pytest

from console.actions.request import OperatorRequest
from console.errors import GuardRefusal
from console.insight.guarded.set_partner_down import GUARDS
from console.tui.screens.set_partner_down import SetPartnerDownScreen
from console.tui.widgets.date_field import DateField
from tests.console.makes.isc.dhcpd import number
from tests.console.makes.isc.stage import IscStage, dhcpd
from tests.console.scenes import BACKUP, MAIN, PAIR
from tests.console.tui.screens.stage import settle, shown

DATED = {"date-given", "date-not-future", "date-not-early", "early-on-purpose"}
CONFIRMED = OperatorRequest(BACKUP, vouched=True, reason="power supply burnt")


async def test_it_is_done_without_a_date_and_verified(tmp_path: Path) -> None:
    """R-136, R-148, R-150: the action, its audit record without a date, and the state that the server then reports."""
    alone = dhcpd("backup", local_state=3)
    async with IscStage(None, alone, tmp_path).running() as stage:
        assessment = await stage.runner().look(CONFIRMED)
        assert {each.guard for each in assessment.verdicts} == {each.name for each in GUARDS} - DATED - {"expert-role"}
        assert "It may lease dhcp-a's free addresses (number not known) from" in "\n".join(assessment.consequences)
        outcome = await stage.runner().carry_out(CONFIRMED)
        assert outcome.succeeded
        assert outcome.text.startswith(f"{BACKUP} is PARTNER-DOWN; it may use its partner's addresses from ")
        assert alone.changes == [{"local-state": number(4)}]
        entries = [json.loads(line) for line in stage.audit.read_text().splitlines()]
        assert [each["event"] for each in entries] == ["attempt", "outcome"]
        assert entries[0]["date"] is None
        assert entries[0]["command"] == f"pairwatch act set-partner-down {PAIR} --on {BACKUP}"


@pytest.mark.parametrize(
    ("main", "backup", "refusal"),
    [
        ({"local_state": 3}, {"local_state": 3}, "dhcp-a answers and is communications-interrupted"),
        ({"local_state": 4}, {"local_state": 3}, "dhcp-a is PARTNER-DOWN"),
        (None, {"local_state": 2}, "dhcp-b has contact with dhcp-a now"),
        (None, {"local_state": 4}, "dhcp-b is already PARTNER-DOWN"),
        (None, {"local_state": 3, "partner_state": 4}, "dhcp-b reports that dhcp-a is PARTNER-DOWN"),
        (None, {"local_state": 5}, "wait until it leaves that state"),
        (None, {"local_state": 6}, "cannot tell whether dhcp-b has contact with dhcp-a"),
        (None, {"local_state": 77}, "cannot tell whether dhcp-b is PARTNER-DOWN already"),
    ],
)
async def test_it_is_refused_as_on_every_make(
    main: dict[str, int] | None, backup: dict[str, int], refusal: str, tmp_path: Path
) -> None:
    """R-136, R-148: nothing is sent, and the refusal is recorded."""
    other = None if main is None else dhcpd("main", **main)
    acting = dhcpd("backup", **backup)
    async with IscStage(other, acting, tmp_path).running() as stage:
        with pytest.raises(GuardRefusal, match=refusal):
            await stage.runner().carry_out(CONFIRMED)
        assert acting.changes == []
        assert [json.loads(line)["event"] for line in stage.audit.read_text().splitlines()] == ["refused"]


async def test_by_keys_at_80x24_there_is_no_field_for_a_date(tmp_path: Path) -> None:
    """R-150: guards, consequences, confirmation."""
    stage = IscStage(None, dhcpd("backup", local_state=3), tmp_path)
    async with stage.running(), stage.app().run_test(size=(80, 24)) as pilot:
        await pilot.press("d")
        await settle(pilot)
        assert isinstance(pilot.app.screen, SetPartnerDownScreen)
        await pilot.press("enter")
        await settle(pilot)
        assert "ISC dhcpd takes no date: it counts from the moment of the action" in shown(pilot)
        assert not pilot.app.screen.query_one(DateField).display
        await pilot.press("enter")
        await settle(pilot)
        assert f"{MAIN} counts as down from" in shown(pilot)
        await pilot.press("down", "enter", "tab", "x", "tab")
        await pilot.press(*("minus" if char == "-" else char for char in PAIR))
        await pilot.press("enter")
        await settle(pilot)
        assert f"{BACKUP} is PARTNER-DOWN" in shown(pilot)

"""A silence planned in the console: read as it is typed, guarded and audited as other acts."""

import json
from pathlib import Path

from console.actions.audit import AuditLog
from console.actions.operator import Operator
from console.actions.pins import PinActions
from console.insight.alarms.plan_text import plans_of
from tests.console.scenes import MAIN_LOST
from tests.console.tui.screens.stage import Stage, settle, shown


def planning(folder: Path) -> Stage:
    stage = Stage(*MAIN_LOST)
    audit = AuditLog(folder / "audit.log")
    stage.session.pin_actions = lambda: PinActions(stage.store, Operator("jo", "", ""), audit)
    return stage


async def test_a_weekly_silence_is_planned_and_audited(tmp_path: Path) -> None:
    stage = planning(tmp_path)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await pilot.press("a", "p")
        await pilot.pause()
        await pilot.press(*"patching", "enter", *"sat,sun 02:00-04:00", "enter", *"restart", "enter")
        await settle(pilot)
        (plan,) = plans_of((), stage.store.picture.own.plans)
        assert (plan.name, plan.days, plan.pairs, plan.reason) == (
            "patching",
            ("sat", "sun"),
            ("example-pair",),
            "restart",
        )
        assert plan.by == "jo"
    (entry,) = [json.loads(line) for line in (tmp_path / "audit.log").read_text().splitlines()]
    assert (entry["operator"], entry["action"], entry["subject"]) == ("jo", "plan-silence", "patching")


async def test_a_window_that_cannot_be_read_is_not_planned(tmp_path: Path) -> None:
    stage = planning(tmp_path)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await pilot.press("a", "p")
        await pilot.pause()
        await pilot.press(*"patching", "enter", *"sometimes", "enter", *"restart", "enter")
        await pilot.pause()
        assert "weekly, such as" in " ".join(shown(pilot).split())
        assert not stage.store.picture.own.plans
        await pilot.press("escape")
        await settle(pilot)
    assert not (tmp_path / "audit.log").exists()


async def test_a_planned_silence_is_removed_by_its_number(tmp_path: Path) -> None:
    stage = planning(tmp_path)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await pilot.press("a", "p")
        await pilot.pause()
        await pilot.press(*"patching", "enter", *"now to 2h", "enter", *"restart", "enter")
        await settle(pilot)
        assert list(stage.store.picture.own.plans) == ["patching"]
        await pilot.press("P")
        await pilot.pause()
        await pilot.press("7", "enter")
        await settle(pilot)
        assert "There is no planned silence 7" in str([each.message for each in stage.app._notifications])
        await pilot.press("P")
        await pilot.pause()
        await pilot.press("1", "enter")
        await settle(pilot)
        assert not stage.store.picture.own.plans

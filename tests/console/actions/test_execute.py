"""The engine of every action: what is asked of a server, how it is seen to be done, what is recorded."""

import json
from pathlib import Path
from typing import Any

import pytest

from console.actions.audit import AuditLog
from console.actions.execute import ActionRunner
from console.actions.operator import Operator
from console.actions.request import OperatorRequest, shell
from console.errors import AuditError, GuardRefusal, Refused, Unanswered
from console.insight.guarded.table import ACTIONS
from console.makes.pairwatch.actions import POSTED
from console.makes.pairwatch.profile import PAIRWATCH
from console.makes.source import Source
from console.model.action_names import ActionName
from console.state.store import PictureStore
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE, empty, pool, status, text
from tests.console.scripted import ScriptedSource

ALONE = "COMMUNICATIONS-INTERRUPTED"
UNEVEN = [pool("scope-1", own=100, other=20, unavailable=2)]
EVEN = [pool("scope-1", own=60, other=60, unavailable=1)]
LATER = text(NOW + 5)


class Side(ScriptedSource):
    """One server: what it says, what it says after a request, and how it answers that."""

    role = "operator"

    def __init__(self, answer: dict[str, Any] | None) -> None:
        super().__init__(answer)
        self.then: dict[str, Any] | None = answer
        self.fails: Exception | None = None

    @property
    def asked(self) -> list[tuple[str, dict[str, Any]]]:
        return self.requests

    def after(self) -> None:
        if not isinstance(self.fails, Refused):
            self.answer = self.then
        if self.fails is not None:
            raise self.fails


class Bench:
    """Two servers and the engine on them."""

    def __init__(self, directory: Path, main: dict[str, Any] | None, backup: dict[str, Any] | None) -> None:
        self.main, self.backup = Side(main), Side(backup)
        self.kept: list[object] = []
        self.store = PictureStore(empty(), lambda: NOW, ZONE, self.kept.append)
        self.log = directory / "audit.log"
        sides: dict[str, Source] = {MAIN: self.main, BACKUP: self.backup}
        operator = Operator("jo", "192.0.2.200", "noc-1")
        self.runner = ActionRunner(
            self.store, PAIR, sides, AuditLog(self.log), operator, writable=True, pause=_no_pause
        )

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]


async def _no_pause(seconds: float) -> None:
    """Time is not slept for."""


def request(action: ActionName, server: str = MAIN, **what: Any) -> OperatorRequest:
    return OperatorRequest(server, action=action, **what)


Facts = dict[str, Any]
ROWS: list[tuple[OperatorRequest, Facts, Facts | None, str, Facts, str]] = [
    (
        request(ActionName.SAFE_PERIOD, choice="off"),
        status(MAIN, NOW, ALONE),
        status(MAIN, NOW, ALONE, use_safe_period=False),
        f"/pairs/{PAIR}/use-safe-period",
        {"use": False},
        "the safe period is off on dhcp-a",
    ),
    (
        request(ActionName.EXTEND_SAFE_PERIOD, seconds=28800.0),
        status(MAIN, NOW, ALONE),
        status(MAIN, NOW, ALONE, safe_period=28800, safe_period_ends=text(NOW + 28080)),
        f"/pairs/{PAIR}/safe-period",
        {"seconds": 28800},
        "the safe period of dhcp-a is 8 h; it ends at",
    ),
    (
        request(ActionName.STOP, choice="short"),
        status(MAIN),
        None,
        "/stop",
        {"absence": "short"},
        "dhcp-a has stopped; dhcp-b is",
    ),
    (request(ActionName.STOP, choice="long"), status(MAIN), None, "/stop", {"absence": "long"}, "dhcp-a has stopped"),
    (
        request(ActionName.RELOAD),
        status(MAIN),
        status(MAIN, started=LATER),
        "/reload",
        {},
        "has restarted with its configuration",
    ),
    (
        request(ActionName.ROLE, choice="backup", vouched=True),
        status(MAIN),
        status(MAIN, role="backup"),
        f"/config/pairs/{PAIR}/role",
        {"role": "backup", "operator": "jo", "reason": ""},
        "dhcp-a is the backup: NORMAL",
    ),
    (
        request(ActionName.REBALANCE),
        status(MAIN, pools=UNEVEN),
        status(MAIN, pools=EVEN),
        f"/pairs/{PAIR}/rebalance",
        {},
        "has balanced the free addresses",
    ),
    (
        request(ActionName.FORCE_AVAILABLE, address="192.0.2.7", vouched=True),
        status(MAIN, pools=UNEVEN),
        status(MAIN, pools=EVEN),
        "/leases/192.0.2.7/force-available",
        {},
        "192.0.2.7 can be leased again; 1 still unavailable",
    ),
    (
        request(ActionName.RECONFIGURE, address="2001:db8::7"),
        status(MAIN, pools=[{**EVEN[0], "family": "dhcp6", "renewals": 3}]),
        status(MAIN, pools=[{**EVEN[0], "family": "dhcp6", "renewals": 4}]),
        "/leases/2001:db8::7/reconfigure",
        {"message": "renew"},
        "dhcp-a has extended leases since the request: 1",
    ),
]


@pytest.mark.parametrize(("asked", "before", "after", "path", "body", "words"), ROWS)
async def test_each_action_asks_verifies_and_records(
    tmp_path: Path, asked: OperatorRequest, before: Facts, after: Facts | None, path: str, body: Facts, words: str
) -> None:
    """R-137, R-141, R-150, R-188: once, and believed only when the server shows it."""
    reason_needed = asked.action in (ActionName.SAFE_PERIOD, ActionName.EXTEND_SAFE_PERIOD)
    states = {ActionName.STOP: ALONE, ActionName.ROLE: "PAUSED"}
    backup = status(BACKUP, NOW, ALONE if reason_needed else states.get(asked.action, "NORMAL"))
    bench = Bench(tmp_path, before, backup)
    bench.main.then, bench.main.role = after, "expert"
    outcome = await bench.runner.carry_out(asked)
    assert outcome.succeeded, outcome.text
    assert words in outcome.text
    assert bench.main.asked == [(path, body)]
    assert bench.backup.asked == []
    attempt, done = bench.lines()
    assert (attempt["event"], attempt["action"], attempt["server"]) == ("attempt", asked.action, MAIN)
    assert (done["event"], done["succeeded"]) == ("outcome", True)
    assert attempt["command"] == shell(asked, PAIR)


@pytest.mark.parametrize(("asked", "before", "after", "path", "body", "words"), ROWS)
async def test_a_server_that_says_yes_and_does_nothing_is_found_out(
    tmp_path: Path, asked: OperatorRequest, before: Facts, after: Facts | None, path: str, body: Facts, words: str
) -> None:
    states = {ActionName.RELOAD: "NORMAL", ActionName.ROLE: "PAUSED"}
    bench = Bench(tmp_path, before, status(BACKUP, NOW, states.get(asked.action, ALONE)))
    bench.main.role = "expert"
    outcome = await bench.runner.carry_out(asked)
    assert not outcome.succeeded
    assert "does not show the result" in outcome.text
    assert bench.lines()[-1]["succeeded"] is False


async def test_a_server_that_is_gone_before_it_answered_has_stopped_all_the_same(tmp_path: Path) -> None:
    bench = Bench(tmp_path, status(MAIN), status(BACKUP, NOW, ALONE))
    bench.main.then, bench.main.fails = None, Unanswered("connection reset")
    assert (await bench.runner.carry_out(request(ActionName.STOP, choice="short"))).succeeded


async def test_a_disk_that_fills_up_meanwhile_does_not_deny_what_was_done(tmp_path: Path) -> None:
    """The attempt is on disk before the request; its outcome may not get there."""
    bench = Bench(tmp_path, status(MAIN), status(BACKUP))
    bench.main.then = status(MAIN, started=LATER)
    record, lines = AuditLog.record, []

    def full(log: AuditLog, entry: Any) -> None:
        lines.append(entry["event"])
        if len(lines) > 1:
            raise AuditError("cannot write: disk full; nothing was done", "cannot write: disk full")
        record(log, entry)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AuditLog, "record", full)
        outcome = await bench.runner.carry_out(request(ActionName.RELOAD))
    assert outcome.succeeded
    assert outcome.text.endswith("; the audit log lacks this outcome (cannot write: disk full)")
    assert lines == ["attempt", "outcome"]


async def test_a_refusal_of_the_server_is_quoted_and_recorded(tmp_path: Path) -> None:
    bench = Bench(tmp_path, status(MAIN), status(BACKUP))
    bench.main.fails = Refused(409, "this server is in RECOVER")
    outcome = await bench.runner.carry_out(request(ActionName.RELOAD))
    assert outcome.text == "dhcp-a refused: this server is in RECOVER"
    assert bench.lines()[-1]["outcome"] == outcome.text


async def test_a_partner_that_went_away_since_the_last_look_refuses_the_stop(tmp_path: Path) -> None:
    """The guards are judged once more on answers asked for that: a picture is not enough."""
    bench = Bench(tmp_path, status(MAIN), status(BACKUP))
    assert (await bench.runner.look(request(ActionName.STOP, choice="long"))).refused == ()
    bench.backup.answer = status(BACKUP, NOW, "RECOVER")
    with pytest.raises(GuardRefusal, match="does not serve clients"):
        await bench.runner.carry_out(request(ActionName.STOP, choice="long"))
    assert bench.main.asked == []
    (line,) = bench.lines()
    assert line["event"] == "refused"
    assert "does not serve clients" in line["outcome"]


async def test_expert_mode_is_what_forces_a_recovering_server(tmp_path: Path) -> None:
    """R-149, R-186: and it needs the role."""
    bench = Bench(tmp_path, status(MAIN, NOW, "RECOVER"), status(BACKUP, NOW, "PARTNER-DOWN"))
    with pytest.raises(GuardRefusal, match="needs the role expert"):
        await bench.runner.carry_out(request(ActionName.STOP, choice="short", expert=True))
    assert bench.main.asked == []


async def test_what_is_not_done_on_the_other_server_is_said_with_its_time(tmp_path: Path) -> None:
    """R-141."""
    bench = Bench(tmp_path, status(MAIN, NOW, ALONE, use_safe_period=False), status(BACKUP, NOW, ALONE))
    asked = request(ActionName.SAFE_PERIOD, choice="off")
    await bench.runner.look(asked)
    assert bench.runner.left_to_do(asked) == ["dhcp-b NOT YET: PARTNER-DOWN at 09:00:00 CEST, in 3:48:00"]


def test_every_action_has_a_row_and_a_command() -> None:
    assert tuple(ACTIONS) == tuple(ActionName)
    assert all(each.name is name for name, each in ACTIONS.items())
    assert set(POSTED) == {name for name, action in ACTIONS.items() if action.needs in PAIRWATCH.can}
    assert (
        shell(request(ActionName.STOP, choice="long"), PAIR)
        == "pairwatch act stop example-pair --on dhcp-a --absence long"
    )
    assert (
        shell(request(ActionName.SAFE_PERIOD, choice="off"), PAIR)
        == "pairwatch act use-safe-period example-pair --use off"
    )

"""Set Partner Down end to end against two servers on real sockets, and its record."""

import json
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from console.actions.audit import AuditLog
from console.actions.execute import ActionRunner
from console.actions.operator import Operator
from console.actions.request import OperatorRequest
from console.errors import AuditError, GuardRefusal
from console.insight.dates import parse_date
from console.insight.guarded.set_partner_down import partner_down_typed
from console.makes.pairwatch.source import open_at
from console.makes.source import Source
from console.model.observations import ActionOutcome, OperatorAction
from console.state.store import PictureStore
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE, empty, status
from tests.console.stand_in import PASSWORD, USER, StandIn, free_port, serving

ALONE = "COMMUNICATIONS-INTERRUPTED"
LOST = NOW - 720


@dataclass
class Bench:
    """The main dead, the backup alone; change what they say before acting."""

    backup: StandIn
    main: StandIn
    store: PictureStore
    audit: Path
    main_api: str
    kept: list[object]
    clients: list[Source]

    def action(self, *, writable: bool = True) -> ActionRunner:
        servers: dict[str, Source] = {
            MAIN: open_at(self.main_api, USER, PASSWORD, PAIR),
            BACKUP: open_at(self.backup.api, USER, PASSWORD, PAIR),
        }
        self.clients += servers.values()
        operator = Operator("jo", "192.0.2.200", "noc-1")
        return ActionRunner(
            self.store, PAIR, servers, AuditLog(self.audit), operator, writable=writable, pause=_no_pause
        )

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.audit.read_text(encoding="utf-8").splitlines()]


async def _no_pause(seconds: float) -> None:
    """Time is not slept for."""


@pytest.fixture
def servers() -> Iterator[tuple[StandIn, StandIn]]:
    with ExitStack() as stack:
        main = stack.enter_context(serving(StandIn(status(MAIN, NOW, ALONE))))
        backup = stack.enter_context(serving(StandIn(status(BACKUP, NOW, ALONE))))
        backup.after_post = status(BACKUP, NOW, "PARTNER-DOWN")
        yield main, backup


@pytest_asyncio.fixture
async def bench(servers: tuple[StandIn, StandIn], tmp_path: Path) -> AsyncIterator[Bench]:
    kept: list[object] = []
    store = PictureStore(empty(), lambda: NOW, ZONE, kept.append)
    nowhere = f"http://127.0.0.1:{free_port()}"
    made = Bench(servers[1], servers[0], store, tmp_path / "state" / "audit.log", nowhere, kept, [])
    yield made
    for client in made.clients:
        await client.close()


WISH = OperatorRequest(BACKUP, LOST, vouched=True, reason="power supply burnt")


async def test_a_dead_partner_is_declared_down_and_the_server_is_seen_to_have_done_it(bench: Bench) -> None:
    """R-136, R-148, R-150, R-151: allowed, sent once, verified, recorded."""
    outcome = await bench.action().carry_out(WISH)
    assert outcome.succeeded
    assert "PARTNER-DOWN" in outcome.text
    # The start of the interruption goes out as no date at all: the server knows it to the microsecond.
    assert bench.backup.bodies == [{"date": None, "expert": False, "operator": "jo", "reason": "power supply burnt"}]
    assert [line["event"] for line in bench.lines()] == ["attempt", "outcome"]
    kinds = [type(each) for each in bench.kept]
    assert kinds.index(OperatorAction) < kinds.index(ActionOutcome)


async def test_another_date_is_sent_in_utc(bench: Bench) -> None:
    """R-151, R-154."""
    await bench.action().carry_out(OperatorRequest(BACKUP, LOST + 300, vouched=True))
    assert bench.backup.bodies[0]["date"] == "2026-07-15T03:05:00Z"


async def test_the_date_goes_out_on_the_servers_clock(bench: Bench) -> None:
    """A server an hour ahead compares the date with its own records."""
    ahead = status(BACKUP, NOW + 3600, ALONE, start_of_communications_interrupted="2026-07-15T04:00:00Z")
    bench.backup.status = ahead
    await bench.action().carry_out(OperatorRequest(BACKUP, LOST + 300, vouched=True))
    assert bench.backup.bodies[0]["date"] == "2026-07-15T04:05:00Z"


async def test_a_partner_that_answers_in_a_serving_state_is_never_declared_down(bench: Bench) -> None:
    """R-136: asked live at the last moment, whatever the picture said before."""
    bench.main_api = bench.main.api
    with pytest.raises(GuardRefusal) as refusal:
        await bench.action().carry_out(WISH)
    assert any("answers and is COMMUNICATIONS-INTERRUPTED" in line for line in refusal.value.lines)
    assert bench.backup.bodies == []
    (line,) = bench.lines()
    assert line["event"] == "refused"
    assert {each["guard"] for each in line["guards"] if not each["passed"]} == {
        "partner-silent",
        "partner-unreachable",
    }


async def test_a_partner_that_is_partner_down_itself_blocks(bench: Bench) -> None:
    """R-136: both servers must never be PARTNER-DOWN."""
    bench.main_api = bench.main.api
    bench.main.status = status(MAIN, NOW, "PARTNER-DOWN")
    with pytest.raises(GuardRefusal, match="both servers would lease"):
        await bench.action().carry_out(WISH)
    assert bench.backup.bodies == []


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (OperatorRequest(BACKUP, LOST - 60, vouched=True), "before contact was lost"),
        (OperatorRequest(BACKUP, NOW + 60, vouched=True), "in the future"),
        (OperatorRequest(BACKUP, None, vouched=True), "no valid date"),
        (OperatorRequest(BACKUP, LOST), "verify it"),
        (OperatorRequest(MAIN, LOST, vouched=True), "cannot see dhcp-a"),
        (OperatorRequest(BACKUP, LOST - 60, expert=True, vouched=True), "give a reason"),
    ],
)
async def test_nothing_is_sent_when_a_guard_refuses(bench: Bench, asked: OperatorRequest, words: str) -> None:
    """R-148, R-149."""
    with pytest.raises(GuardRefusal, match=words):
        await bench.action().carry_out(asked)
    assert bench.backup.bodies == []


async def test_expert_mode_sends_an_earlier_date(bench: Bench) -> None:
    """R-149: any date, with a reason."""
    outcome = await bench.action().carry_out(
        OperatorRequest(BACKUP, LOST - 60, expert=True, vouched=True, reason="seen dark")
    )
    assert outcome.succeeded
    assert bench.backup.bodies[0]["expert"] is True
    assert bench.backup.bodies[0]["date"] == "2026-07-15T02:59:00Z"


async def test_expert_mode_needs_the_role(bench: Bench) -> None:
    """R-149."""
    bench.backup.role = "operator"
    with pytest.raises(GuardRefusal, match="needs the role expert"):
        await bench.action().carry_out(OperatorRequest(BACKUP, LOST - 60, expert=True, vouched=True, reason="x"))


async def test_a_read_only_pair_is_not_touched(bench: Bench) -> None:
    with pytest.raises(GuardRefusal, match="read-only"):
        await bench.action(writable=False).carry_out(WISH)
    assert bench.backup.bodies == []


async def test_a_server_that_refuses_is_quoted(bench: Bench) -> None:
    bench.backup.problem = (409, {"title": "state", "status": 409, "detail": "RECOVER does not allow it"})
    outcome = await bench.action().carry_out(WISH)
    assert not outcome.succeeded
    assert "RECOVER does not allow it" in outcome.text
    assert bench.lines()[-1]["succeeded"] is False


async def test_a_server_that_says_yes_and_does_nothing_is_found_out(bench: Bench) -> None:
    bench.backup.after_post = None
    outcome = await bench.action().carry_out(WISH)
    assert not outcome.succeeded
    assert "does not show the result" in outcome.text


async def test_the_record_is_its_owners_alone_and_says_who_when_where_what_and_why(bench: Bench) -> None:
    await bench.action().carry_out(WISH)
    assert stat.S_IMODE(bench.audit.stat().st_mode) == 0o600
    attempt, outcome = bench.lines()
    expected = {
        "at": "2026-07-15T03:12:00Z",
        "action": "set-partner-down",
        "pair": PAIR,
        "server": BACKUP,
        "who": "jo",
        "from": "192.0.2.200",
        "host": "noc-1",
        "date": "2026-07-15T03:00:00Z",
        "partner_verified_off": True,
        "reason": "power supply burnt",
    }
    assert expected.items() <= attempt.items()
    assert (outcome["event"], outcome["succeeded"]) == ("outcome", True)
    assert PASSWORD not in bench.audit.read_text(encoding="utf-8")


async def test_without_a_record_nothing_is_done(bench: Bench) -> None:
    bench.audit = Path("/proc/nowhere/audit.log")
    with pytest.raises(AuditError, match="nothing was done"):
        await bench.action().carry_out(WISH)
    assert bench.backup.bodies == []


def test_lines_are_added_and_never_replaced(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.log")
    log.record({"n": 1})
    log.record({"n": 2, "text": "ä\n"})
    assert [json.loads(line)["n"] for line in log.path.read_text(encoding="utf-8").splitlines()] == [1, 2]


def test_the_command_that_is_shown_means_the_same_instant_where_it_is_typed() -> None:
    """R-150, R-153, R-154: the command language reads local time."""
    command = partner_down_typed(PAIR, LOST, ZONE)
    assert command == "failover-pair example-pair setPartnerDown Jul 15 05:00:00 2026"
    assert parse_date(command.split(" ", 3)[3], NOW, ZONE) == LOST

"""The guarded actions on a pair of real Kea servers: guards, request, outcome by polls, audit."""

import asyncio
import json
from pathlib import Path

import pytest

from console.actions.audit import AuditLog
from console.actions.execute import ActionRunner
from console.actions.operator import Operator
from console.actions.request import OperatorRequest, Outcome
from console.errors import GuardRefusal
from console.model.action_names import ActionName
from console.model.phases import Phase
from console.settings.clients import clients
from console.settings.setup import new_store
from tests.peers.kea import NAMES, PAIR, KeaPair, kea_pair

pytestmark = [pytest.mark.peer, pytest.mark.live]


class Desk:
    """An operator at a console with a pair."""

    def __init__(self, pair: KeaPair) -> None:
        settings = pair.settings()
        self.store = new_store((settings,), lambda observation: None)
        self.sources = clients(settings)
        self.log = pair.folder / "audit.log"
        operator = Operator("jo", "192.0.2.200", "noc-1")
        self.runner = ActionRunner(self.store, PAIR, self.sources, AuditLog(self.log), operator, writable=True)

    async def act(self, action: ActionName, server: str = "server1", **values: object) -> Outcome:
        request = OperatorRequest(server, action=action, vouched=True, reason="a test", **values)  # type: ignore[arg-type]
        return await self.runner.carry_out(request)

    async def until(self, *words: str, seconds: float = 20.0) -> None:
        """Poll until both servers report these states."""
        for _ in range(int(seconds / 0.25)):
            await self.runner.look(OperatorRequest("server1", action=ActionName.ENABLE_SERVICE))
            if self.words == words:
                return
            await asyncio.sleep(0.25)
        raise AssertionError(f"not within {seconds} s: {words}, but {self.words}")

    @property
    def words(self) -> tuple[str, ...]:
        facts = [self.store.pair(PAIR).servers[name].facts for name in NAMES]
        return tuple("" if each is None else each.word for each in facts)

    async def close(self) -> None:
        for source in self.sources.values():
            await source.close()


async def test_maintenance_scopes_service_and_reset_on_a_load_balancing_pair(tmp_path: Path) -> None:
    """Every outcome is what the servers show afterwards, or their answer where no fact shows it."""
    with kea_pair(tmp_path, "load-balancing", (8471, 8472, 8473, 8474)) as pair:
        pair.start(1)
        pair.start(2)
        desk = Desk(pair)
        try:
            await desk.until("load-balancing", "load-balancing")
            await _maintenance(desk)
            await desk.until("load-balancing", "load-balancing")
            await _answers(desk)
            await _reset(desk)
            entries = [json.loads(line) for line in desk.log.read_text(encoding="utf-8").splitlines()]
            assert {each["event"] for each in entries} == {"attempt", "outcome", "refused"}
            assert all(each["who"] == "jo" for each in entries)
        finally:
            await desk.close()


async def _maintenance(desk: Desk) -> None:
    with pytest.raises(GuardRefusal, match="there is no maintenance to cancel"):
        await desk.act(ActionName.CANCEL_MAINTENANCE)
    started = await desk.act(ActionName.START_MAINTENANCE)
    assert started == Outcome(
        True, "server1 is partner-in-maintenance and serves all clients; server2 is in-maintenance"
    )
    with pytest.raises(GuardRefusal, match="cancel it on server1, which took over"):
        await desk.act(ActionName.CANCEL_MAINTENANCE, "server2")
    stopped = await desk.act(ActionName.DISABLE_SERVICE, "server2", seconds=5.0)
    assert stopped == Outcome(True, "server2 answered: DHCPv4 service disabled for 5 seconds")
    assert (await desk.act(ActionName.ENABLE_SERVICE, "server2")).succeeded
    cancelled = await desk.act(ActionName.CANCEL_MAINTENANCE)
    assert cancelled.succeeded, cancelled
    assert cancelled.text.startswith("the maintenance has ended: server1 is load-balancing")


async def _answers(desk: Desk) -> None:
    synchronised = await desk.act(ActionName.SYNC_LEASES)
    assert synchronised == Outcome(True, "server1 answered: Lease database synchronization complete.")
    with pytest.raises(GuardRefusal, match="can make both servers serve one client"):
        await desk.act(ActionName.SET_SCOPES, choice="both")
    both = await desk.act(ActionName.SET_SCOPES, choice="both", expert=True)
    assert both == Outcome(True, "server1 answered: its scopes are server1, server2")
    own = await desk.act(ActionName.SET_SCOPES, choice="own", expert=True)
    assert own == Outcome(True, "server1 answered: its scopes are server1")
    with pytest.raises(GuardRefusal, match="cannot tell whether server1 is paused"):
        await desk.act(ActionName.CONTINUE)
    on = await desk.act(ActionName.CONTINUE, expert=True)
    assert not on.succeeded
    assert "it is not paused" in on.text
    with pytest.raises(GuardRefusal, match="leaves the clients of server1 to it"):
        await desk.act(ActionName.DISABLE_SERVICE, seconds=5.0)


async def _reset(desk: Desk) -> None:
    with pytest.raises(GuardRefusal, match="needs no reset"):
        await desk.act(ActionName.RESET_FAILOVER)
    begun = await desk.act(ActionName.RESET_FAILOVER, expert=True)
    assert begun.succeeded, begun
    assert begun.text.startswith("server1 has begun again and is ")
    await desk.until("load-balancing", "load-balancing")
    facts = desk.store.pair(PAIR).servers["server1"].facts
    assert facts is not None
    assert facts.phase is Phase.NORMAL

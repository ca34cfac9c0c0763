"""A simulated host as the console meets it: its HTTP API, its log and its traps, in process and in virtual time.

The API is the server's own application and the client is the console's own, so that an action travels the whole way:
screen, guards, client, HTTP, route, core, store. Only the socket between them is left out.
"""

from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, cast

import httpx

from console.errors import NoSuchPair, Unreadable
from console.makes.pairwatch.client import ServerClient
from console.makes.pairwatch.source import PairwatchSource
from console.makes.pairwatch.status import status_facts
from console.model.observations import LogLine, Observation, PollAnswer, PollFailure, TrapSeen
from dhcpserver.api.app import create_app
from dhcpserver.api.passwords import hash_password
from dhcpserver.api.status import status_document
from dhcpserver.config.objects import Configuration, User
from dhcpserver.runtime.link import Attempt
from dhcpserver.runtime.server import Server
from dhcpserver.service.core import Core
from dhcpserver.service.turn import Command, Inputs, Outputs
from tests.simulation.checks.base import Check
from tests.simulation.host import Host

if TYPE_CHECKING:
    from tests.simulation.world import World

USER, PASSWORD = "admin", "secret"
STORED = hash_password(PASSWORD)
LONGEST_STOP = 10.0


class Machine:
    """One host. It has what the API wants of a `Server`, and the door that the console comes to.

    Attributes:
        reachable: whether the console's network reaches its management address.
        started: when its present life began, by its own clock.
        known: how many of its states lie before what the console saw first.
    """

    def __init__(self, world: "World", host: Host, name: str, pair: str) -> None:
        self._world = world
        self.host = host
        self.name = name
        self.pair = pair
        self.reachable = True
        self.started = 0.0
        self.known = 0
        self.reload_pending = False
        self.configuration_changed = self.configuration_read = 0.0
        self._life = 0
        self.data = host.disk
        self.attempts: dict[str, Attempt] = {}
        self._app = create_app(cast(Server, self), self._reload, self._leave)
        self.client = PairwatchSource(ServerClient(f"http://{name}:8067", USER, PASSWORD, transport=_Wire(self)), pair)

    # What the API wants of a server

    @property
    def core(self) -> Core:
        return self.host.core

    @property
    def configuration(self) -> Configuration:
        user = User(name=USER, role="expert", password=STORED)
        if not self.host.life:
            # The API reads its users before the server's first start.
            return self.host.site.configuration(self.host.main).model_copy(update={"user": (user,)})
        return self.host.core.configuration

    @property
    def not_serving_reason(self) -> str | None:
        return None if self.host.serving else "its store does not work"

    def now(self) -> float:
        return self.host.now

    def write_log(self, level: str, number: int, text: str) -> None:
        """Into the log, which here is the story."""
        self._world.log.add(self.host.name, "logs:", text)

    async def _outcome(self, command: Command) -> None:
        ticket = self.host.submit(command)
        self._world.run(5, lambda: self._answered(ticket))
        refusal = self.host.answer(ticket)
        if refusal is not None:
            raise refusal

    def submit(self, command: Command) -> Awaitable[None]:
        """As Server.submit."""
        return self._outcome(command)

    def _answered(self, ticket: int) -> bool:
        try:
            self.host.answer(ticket)
        except KeyError:
            return False
        return True

    async def _reload(self) -> None:
        """As the process does: end for a short while, begin with the configuration that is there now."""
        self._leave(long=False)
        self.host.start(recover=self.host.recover)
        self.reload_pending = False

    def _leave(self, long: bool) -> None:
        self.host.stop(long=long)
        self._world.run(LONGEST_STOP, lambda: not self.host.running)

    # What the console sees

    @property
    def answers(self) -> bool:
        return self.reachable and self.host.running

    def poll(self, at: float) -> Observation:
        """What a poll finds now."""
        if not self.answers:
            return PollFailure(at, self.pair, self.name, "Connection refused")
        if self._life != self.host.life:
            self._life, self.started = self.host.life, self.host.now
        # The console's poller asks the same of the same function, over HTTP.
        document = status_document(self, 0)
        try:
            return PollAnswer(at, self.pair, self.name, status_facts(document, self.pair), document)
        except Unreadable as wrong:
            return PollFailure(at, self.pair, self.name, str(wrong), isinstance(wrong, NoSuchPair))

    async def receive(self, request: httpx.Request) -> httpx.Response:
        """A request of the console arrives."""
        if not self.answers:
            raise httpx.ConnectError("Connection refused", request=request)
        if self._life != self.host.life:
            self._life, self.started = self.host.life, self.host.now
        return await httpx.ASGITransport(self._app, client=("192.0.2.200", 40000)).handle_async_request(request)


class _Wire(httpx.AsyncBaseTransport):
    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._machine.receive(request)


class Listener(Check):
    """Hears what hosts log and what they trap, turn by turn."""

    name = "listener"

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self.heard: list[tuple[Host, Outputs]] = []

    def turned(self, host: Host, inputs: Inputs, numbers: Sequence[int], outputs: Outputs) -> None:
        if outputs.lines or outputs.traps:
            self.heard.append((host, outputs))

    def take(self) -> list[tuple[Host, Outputs]]:
        """What was heard since the last time."""
        heard, self.heard = self.heard, []
        return heard


def told(machine: Machine, outputs: Outputs, at: float) -> list[Observation]:
    """The log lines and traps of a turn, as the console's sources would have them."""
    stamp = datetime.fromtimestamp(at, UTC)
    clock = f"{stamp:%m/%d/%Y} {stamp.hour}:{stamp:%M:%S}"
    found: list[Observation] = [
        LogLine(
            at,
            machine.pair,
            machine.name,
            f"{clock} name/dhcp/1 {line.level} Failover 0 {line.id:05} {line.text}",
        )
        for line in outputs.lines
    ]
    for spec in outputs.traps:
        varbinds = {name: _text(value) for name, value in spec.fields}
        found.append(TrapSeen(at, machine.pair, machine.name, spec.name, "", "10.0.0.2:161", "v2c", varbinds))
    return found


def _text(value: Any) -> str:
    return value.name.lower().replace("_", "-") if isinstance(value, Enum) else str(value)

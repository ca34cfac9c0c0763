"""A simulated host with the interfaces that the console uses: HTTP API, log and traps, in process and in virtual time.

The API is the server's application and the client is the console's, so that an action passes through all layers:
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
from dhcpserver.config.classes.api import User
from dhcpserver.config.objects import Configuration
from dhcpserver.contract.messages import Message
from dhcpserver.failover.effects import log_line
from dhcpserver.runtime.link import Attempt
from dhcpserver.runtime.server import Server
from dhcpserver.service.core import Core
from dhcpserver.service.turn import Command, Inputs, Outputs
from tests.api.statussource import Listeners, Receivers
from tests.console.incidents.copies import MachineCopies
from tests.simulation.checks.base import Check
from tests.simulation.host import Host

if TYPE_CHECKING:
    from tests.simulation.world import World

USER, PASSWORD = "admin", "secret"
STORED = hash_password(PASSWORD)
LONGEST_STOP = 10.0


class Machine:
    """One host. It implements what the API needs of a `Server`, and the interface for the console.

    Attributes:
        reachable: whether the console can reach its management address.
        started: the time of its last start, by its own clock.
        known: how many of its states were before the first one that the console saw.
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
        self.listeners = Listeners()
        self.lease_reports = Receivers()
        self.dns_updates = Receivers()
        self.configuration_changed = self.configuration_read = 0.0
        self.copies = MachineCopies(host)
        self._life = 0
        self.data = host.disk
        self.attempts: dict[str, Attempt] = {}
        self._app = create_app(cast(Server, self), self._reload, self._leave)
        self.client = PairwatchSource(ServerClient(f"http://{name}:8067", USER, PASSWORD, transport=_Wire(self)), pair)

    # The interface that the API needs of a server

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

    def write_log(self, message: Message, **values: object) -> None:
        """Write to the log, which is the timeline of the simulation."""
        self._world.log.add(self.host.name, "logs:", log_line(message, **values).text)

    async def _outcome(self, command: Command) -> None:
        ticket = self.host.submit(command)
        self._world.run(5, lambda: self._answered(ticket))
        refusal = self.host.answer(ticket)
        if refusal is not None:
            raise refusal

    def submit(self, command: Command) -> Awaitable[None]:
        """Submit a command, as Server.submit does."""
        return self._outcome(command)

    def _answered(self, ticket: int) -> bool:
        try:
            self.host.answer(ticket)
        except KeyError:
            return False
        return True

    async def _reload(self) -> None:
        """Reload as the process does: stop for a short time, and start with the present configuration."""
        self._leave(long=False)
        self.host.start(recover=self.host.recover)
        self.reload_pending = False

    def _leave(self, long: bool) -> None:
        self.host.stop(long=long)
        self._world.run(LONGEST_STOP, lambda: not self.host.running)

    # The interface for the console

    @property
    def answers(self) -> bool:
        return self.reachable and self.host.running

    def poll(self, at: float) -> Observation:
        """The observation of a poll now."""
        if not self.answers:
            return PollFailure(at, self.pair, self.name, "Connection refused")
        if self._life != self.host.life:
            self._life, self.started = self.host.life, self.host.now
        # The console's poller calls the same function over HTTP.
        document = status_document(self, 0)
        try:
            return PollAnswer(at, self.pair, self.name, status_facts(document, self.pair), document)
        except Unreadable as wrong:
            return PollFailure(at, self.pair, self.name, str(wrong), isinstance(wrong, NoSuchPair))

    async def receive(self, request: httpx.Request) -> httpx.Response:
        """Handle a request of the console."""
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
    """Records the log lines and traps of the hosts, turn by turn."""

    name = "listener"

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self.recorded: list[tuple[Host, Outputs]] = []

    def turned(self, host: Host, inputs: Inputs, numbers: Sequence[int], outputs: Outputs) -> None:
        if outputs.lines or outputs.traps:
            self.recorded.append((host, outputs))

    def take(self) -> list[tuple[Host, Outputs]]:
        """Return what was recorded since the last call."""
        recorded, self.recorded = self.recorded, []
        return recorded


def observations_of(machine: Machine, outputs: Outputs, at: float) -> list[Observation]:
    """The log lines and traps of a turn, as the console's sources would report them."""
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

"""The sockets and the clock of a crowd, on the asyncio loop: the same for the clients of both families."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from ipaddress import IPv4Address
from math import inf
from typing import Generic, Protocol, TypeVar

from dhcpserver.client.crowd import Stats
from dhcpserver.client.ledger import Event
from dhcpserver.client.population import Outgoing, Population, PopulationSettings
from dhcpserver.client.population6 import Outgoing6, Population6, PopulationSettings6
from dhcpserver.client.relay import Relay, RelaySettings
from dhcpserver.client.relay6 import Relay6, RelaySettings6
from dhcpserver.client.unicast import LoopbackClients
from dhcpserver.wire.dhcp4 import Packet
from dhcpserver.wire.dhcp6 import Message

Out = TypeVar("Out")
Yielded = TypeVar("Yielded", covariant=True)
Answer = TypeVar("Answer")
Received = TypeVar("Received", covariant=True)


class Listening(Protocol[Received]):
    """A socket with answers."""

    def fileno(self) -> int: ...
    def answers(self) -> Iterable[Received]: ...
    def close(self) -> None: ...


class Clients(Protocol[Yielded]):
    """What the runner needs of a crowd."""

    def next_due(self) -> float: ...
    def tick(self, now: float) -> Iterator[Yielded]: ...
    def stats(self, at: float, unsent: int = 0) -> Stats: ...


class Family(Protocol[Out, Answer]):
    """The sockets of a family, and what an answer means to its crowd."""

    @property
    def population(self) -> Clients[Out]: ...

    def open(self) -> Iterator[Listening[Answer]]:
        """Open the sockets, and yield each. Raises OSError."""

    def receive(self, answer: Answer, now: float) -> Iterator[Out]:
        """Give an answer to its client; yield what is to be sent."""

    def send(self, outgoing: Out) -> bool:
        """Send; whether the kernel accepted it."""


class Runner(Generic[Out, Answer]):
    """A crowd that runs on the event loop from `open` to `close`. `family` gets the time at which it starts."""

    def __init__(self, family: Callable[[float], Family[Out, Answer]]) -> None:
        self._loop = asyncio.get_running_loop()
        self._shift = time.time() - self._loop.time()
        self._family = family(self._now())
        self._sockets: list[Listening[Answer]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._unsent = 0

    def open(self) -> None:
        """Bind the sockets and start the first clients. Raises OSError."""
        for listening in self._family.open():
            self._sockets.append(listening)
            self._loop.add_reader(listening.fileno(), self._receive, listening)
        self._tick()

    def close(self) -> None:
        """Stop sending and close the sockets. The clients keep their leases."""
        if self._timer is not None:
            self._timer.cancel()
        for listening in self._sockets:
            self._loop.remove_reader(listening.fileno())
            listening.close()
        self._sockets = []

    def stats(self) -> Stats:
        """Return the statistics since the last call."""
        return self._family.population.stats(self._now(), self._unsent)

    def _now(self) -> float:
        """Return Unix seconds, counted by monotonic time from the start: setting the clock has no effect on clients."""
        return self._loop.time() + self._shift

    def _receive(self, listening: Listening[Answer]) -> None:
        for answer in listening.answers():
            self._send(self._family.receive(answer, self._now()))
        self._wait()

    def _tick(self) -> None:
        self._timer = None
        self._send(self._family.population.tick(self._now()))
        self._wait()

    def _wait(self) -> None:
        """Make the loop call `_tick` when the next client is due."""
        due = self._family.population.next_due()
        if due == inf:
            return
        at = due - self._shift
        if self._timer is not None:
            if self._timer.when() <= at:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(at, self._tick)

    def _send(self, outgoing: Iterator[Out]) -> None:
        for one in outgoing:
            self._unsent += not self._family.send(one)


class Family4:
    """DHCPv4: a socket for each relay, and one for all clients, which renew by unicast."""

    def __init__(self, settings: PopulationSettings, record: Callable[[Event], None], now: float) -> None:
        self._settings = settings
        self.population = Population(settings, record, now)
        self._servers = {int(IPv4Address(host)): (host, port) for host, port in settings.servers}
        self._unicast: LoopbackClients | None = None
        self._relays: list[Relay] = []

    def open(self) -> Iterator[LoopbackClients | Relay]:
        settings = self._settings
        self._unicast = LoopbackClients(settings.client_port)
        yield self._unicast
        for giaddr in settings.relays:
            self._relays.append(Relay(RelaySettings(giaddr, settings.servers, port=settings.relay_port)))
            yield self._relays[-1]

    def receive(self, answer: tuple[Packet, tuple[str, int]], now: float) -> Iterator[Outgoing]:
        return self.population.receive(answer[0], now)

    def send(self, outgoing: Outgoing) -> bool:
        if not outgoing.to:
            return self._relays[outgoing.relay].broadcast(outgoing.packet)
        server = self._servers.get(outgoing.to)
        return server is not None and self._unicast is not None and self._unicast.send(outgoing.packet, server)


class Family6:
    """DHCPv6: a socket for each relay."""

    def __init__(self, settings: PopulationSettings6, record: Callable[[Event], None], now: float) -> None:
        self._settings = settings
        self.population = Population6(settings, record, now)
        self._relays: list[Relay6] = []

    def open(self) -> Iterator[Relay6]:
        settings = self._settings
        for number, link in enumerate(settings.links):
            interface = f"port-{number}".encode()
            relay = Relay6(RelaySettings6(link, settings.servers, interface, address=settings.relay_address))
            self._relays.append(relay)
            yield relay

    def receive(self, answer: tuple[int, Message], now: float) -> Iterator[Outgoing6]:
        return self.population.receive(*answer, now)

    def send(self, outgoing: Outgoing6) -> bool:
        return self._relays[outgoing.relay].forward(outgoing.octets, outgoing.peer, outgoing.hardware)

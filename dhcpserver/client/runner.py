"""The sockets and the clock of a population: one socket for each relay and one for all clients, on the asyncio loop."""

import asyncio
import time
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from math import inf

from dhcpserver.client.ledger import Event
from dhcpserver.client.population import Outgoing, Population, PopulationSettings, Stats
from dhcpserver.client.relay import Relay, RelaySettings
from dhcpserver.client.unicast import LoopbackClients


class PopulationRunner:
    """A population that runs on the event loop from `open` to `close`."""

    def __init__(self, settings: PopulationSettings, record: Callable[[Event], None]) -> None:
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._shift = time.time() - self._loop.time()
        self.population = Population(settings, record, self._now())
        self._servers = {int(IPv4Address(host)): (host, port) for host, port in settings.servers}
        self._unicast: LoopbackClients | None = None
        self._relays: list[Relay] = []
        self._timer: asyncio.TimerHandle | None = None
        self._unsent = 0

    def open(self) -> None:
        """Bind the sockets and start the first clients."""
        settings = self._settings
        self._unicast = LoopbackClients(settings.client_port)
        for giaddr in settings.relays:
            self._relays.append(Relay(RelaySettings(giaddr, settings.servers, port=settings.relay_port)))
        sockets: tuple[Relay | LoopbackClients, ...] = (self._unicast, *self._relays)
        for listening in sockets:
            self._loop.add_reader(listening.fileno(), self._receive, listening)
        self._tick()

    def close(self) -> None:
        """Stop sending and close the sockets. The clients keep their leases."""
        if self._timer is not None:
            self._timer.cancel()
        for listening in (self._unicast, *self._relays):
            if listening is not None:
                self._loop.remove_reader(listening.fileno())
                listening.close()
        self._unicast, self._relays = None, []

    def stats(self) -> Stats:
        """Return the statistics since the last call."""
        return self.population.stats(self._now(), self._unsent)

    def _now(self) -> float:
        """Return Unix seconds, counted by monotonic time from the start: setting the clock has no effect on clients."""
        return self._loop.time() + self._shift

    def _receive(self, listening: Relay | LoopbackClients) -> None:
        for packet, _ in listening.answers():
            self._send(self.population.receive(packet, self._now()))
        self._wait()

    def _tick(self) -> None:
        self._timer = None
        self._send(self.population.tick(self._now()))
        self._wait()

    def _wait(self) -> None:
        """Make the loop call `_tick` when the next client is due."""
        due = self.population.next_due()
        if due == inf:
            return
        at = due - self._shift
        if self._timer is not None:
            if self._timer.when() <= at:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(at, self._tick)

    def _send(self, outgoing: Iterator[Outgoing]) -> None:
        assert self._unicast is not None
        for one in outgoing:
            if one.to:
                server = self._servers.get(one.to)
                self._unsent += server is None or not self._unicast.send(one.packet, server)
            else:
                self._unsent += not self._relays[one.relay].broadcast(one.packet)

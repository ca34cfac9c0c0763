"""The sockets and the clock of a DHCPv6 population: one socket for each relay, on the asyncio loop."""

import asyncio
import time
from collections.abc import Callable, Iterator
from math import inf

from dhcpserver.client.ledger import Event
from dhcpserver.client.population import Stats
from dhcpserver.client.population6 import Outgoing6, Population6, PopulationSettings6
from dhcpserver.client.relay6 import Relay6, RelaySettings6


class PopulationRunner6:
    """A DHCPv6 population that runs on the event loop from `open` to `close`."""

    def __init__(self, settings: PopulationSettings6, record: Callable[[Event], None]) -> None:
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._shift = time.time() - self._loop.time()
        self.population = Population6(settings, record, self._now())
        self._relays: list[Relay6] = []
        self._timer: asyncio.TimerHandle | None = None
        self._unsent = 0

    def open(self) -> None:
        """Bind the sockets and start the first clients."""
        settings = self._settings
        for number, link in enumerate(settings.links):
            interface = f"port-{number}".encode()
            relay = Relay6(RelaySettings6(link, settings.servers, interface, address=settings.relay_address))
            self._relays.append(relay)
            self._loop.add_reader(relay.fileno(), self._receive, relay)
        self._tick()

    def close(self) -> None:
        """Stop sending and close the sockets. The clients keep their leases."""
        if self._timer is not None:
            self._timer.cancel()
        for relay in self._relays:
            self._loop.remove_reader(relay.fileno())
            relay.close()
        self._relays = []

    def stats(self) -> Stats:
        """Return the statistics since the last call."""
        return self.population.stats(self._now(), self._unsent)

    def _now(self) -> float:
        """Return Unix seconds, counted by monotonic time from the start: setting the clock has no effect on clients."""
        return self._loop.time() + self._shift

    def _receive(self, relay: Relay6) -> None:
        for peer, message in relay.answers():
            self._send(self.population.receive(peer, message, self._now()))
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

    def _send(self, outgoing: Iterator[Outgoing6]) -> None:
        for one in outgoing:
            self._unsent += not self._relays[one.relay].forward(one.octets, one.peer, one.hardware)

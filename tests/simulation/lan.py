"""The network between clients and servers: it loses, duplicates, delays and reorders packets, and can be partitioned.

Clients are on the servers' own network (`direct`) or behind the relay, which passes their broadcasts to both servers.
Which server a client reaches is set for each of the two networks separately, and independent of the servers' link.

A copy of a RELEASE or DECLINE that is older than another packet of the same client is dropped: no server can detect
that it is old, so every reaction to it is correct.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.simulation.runlog import RunLog
from tests.simulation.timeline import Timeline

if TYPE_CHECKING:
    pass


@dataclass(slots=True)
class PacketFaults:
    """The faults of packets: shares of them, and seconds."""

    loss: float = 0.0
    duplication: float = 0.0
    delayed: float = 0.0
    """Delayed by up to `longest_delay`; all others by a few milliseconds."""
    longest_delay: float = 3.0


class Lan:
    """The network.

    Attributes:
        unreachable: pairs (relayed, server name) between which no packet passes.
        copies: the number of packets that clients have sent; it identifies the copies of one packet.
    """

    def __init__(self, timeline: Timeline, log: RunLog, entropy: random.Random) -> None:
        self._timeline = timeline
        self._log = log
        self._entropy = entropy
        self.packet_faults = PacketFaults()
        self.unreachable: set[tuple[bool, str]] = set()
        self.copies = 0

    def carry(self, relayed: bool, server: str, arrive: Callable[[], None]) -> None:
        """Deliver a packet from or to a server none, one or two times."""
        dice, packet_faults = self._entropy, self.packet_faults
        if dice.random() < packet_faults.loss:
            self._log.count("network loss")
            return
        copies = 1
        if dice.random() < packet_faults.duplication:
            copies = 2
            self._log.count("network duplication")
        for _ in range(copies):
            delay = dice.uniform(0.0005, 0.005)
            if dice.random() < packet_faults.delayed:
                delay = dice.uniform(0.0, packet_faults.longest_delay)
                self._log.count("network delay")
            self._timeline.after(delay, lambda: self._deliver(relayed, server, arrive))

    def _deliver(self, relayed: bool, server: str, arrive: Callable[[], None]) -> None:
        if (relayed, server) in self.unreachable:
            self._log.count("network unreachable")
        else:
            arrive()

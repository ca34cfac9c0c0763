"""The network between clients and servers: it loses, doubles, delays and reorders packets, and can be parted.

Clients are on the servers' own network (`direct`) or behind the relay, which passes their broadcasts to both servers.
Which server a client reaches is decided for each of the two networks apart, and apart from the servers' link.

A copy of a RELEASE or DECLINE that is older than anything else its client has said is lost: no server could know
that it is old, and what a server does about it would be right.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.simulation.story import Story
from tests.simulation.timeline import Timeline

if TYPE_CHECKING:
    pass


@dataclass(slots=True)
class Weather:
    """How bad the network is: shares of packets, and seconds."""

    loss: float = 0.0
    doubling: float = 0.0
    slow: float = 0.0
    """Delayed by up to `longest`; all others by a few milliseconds."""
    longest: float = 3.0


class Lan:
    """See the module.

    Attributes:
        unreachable: pairs (relayed, server name) between which nothing passes.
        copies: numbers the packets that clients send, so that what both servers did with one can be compared.
    """

    def __init__(self, timeline: Timeline, story: Story, entropy: random.Random) -> None:
        self._timeline = timeline
        self._story = story
        self._entropy = entropy
        self.weather = Weather()
        self.unreachable: set[tuple[bool, str]] = set()
        self.copies = 0

    def carry(self, relayed: bool, server: str, arrive: Callable[[], None]) -> None:
        """Take a packet from or to a server: none, one or two arrive."""
        dice, weather = self._entropy, self.weather
        if dice.random() < weather.loss:
            self._story.happened("network loss")
            return
        copies = 1
        if dice.random() < weather.doubling:
            copies = 2
            self._story.happened("network doubling")
        for _ in range(copies):
            delay = dice.uniform(0.0005, 0.005)
            if dice.random() < weather.slow:
                delay = dice.uniform(0.0, weather.longest)
                self._story.happened("network delay")
            self._timeline.after(delay, lambda: self._deliver(relayed, server, arrive))

    def _deliver(self, relayed: bool, server: str, arrive: Callable[[], None]) -> None:
        if (relayed, server) in self.unreachable:
            self._story.happened("network unreachable")
        else:
            arrive()

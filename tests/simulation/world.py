"""A pair of servers, their clients, their networks and everything that watches them: one run of the simulator.

    world = World(seed=1, site=Site(mclt=60))
    world.start()
    assert world.until_normal()
    world.clients.arrive(world.clients.all[2])
    world.link.cut()
    world.run(100)
    print("\\n".join(world.story.lines()))

Servers are the real core with the real codecs; see `host`, `link`, `lan`, `disk`, `clients` for what is around them and
`checks` for what must hold after every step. DHCPv6 has no service yet, so invariant I4 (parity) is not checked.
"""

import random
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address

from dhcpserver.failover.states import State
from tests.simulation.checks import CHECKS
from tests.simulation.checks.base import Check, Watch
from tests.simulation.checks.takeovers import Takeovers
from tests.simulation.clients import RELAY_ADDRESS, Clients
from tests.simulation.host import Host
from tests.simulation.lan import Lan
from tests.simulation.link import Link
from tests.simulation.site import Site
from tests.simulation.story import Story
from tests.simulation.timeline import Timeline


class World:
    """See the module. Everything in it is decided by the seed and by what is done to it."""

    def __init__(
        self,
        seed: int = 1,
        site: Site | None = None,
        *,
        clients: int = 12,
        latency: float = 0.002,
        checks: Sequence[type[Check]] = CHECKS,
    ) -> None:
        self.seed = seed
        self.site = site or Site()
        self.timeline = Timeline()
        self.story = Story(self.timeline)
        self.entropy = random.Random(f"{seed} world")
        self.link = Link(self.timeline, self.story, random.Random(f"{seed} link"), latency)
        self.lan = Lan(self.timeline, self.story, random.Random(f"{seed} lan"))
        self.main = Host(self, "main", self.site, b"main".ljust(16, b"\0"))
        self.backup = Host(self, "backup", self.site, b"backup".ljust(16, b"\0"))
        self.hosts = (self.main, self.backup)
        self.link.hosts = list(self.hosts)
        self.clients = Clients(self, clients, IPv4Address(RELAY_ADDRESS))
        self.takeovers = Takeovers(self)
        self.checks = [self.takeovers, *(check(self) for check in checks)]
        self.watch = Watch(self, self.checks)

    def partner(self, host: Host) -> Host:
        """The other server."""
        return self.backup if host is self.main else self.main

    def run(self, seconds: float, until: Callable[[], bool] | None = None) -> bool:
        """Let time pass, at most until something holds; whether it does at the end."""
        return self.timeline.run(seconds, until)

    def start(self) -> None:
        """Start both servers."""
        for host in self.hosts:
            host.start()

    def until_normal(self, seconds: float = 300) -> bool:
        """Let time pass until both are NORMAL and talk to each other."""
        return self.run(seconds, self.both_normal)

    def both_normal(self) -> bool:
        """Whether both run, talk to each other and are NORMAL."""
        return all(host.communicating and host.state is State.NORMAL for host in self.hosts)

    def nothing_to_tell(self) -> bool:
        """Whether both are NORMAL and neither has news for the other."""
        return self.both_normal() and not any(
            lease.needs_update for host in self.hosts for lease in host.book.leases.values()
        )

    def configure(self, site: Site) -> None:
        """Another configuration, for the next start of each server."""
        self.site = site
        for host in self.hosts:
            host.site = site
        self.watch.changed_site()

"""A pair of servers, their clients, their networks and everything that watches them: one run of the simulator.

    world = World(site=Site(mclt=60))
    world.start()
    assert world.until_normal()
    lease = world.lease(2)
    world.link.cut()
    world.run(100)
    assert world.traced("main")[-1] == "COMMUNICATIONS-INTERRUPTED"
    world.link.mend()
    world.main.crash()
    world.main.start()
    assert world.until_normal()
    world.converge()
    print("\\n".join(world.story.lines()))

Servers are the real core with the real codecs; see `host`, `link`, `lan`, `disk`, `clients` for what is around them and
`checks` for what must hold after every step. DHCPv6 has no service yet, so invariant I4 (parity) is not checked.
"""

import random
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address

from dhcpserver.client.effects import Lease
from dhcpserver.failover.states import State
from dhcpserver.service.turn import SetPartnerDown
from tests.simulation.checks import CHECKS
from tests.simulation.checks.base import Check, Watch
from tests.simulation.checks.convergence import converge
from tests.simulation.checks.takeovers import Takeovers
from tests.simulation.clients import RELAY_ADDRESS, Clients
from tests.simulation.host import Host, Traced
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
        self.trace: list[Traced] = []
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

    def lease(self, number: int, seconds: float = 20.0) -> Lease | None:
        """A client begins anew; the lease that it has in a while, None if it gets none."""
        customer = self.clients.all[number]
        self.clients.restart(customer)
        self.run(seconds, lambda: customer.lease is not None)
        return customer.lease

    def partner_down(self, host: Host, date: float | None = None) -> Exception | None:
        """An operator's word to a server, with what it answers: None when it is done."""
        ticket = host.submit(SetPartnerDown("pair", date, False, "jo"))
        self.run(1)
        return host.answer(ticket)

    def traced(self, server: str, *, since: float = 0.0, states: bool = True, messages: bool = False) -> list[str]:
        """What a server went through: its changes of state, and its messages as `> NAME`, CONTACT left out."""
        return [
            entry.what
            for entry in self.trace
            if entry.server == server
            and entry.at >= since
            and entry.what != "> CONTACT"
            and (messages if entry.what.startswith(">") else states)
        ]

    def converge(self) -> None:
        """Clients leave; both come to agree on everything. Raises Violation (I9)."""
        self.clients.leave_all()
        converge(self)

    def configure(self, site: Site) -> None:
        """Another configuration, for the next start of each server."""
        self.site = site
        for host in self.hosts:
            host.site = site
        self.watch.changed_site()

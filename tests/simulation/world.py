"""A pair of servers, their clients, their networks and the checks: one run of the simulator.

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
    print("\\n".join(world.log.lines()))

The servers are the real core with the real codecs. `host`, `link`, `lan`, `disk` and `clients` simulate their
surroundings, and `checks` has what must be true after every step. With `Site.v6` there are DHCPv6 clients too
(`clients6`), on the same servers, disks and link.
"""

import random
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address

from dhcpserver.client.effects import Lease
from dhcpserver.failover.states import State
from dhcpserver.leases.keys import Kind
from dhcpserver.service.turn import SetPartnerDown
from tests.simulation.checks import CHECKS
from tests.simulation.checks.base import Check, CheckRunner
from tests.simulation.checks.convergence import PATIENCE, converge
from tests.simulation.checks.copies import Copies
from tests.simulation.checks.takeovers import Takeovers
from tests.simulation.clients import RELAY_ADDRESS, Clients
from tests.simulation.clients6 import Clients6
from tests.simulation.dialects import Dialect
from tests.simulation.host import Host, TraceEntry
from tests.simulation.lan import Lan
from tests.simulation.link import Link
from tests.simulation.realstore import RealStore
from tests.simulation.runlog import RunLog
from tests.simulation.site import Site
from tests.simulation.timeline import Timeline

_EVERY_KIND = frozenset(Kind)
_DHCPV4_ALONE = frozenset({Kind.ADDRESS4})


class World:
    """One run. The seed and the calls of its methods determine all events."""

    def __init__(
        self,
        seed: int = 1,
        site: Site | None = None,
        *,
        clients: int = 12,
        clients6: int = 8,
        latency: float = 0.002,
        checks: Sequence[type[Check]] = CHECKS,
        dialect: Dialect = Dialect.OURS,
        real_store: bool = False,
    ) -> None:
        self.seed = seed
        self.site = site or Site()
        self.timeline = Timeline()
        self.log = RunLog(self.timeline)
        self.trace: list[TraceEntry] = []
        self.entropy = random.Random(f"{seed} world")
        self.link = Link(self.timeline, self.log, random.Random(f"{seed} link"), latency)
        self.lan = Lan(self.timeline, self.log, random.Random(f"{seed} lan"))
        self.main = Host(self, "main", self.site, b"main".ljust(16, b"\0"))
        self.backup = Host(self, "backup", self.site, b"backup".ljust(16, b"\0"))
        self.hosts = (self.main, self.backup)
        self.patience = PATIENCE
        self.link.dialect = dialect
        if real_store:
            for host in self.hosts:
                host.disk = RealStore(host.disk.uid)
        self.link.hosts = list(self.hosts)
        self.clients = Clients(self, clients, IPv4Address(RELAY_ADDRESS))
        self.clients6 = Clients6(self, clients6 if self.site.v6 is not None else 0)
        self.takeovers = Takeovers(self)
        self.copies = Copies(self)
        self.checks = [self.takeovers, self.copies, *(check(self) for check in checks)]
        self.checker = CheckRunner(self, self.checks)

    def close(self) -> None:
        """Remove the files of the run, if it has any."""
        for host in self.hosts:
            if isinstance(host.disk, RealStore):
                host.disk.close()

    def by_role(self) -> tuple[Host, Host]:
        """Return the main and the backup of now. The roles must differ."""
        first, second = self.hosts
        assert first.main is not second.main
        return (first, second) if first.main else (second, first)

    def partner(self, host: Host) -> Host:
        """Return the other server."""
        return self.backup if host is self.main else self.main

    def run(self, seconds: float, until: Callable[[], bool] | None = None) -> bool:
        """Let time pass until a condition is true, at most `seconds`; return whether it is true at the end."""
        return self.timeline.run(seconds, until)

    def start(self) -> None:
        """Start both servers."""
        for host in self.hosts:
            host.start()

    def until_normal(self, seconds: float = 300) -> bool:
        """Let time pass until both servers are NORMAL and have contact."""
        return self.run(seconds, self.both_normal)

    def both_normal(self) -> bool:
        """Return whether both servers run, have contact and are NORMAL."""
        return all(host.communicating and host.state is State.NORMAL for host in self.hosts)

    def in_sync(self) -> bool:
        """Return whether both servers are NORMAL, and all leases are acknowledged that both servers exchange."""
        carried = self.carried
        return self.both_normal() and not any(
            lease.needs_update and lease.pool.kind in carried
            for host in self.hosts
            for lease in host.book.leases.values()
        )

    @property
    def carried(self) -> frozenset[Kind]:
        """The kinds of leases that the two servers exchange."""
        v6 = self.site.v6
        both = v6 is not None and v6.shared and self.link.dialect is Dialect.OURS
        return _EVERY_KIND if both else _DHCPV4_ALONE

    def lease(self, number: int, seconds: float = 20.0) -> Lease | None:
        """Start a client without state; return the lease that it gets in this time, None without one."""
        client = self.clients.all[number]
        self.clients.restart(client)
        self.run(seconds, lambda: client.lease is not None)
        return client.lease

    def leave_all(self) -> None:
        """Let all clients leave their networks without a message."""
        self.clients.leave_all()
        self.clients6.leave_all()

    def partner_down(self, host: Host, date: float | None = None) -> Exception | None:
        """Set a server's partner down; return the error of the command, None if it was executed."""
        ticket = host.submit(SetPartnerDown("pair", date, False, "jo"))
        self.run(1)
        return host.answer(ticket)

    def traced(self, server: str, *, since: float = 0.0, states: bool = True, messages: bool = False) -> list[str]:
        """Return a server's changes of state, and its messages as `> NAME` without CONTACT."""
        return [
            entry.what
            for entry in self.trace
            if entry.server == server
            and entry.at >= since
            and entry.what != "> CONTACT"
            and (messages if entry.what.startswith(">") else states)
        ]

    def converge(self) -> None:
        """Let all clients leave and both servers agree on every lease. Raises Violation (I9)."""
        self.leave_all()
        converge(self, self.patience)

    def configure(self, site: Site) -> None:
        """Set another configuration for the next start of each server."""
        self.site = site
        for host in self.hosts:
            host.site = site
        self.checker.site_changed()

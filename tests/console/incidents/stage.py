"""A pair in virtual time under the real console: it sees what the hosts say, and they do what its keys send.

Nothing is slept for: time passes when the play lets it pass, a second at a time, each with a poll of both servers.
"""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC
from ipaddress import IPv4Address
from pathlib import Path

from textual.pilot import Pilot

from console.actions.acting import Acting
from console.actions.audit import AuditLog
from console.actions.operator import Operator
from console.actions.runbooks import RunbookActions
from console.app import PairwatchApp
from console.desk import Desk
from console.insight.danger import banners
from console.insight.verdict import verdict
from console.model.observations import Observation
from console.model.picture import PairPicture, Picture
from console.watch import Watch, empty_pair
from dhcpserver.config.objects import Cluster, Configuration
from dhcpserver.failover.states import State
from tests.console.incidents.machine import Listener, Machine, told
from tests.console.screens.stage import shown
from tests.simulation.host import Host
from tests.simulation.site import SERVERS, Site
from tests.simulation.timeline import EPOCH
from tests.simulation.world import World

PAIR, MAIN, BACKUP = "lab", "dhcp-a", "dhcp-b"
SMALL = (80, 24)


@dataclass(frozen=True, slots=True)
class Premises(Site):
    """A site with names that people would give; `swapped` when the roles are the other way round."""

    mclt: int = 120
    lease_time: int = 400
    safe_period: int = 480
    near: int = 100
    far: int = 60
    use_safe_period: bool = True
    swapped: bool = False
    failover: bool = True

    def configuration(self, main: bool, *, recover: int = 0, startup_wait: bool = False) -> Configuration:
        made = Site.configuration(self, main, recover=recover, startup_wait=startup_wait)
        (pair,) = made.failover_pair
        roles = (BACKUP, MAIN) if self.swapped else (MAIN, BACKUP)
        return made.model_copy(
            update={
                "server": made.server.model_copy(update={"name": MAIN if main else BACKUP}),
                "cluster": tuple(
                    Cluster(name=name, ipaddr=IPv4Address(SERVERS[place]))
                    for name, place in ((MAIN, "main"), (BACKUP, "backup"))
                ),
                "failover_pair": (
                    pair.model_copy(
                        update={"name": PAIR, "main": roles[0], "backup": roles[1], "failover": self.failover}
                    ),
                ),
            }
        )


class Incident:
    """The pair, the console on it, and the clock of both."""

    def __init__(self, directory: Path, site: Premises, *, clients: int, latency: float) -> None:
        self.world = World(site=site, clients=clients, latency=latency, checks=(Listener,))
        self._listener = next(check for check in self.world.checks if isinstance(check, Listener))
        self.main = Machine(self.world, self.world.main, MAIN, PAIR)
        self.backup = Machine(self.world, self.world.backup, BACKUP, PAIR)
        self.machines = (self.main, self.backup)
        empty = Picture({PAIR: empty_pair(PAIR, "production", [(MAIN, "main"), (BACKUP, "backup")])})
        self.kept: list[Observation] = []
        self.watch = Watch(empty, lambda: self.now, UTC, self.kept.append)
        self.audit = directory / "audit.log"
        operator = Operator("jo", "192.0.2.200", "noc-1")
        acting = Acting(
            self.watch,
            PAIR,
            {machine.name: machine.client for machine in self.machines},
            AuditLog(self.audit),
            operator,
            writable=True,
            pause=self._pause,
        )
        ticks = RunbookActions(self.watch, operator, AuditLog(self.audit))
        self.desk = Desk(self.watch, {PAIR: acting}, {PAIR: True}, operator="jo", runbook_actions=ticks)
        self.app = PairwatchApp(self.desk, PAIR)
        self.pilot: Pilot[None]

    @property
    def now(self) -> float:
        """What a right clock shows."""
        return EPOCH + self.world.timeline.now

    @property
    def pair(self) -> PairPicture:
        return self.watch.pair(PAIR)

    @property
    def verdict(self) -> str:
        """The sentence at the top of the pair screen."""
        return verdict(self.pair, self.now, UTC)

    @property
    def banner_kinds(self) -> set[str]:
        return {banner.kind for banner in banners(self.pair, self.now, UTC)}

    @property
    def story(self) -> str:
        """What the timeline holds."""
        return "\n".join(entry.text for entry in self.pair.timeline)

    def machine(self, name: str) -> Machine:
        return next(machine for machine in self.machines if machine.name == name)

    # Time

    def pass_time(self, seconds: float, until: Callable[[], bool] | None = None) -> bool:
        """Let it pass, with a poll of both each second, until something holds."""
        end = self.world.timeline.now + seconds
        while self.world.timeline.now < end and not (until is not None and until()):
            self.world.run(min(1.0, end - self.world.timeline.now))
            self._observe()
        return until is None or until()

    def _observe(self) -> None:
        for host, outputs in self._listener.take():
            for heard in told(self._machine_of(host), outputs, self.now):
                self.watch.observe(heard)
        for machine in self.machines:
            self.watch.observe(machine.poll(self.now))
        self.watch.tick()

    def _machine_of(self, host: Host) -> Machine:
        return self.main if host is self.world.main else self.backup

    async def _pause(self, seconds: float) -> None:
        """What an action waits is virtual too."""
        self.pass_time(seconds)

    async def later(self, seconds: float, until: Callable[[], bool] | None = None) -> None:
        """Time passes and the screen is drawn. With `until` it must hold by then."""
        held = self.pass_time(seconds, until)
        await self.drawn()
        assert held, f"not within {seconds} s; {self.verdict}"

    async def drawn(self) -> None:
        """What was begun is done, and the screen shows what is known now."""
        await self.app.workers.wait_for_complete()
        self.app._tick()
        await self.pilot.pause()

    # Keys and the screen

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.drawn()

    async def type(self, text: str) -> None:
        """A text, key by key."""
        names = {" ": "space", "-": "minus", ".": "full_stop", ":": "colon"}
        await self.press(*(names.get(char, char) for char in text))

    async def confirm(self, reason: str = "", name: str = PAIR) -> None:
        """From an action's second step: a reason, the pair's name, Enter."""
        await self.type(reason)
        await self.press("tab")
        await self.type(name)
        await self.press("enter")

    async def follow(self, title: str) -> None:
        """Open the runbook of that title, wherever it stands in the list, and start it."""
        await self.press("r")
        for _ in range(20):
            if f"▶ {title}" in self.screen:
                break
            await self.press("down")
        self.sees(f"▶ {title}")
        await self.press("enter", "enter")

    @property
    def screen(self) -> str:
        return shown(self.pilot)

    def sees(self, *words: str) -> None:
        """The words are on the screen, line breaks and all that is between words aside."""
        text = " ".join(self.screen.split())
        for each in words:
            assert each in text, f"{each!r} is not on the screen:\n{self.screen}"

    def counts_down(self, to: str, truth: float) -> None:
        """The screen's countdown to an event ends within a second of when it comes in truth."""
        found = re.search(rf"([\d:]+) +(?:\d\d \w+ )?[\d:]+ UTC +{re.escape(to)}", self.screen)
        assert found is not None, f"no countdown to {to!r} on the screen:\n{self.screen}"
        left = 0
        for part in found[1].split(":"):
            left = left * 60 + int(part)
        assert abs(self.now + left - truth) <= 1, f"{found[1]} shown, {truth - self.now:.1f} s left"

    # What is true

    def both_normal(self) -> bool:
        """Both NORMAL, and the console has seen it."""
        states = [server.report.state if server.report else None for server in self.pair.servers.values()]
        return self.world.both_normal() and states == ["NORMAL", "NORMAL"]

    def state(self, name: str) -> State:
        return self.machine(name).host.state

    def roles(self) -> tuple[str, ...]:
        """What each server takes itself for."""
        return tuple("main" if machine.core.is_main else "backup" for machine in self.machines)

    def safe_period_ends(self, name: str) -> float:
        """When that server takes over by itself, asked of the server."""
        endpoint = self.machine(name).core.endpoint
        assert endpoint is not None
        ends = endpoint.view(self.now).safe_period_ends
        assert ends is not None
        return ends

    def others(self, name: str) -> int:
        """How many free addresses are its partner's, as a server sees it."""
        report = self.pair.servers[name].report
        assert report is not None
        return sum(pool.other_available for pool in report.pools)

    def own(self, name: str, pool: str) -> int:
        """How many free addresses of its own a server has in a scope, as the console sees it."""
        report = self.pair.servers[name].report
        assert report is not None
        return next(each.available for each in report.pools if each.name == pool)

    def newcomers(self, count: int) -> None:
        """Clients that nobody has seen before ask for addresses, on both networks."""
        world = self.world
        first = len(world.clients.all)
        world.clients.add(count)
        for customer in world.clients.all[first:]:
            world.clients.restart(customer)

    def lease_everyone(self) -> None:
        """Every client asks for an address."""
        for customer in self.world.clients.all:
            self.world.clients.restart(customer)

    def configure(self, name: str, **changes: object) -> None:
        """Somebody edits config.toml of one server; it is read at the next start."""
        host = self.machine(name).host
        host.site = replace(host.site, **changes)  # type: ignore[arg-type]
        self.machine(name).reload_pending = True

    def restart(self, name: str) -> None:
        """Somebody restarts a server at its machine, with the configuration that is there now."""
        machine = self.machine(name)
        if machine.host.running:
            machine.host.stop(long=False)
            self.world.run(5, lambda: not machine.host.running)
        machine.host.start()
        machine.reload_pending = False


@asynccontextmanager
async def playing(
    directory: Path,
    site: Premises | None = None,
    *,
    clients: int = 12,
    latency: float = 0.002,
    size: tuple[int, int] = SMALL,
) -> AsyncIterator[Incident]:
    """A pair that is NORMAL with clients on it, and the console open on it. `latency`: of the link between them."""
    incident = Incident(directory, site or Premises(), clients=clients, latency=latency)
    incident.world.start()
    assert incident.world.until_normal()
    incident.lease_everyone()
    async with incident.app.run_test(size=size) as pilot:
        incident.pilot = pilot
        await incident.later(30)
        assert incident.both_normal()
        yield incident
    for machine in incident.machines:
        await machine.client.close()

"""A simulated pair in virtual time with the real console, which is operated by keys.

No test sleeps: time advances only when the test advances it, in steps of a second, each with a poll of both servers.
`proofs` has the four proofs that each scenario requires; the methods here that read the screen record them.
"""

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC
from ipaddress import IPv4Address
from itertools import pairwise
from pathlib import Path

from textual import events
from textual.pilot import Pilot

from console.actions.audit import AuditLog
from console.actions.execute import ActionRunner
from console.actions.operator import Operator
from console.actions.runbooks import RunbookActions
from console.insight.danger import banners
from console.insight.shares import partner_addresses
from console.insight.verdict import verdict
from console.makes.pairwatch.profile import PAIRWATCH
from console.model.observations import Observation
from console.model.picture import PairPicture, Picture
from console.state.store import PictureStore, empty_pair
from console.tui.app import PairwatchApp
from console.tui.session import Session
from dhcpserver.config.classes.cluster import Cluster
from dhcpserver.config.objects import Configuration
from dhcpserver.failover.states import State
from dhcpserver.failover.view import EndpointView
from tests.console.incidents.first_line import check_first_line
from tests.console.incidents.machine import Listener, Machine, observations_of
from tests.console.incidents.proofs import BLOCKED, COUNTDOWN, TIMELINE, VERDICT, record_proof
from tests.console.tui.screens.stage import shown
from tests.simulation.host import Host
from tests.simulation.site import SERVERS, Site
from tests.simulation.timeline import EPOCH
from tests.simulation.world import World

PAIR, MAIN, BACKUP = "lab", "dhcp-a", "dhcp-b"
SMALL = (80, 24)
QUIET = frozenset({"up", "down", "home", "pagedown", *"1234567"})
"""Keys that do not change the screen that receives keys."""
NAMES = {" ": "space", "-": "minus", ".": "full_stop", ":": "colon"}


@dataclass(frozen=True, slots=True)
class IncidentSite(Site):
    """A site with realistic names; `swapped` if the roles are exchanged."""

    mclt: int = 120
    lease_time: int = 400
    safe_period: int = 480
    near: int = 100
    far: int = 60
    use_safe_period: bool = True
    swapped: bool = False
    failover: bool = True

    def configuration(self, main: bool, *, recover: int = 0, startup_wait: bool = False) -> Configuration:
        base = Site.configuration(self, main, recover=recover, startup_wait=startup_wait)
        (pair,) = base.failover_pair
        roles = (BACKUP, MAIN) if self.swapped else (MAIN, BACKUP)
        return base.model_copy(
            update={
                "server": base.server.model_copy(update={"name": MAIN if main else BACKUP}),
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
    """The pair, the console, and the clock of both."""

    def __init__(self, directory: Path, site: IncidentSite, *, clients: int, latency: float) -> None:
        self.world = World(site=site, clients=clients, latency=latency, checks=(Listener,))
        self._listener = next(check for check in self.world.checks if isinstance(check, Listener))
        self.main = Machine(self.world, self.world.main, MAIN, PAIR)
        self.backup = Machine(self.world, self.world.backup, BACKUP, PAIR)
        self.machines = (self.main, self.backup)
        empty = Picture(
            {PAIR: empty_pair(PAIR, "production", [(MAIN, "main", PAIRWATCH), (BACKUP, "backup", PAIRWATCH)])}
        )
        self.kept: list[Observation] = []
        self.store = PictureStore(empty, lambda: self.now, UTC, self.kept.append)
        self.audit = directory / "audit.log"
        operator = Operator("jo", "192.0.2.200", "noc-1")
        runner = ActionRunner(
            self.store,
            PAIR,
            {machine.name: machine.client for machine in self.machines},
            AuditLog(self.audit),
            operator,
            writable=True,
            pause=self._pause,
        )
        ticks = RunbookActions(self.store, operator, AuditLog(self.audit))
        self.session = Session(self.store, {PAIR: runner}, {PAIR: True}, operator="jo", runbook_actions=lambda: ticks)
        self.session.decision_seconds = 0  # The test types faster than a person.
        self.app = PairwatchApp(self.session, PAIR)
        self.pilot: Pilot[None]

    @property
    def now(self) -> float:
        """The time of a correct clock."""
        return EPOCH + self.world.timeline.now

    @property
    def pair(self) -> PairPicture:
        return self.store.pair(PAIR)

    @property
    def verdict(self) -> str:
        """The sentence at the top of the pair screen."""
        return verdict(self.pair, self.now, UTC)

    @property
    def banner_kinds(self) -> set[str]:
        return {banner.kind for banner in banners(self.pair, self.now, UTC)}

    @property
    def timeline_text(self) -> str:
        """The texts of the timeline."""
        return "\n".join(entry.text for entry in self.pair.timeline)

    def machine(self, name: str) -> Machine:
        return next(machine for machine in self.machines if machine.name == name)

    def pass_time(self, seconds: float, until: Callable[[], bool] | None = None) -> bool:
        """Advance the time, with a poll of both servers each second, at most until a condition is true."""
        end = self.world.timeline.now + seconds
        while self.world.timeline.now < end and not (until is not None and until()):
            self.world.run(min(1.0, end - self.world.timeline.now))
            self._observe()
        return until is None or until()

    def _observe(self) -> None:
        for host, outputs in self._listener.take():
            for observation in observations_of(self._machine_of(host), outputs, self.now):
                self.store.observe(observation)
        for machine in self.machines:
            self.store.observe(machine.poll(self.now))
        self.store.tick()

    def _machine_of(self, host: Host) -> Machine:
        return self.main if host is self.world.main else self.backup

    async def _pause(self, seconds: float) -> None:
        """Advance the time by the pause of an action."""
        self.pass_time(seconds)

    async def advance(self, seconds: float, until: Callable[[], bool] | None = None) -> None:
        """Advance the time, and draw the screen. With `until`, fails if it is not true by then."""
        reached = self.pass_time(seconds, until)
        await self.redraw()
        assert reached, f"not within {seconds} s; {self.verdict}"

    async def redraw(self) -> None:
        """Wait until workers are done and the screen shows the present picture."""
        await self.pilot.pause()
        await self.app.workers.wait_for_complete()
        self.app.draw_changes()
        await self.pilot.pause()
        check_first_line(self.app, self.pair, self.now)

    # Keys and the screen

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self._send_key(key)
            if key not in QUIET and key != keys[-1]:
                await self.pilot.pause()
        await self.redraw()

    async def type(self, text: str) -> None:
        """Type a text, key by key."""
        for char in text:
            await self._send_key(NAMES.get(char, char), char)
        await self.redraw()

    async def _send_key(self, key: str, char: str | None = None) -> None:
        """Send a key to the app, and wait until every widget has handled it. The pilot would wait until the whole
        process is idle."""
        self.app.post_message(events.Key(key, char or (key if len(key) == 1 else None)))
        await self.pilot.pause(0)

    async def select_server(self, name: str) -> None:
        """Select the server of an action."""
        if not re.search(rf"^ *on {re.escape(name)} ", self.screen, re.MULTILINE):
            await self.press("s")
        assert re.search(rf"^ *on {re.escape(name)} ", self.screen, re.MULTILINE), self.screen

    async def confirm(self, reason: str = "", name: str = PAIR) -> None:
        """Finish the second step of an action: a reason, the pair's name, Enter."""
        await self.type(reason)
        await self.press("tab")
        await self.type(name)
        await self.press("enter")

    async def start_runbook(self, title: str) -> None:
        """Open the runbook with that title, at any position in the list, and start it."""
        await self.press("r")
        for _ in range(20):
            if f"▶ {title}" in self.screen:
                break
            await self.press("down")
        self.shows(f"▶ {title}")
        await self.press("enter", "enter")

    @property
    def screen(self) -> str:
        return shown(self.pilot)

    def shows(self, *words: str) -> None:
        """Check that the words are on the screen, ignoring line breaks and repeated spaces."""
        text = " ".join(self.screen.split())
        for each in words:
            assert each in text, f"{each!r} is not on the screen:\n{self.screen}"

    def verdict_has(self, *words: str) -> None:
        """Check that the verdict on the screen has these words."""
        for each in words:
            assert each in self.verdict, f"{each!r} is not in the verdict: {self.verdict}"
        self.shows(self.verdict, *words)
        record_proof(VERDICT)

    def countdown_ends(self, to: str, truth: float) -> None:
        """Check that the countdown to an event ends within a second of its true time."""
        found = re.search(rf"([\d:]+) +(?:\d\d \w+ )?[\d:]+ UTC +{re.escape(to)}", self.screen)
        assert found is not None, f"no countdown to {to!r} on the screen:\n{self.screen}"
        left = 0
        for part in found[1].split(":"):
            left = left * 60 + int(part)
        assert abs(self.now + left - truth) <= 1, f"{found[1]} shown, {truth - self.now:.1f} s left"
        record_proof(COUNTDOWN)

    async def check_blocked(self, reason: str) -> None:
        """Check that Enter does not continue: the failed precondition is on the screen, and nothing is sent."""
        before = self._audited("attempt")
        await self.press("enter")
        self.shows(f"BLOCKED: {reason}")
        assert self._audited("attempt") == before
        record_proof(BLOCKED)

    async def timeline_shows(self, *words: str) -> None:
        """Check, from a place, that the timeline's screen has every command with its outcome, every ticked step, every
        change of state of both servers, and these words. Then go back to the pair."""
        await self.press("t")
        self.shows("TIMELINE")
        await self.press("2", "4", "6", "home")  # Without contacts, traps and alarms there are fewer pages.
        pages: list[str] = []
        while self.screen not in pages:
            pages.append(self.screen)
            await self.press("pagedown")
        text = "\n".join(pages)
        for each in (*self._commands(), *self._changes(), *words):
            assert each in text, f"{each!r} is not in the timeline:\n{text}"
        await self.press("escape")
        record_proof(TIMELINE)

    def _audited(self, event: str) -> list[dict[str, str]]:
        lines = self.audit.read_text().splitlines() if self.audit.exists() else []
        return [entry for entry in map(json.loads, lines) if entry["event"] == event]

    def _commands(self) -> list[str]:
        """The commands of the audit log, in the words of the timeline."""
        sent = [f"jo: {each['action']} {each['server']}" for each in self._audited("attempt")]
        ended = [
            f"{each['action']} {each['server']} {'done' if each['succeeded'] else 'FAILED'}"
            for each in self._audited("outcome")
        ]
        return [*sent, *ended, *(f"jo: {each['action']} {each['runbook']}" for each in self._audited("done"))]

    def _changes(self) -> list[str]:
        """The changes of state of both hosts since the console was opened."""
        found = []
        for machine in self.machines:
            path = machine.host.path[machine.known :]
            for before, after in pairwise(path):
                if after is not State.STARTUP:
                    found.append(f"{machine.name} {before.value} -> {after.value}")
        return found

    # The true state

    def both_normal(self) -> bool:
        """Whether both are NORMAL, and the console shows it."""
        states = [server.facts.word if server.facts else None for server in self.pair.servers.values()]
        return self.world.both_normal() and states == ["NORMAL", "NORMAL"]

    def state(self, name: str) -> State:
        return self.machine(name).host.state

    def roles(self) -> tuple[str, ...]:
        """The role that each server has by its own configuration."""
        return tuple("main" if machine.core.is_main else "backup" for machine in self.machines)

    def view(self, name: str) -> EndpointView:
        """The endpoint of that server, read from the server and not from the console."""
        endpoint = self.machine(name).core.endpoint
        assert endpoint is not None
        return endpoint.view(self.now)

    def safe_period_ends(self, name: str) -> float:
        """When that server takes over automatically."""
        ends = self.view(name).safe_period_ends
        assert ends is not None
        return ends

    def pool_usable(self, name: str) -> float:
        """When that server may use its partner's addresses."""
        usable = self.view(name).partner_pool_usable_at
        assert usable is not None
        return usable

    def recovery_ends(self, name: str) -> float:
        """Until when that server waits before it serves."""
        deadline = self.view(name).recover_deadline
        assert deadline is not None
        return deadline

    def others(self, name: str) -> int:
        """The number of the partner's free addresses, as a server reports it."""
        facts = self.pair.servers[name].facts
        assert facts is not None
        return partner_addresses(facts) or 0

    def own(self, name: str, pool: str) -> int:
        """The number of a server's own free addresses in a scope, as the console shows it."""
        facts = self.pair.servers[name].facts
        assert facts is not None
        return next(each.available or 0 for each in facts.pools or () if each.name == pool)

    def add_clients(self, count: int) -> None:
        """Let new clients request addresses, on both networks."""
        world = self.world
        first = len(world.clients.all)
        world.clients.add(count)
        for customer in world.clients.all[first:]:
            world.clients.restart(customer)

    def lease_all(self) -> None:
        """Let every client request an address."""
        for customer in self.world.clients.all:
            self.world.clients.restart(customer)

    def configure(self, name: str, **changes: object) -> None:
        """Edit config.toml of one server; it is read at the next start."""
        host = self.machine(name).host
        host.site = replace(host.site, **changes)  # type: ignore[arg-type]
        self.machine(name).reload_pending = True

    def restart(self, name: str) -> None:
        """Restart a server on its host, with its present configuration."""
        machine = self.machine(name)
        if machine.host.running:
            machine.host.stop(long=False)
            self.world.run(5, lambda: not machine.host.running)
        machine.host.start()
        machine.reload_pending = False


@asynccontextmanager
async def open_incident(
    directory: Path,
    site: IncidentSite | None = None,
    *,
    clients: int = 12,
    latency: float = 0.002,
    size: tuple[int, int] = SMALL,
) -> AsyncIterator[Incident]:
    """A pair that is NORMAL and has clients, with the console open. `latency`: of the link between the servers."""
    incident = Incident(directory, site or IncidentSite(), clients=clients, latency=latency)
    incident.world.start()
    assert incident.world.until_normal()
    incident.lease_all()
    async with incident.app.run_test(size=size) as pilot:
        incident.pilot = pilot
        await incident.advance(30)
        assert incident.both_normal()
        for each in incident.machines:
            each.known = len(each.host.path) - 1
        yield incident
    for each in incident.machines:
        await each.client.close()

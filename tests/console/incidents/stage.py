"""A pair in virtual time under the real console: it sees what the hosts say, and they do what its keys send.

Nothing is slept for: time passes when the play lets it pass, a second at a time, each with a poll of both servers.
What each of the nine scenarios must have proved by its end stands in `proofs`: the methods here that look at the screen
count it.
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
from console.actions.execute import Acting
from console.actions.operator import Operator
from console.actions.runbooks import RunbookActions
from console.insight.danger import banners
from console.insight.shares import total_of
from console.insight.verdict import verdict
from console.makes.pairwatch.profile import PAIRWATCH
from console.model.observations import Observation
from console.model.picture import PairPicture, Picture
from console.state.store import PictureStore, empty_pair
from console.tui.app import PairwatchApp
from console.tui.session import Session
from dhcpserver.config.objects import Cluster, Configuration
from dhcpserver.failover.states import State
from dhcpserver.failover.view import EndpointView
from tests.console.incidents.machine import Listener, Machine, told
from tests.console.incidents.proofs import BLOCKED, COUNTDOWN, TIMELINE, VERDICT, proved
from tests.console.tui.screens.stage import shown
from tests.simulation.host import Host
from tests.simulation.site import SERVERS, Site
from tests.simulation.timeline import EPOCH
from tests.simulation.world import World

PAIR, MAIN, BACKUP = "lab", "dhcp-a", "dhcp-b"
SMALL = (80, 24)
QUIET = frozenset({"up", "down", "home", "pagedown", *"1234567"})
"""Keys after which the same screen has the keys."""
NAMES = {" ": "space", "-": "minus", ".": "full_stop", ":": "colon"}


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
        empty = Picture(
            {PAIR: empty_pair(PAIR, "production", [(MAIN, "main", PAIRWATCH), (BACKUP, "backup", PAIRWATCH)])}
        )
        self.kept: list[Observation] = []
        self.store = PictureStore(empty, lambda: self.now, UTC, self.kept.append)
        self.audit = directory / "audit.log"
        operator = Operator("jo", "192.0.2.200", "noc-1")
        acting = Acting(
            self.store,
            PAIR,
            {machine.name: machine.client for machine in self.machines},
            AuditLog(self.audit),
            operator,
            writable=True,
            pause=self._pause,
        )
        ticks = RunbookActions(self.store, operator, AuditLog(self.audit))
        self.session = Session(self.store, {PAIR: acting}, {PAIR: True}, operator="jo", runbook_actions=ticks)
        self.session.decision_seconds = 0  # The test types faster than any hand.
        self.app = PairwatchApp(self.session, PAIR)
        self.pilot: Pilot[None]

    @property
    def now(self) -> float:
        """What a right clock shows."""
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
                self.store.observe(heard)
        for machine in self.machines:
            self.store.observe(machine.poll(self.now))
        self.store.tick()

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
        await self.pilot.pause()
        await self.app.workers.wait_for_complete()
        self.app._tick()
        await self.pilot.pause()

    # Keys and the screen

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self._strike(key)
            if key not in QUIET and key != keys[-1]:
                await self.pilot.pause()
        await self.drawn()

    async def type(self, text: str) -> None:
        """A text, key by key."""
        for char in text:
            await self._strike(NAMES.get(char, char), char)
        await self.drawn()

    async def _strike(self, key: str, char: str | None = None) -> None:
        """A key that leads nowhere else: it is waited for until every widget has heard it, and not, as the pilot does,
        until the whole process idles."""
        self.app.post_message(events.Key(key, char or (key if len(key) == 1 else None)))
        await self.pilot.pause(0)

    async def aim(self, name: str) -> None:
        """In an action, have it done on that server."""
        if not re.search(rf"^ *on {re.escape(name)} ", self.screen, re.MULTILINE):
            await self.press("s")
        assert re.search(rf"^ *on {re.escape(name)} ", self.screen, re.MULTILINE), self.screen

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

    def says(self, *words: str) -> None:
        """The verdict, on the screen, is a sentence with these words."""
        for each in words:
            assert each in self.verdict, f"{each!r} is not in the verdict: {self.verdict}"
        self.sees(self.verdict, *words)
        proved(VERDICT)

    def counts_down(self, to: str, truth: float) -> None:
        """The screen's countdown to an event ends within a second of when it comes in truth."""
        found = re.search(rf"([\d:]+) +(?:\d\d \w+ )?[\d:]+ UTC +{re.escape(to)}", self.screen)
        assert found is not None, f"no countdown to {to!r} on the screen:\n{self.screen}"
        left = 0
        for part in found[1].split(":"):
            left = left * 60 + int(part)
        assert abs(self.now + left - truth) <= 1, f"{found[1]} shown, {truth - self.now:.1f} s left"
        proved(COUNTDOWN)

    async def is_blocked(self, reason: str) -> None:
        """Enter does not lead on: the precondition that fails is on the screen, and nothing is sent."""
        before = self._audited("attempt")
        await self.press("enter")
        self.sees(f"BLOCKED: {reason}")
        assert self._audited("attempt") == before
        proved(BLOCKED)

    async def timeline_shows(self, *words: str) -> None:
        """From a place: the timeline's screen has every command that was sent and its end, everything that was ticked,
        every change of state of both servers, and these words. Then back to the pair."""
        await self.press("t")
        self.sees("TIMELINE")
        await self.press("2", "4", "6", "home")  # Contacts, traps and alarms aside: fewer pages.
        pages: list[str] = []
        while self.screen not in pages:
            pages.append(self.screen)
            await self.press("pagedown")
        text = "\n".join(pages)
        for each in (*self._commands(), *self._changes(), *words):
            assert each in text, f"{each!r} is not in the timeline:\n{text}"
        await self.press("escape")
        proved(TIMELINE)

    def _audited(self, event: str) -> list[dict[str, str]]:
        lines = self.audit.read_text().splitlines() if self.audit.exists() else []
        return [entry for entry in map(json.loads, lines) if entry["event"] == event]

    def _commands(self) -> list[str]:
        """What was done, as the audit log has it, in the words of the timeline."""
        sent = [f"jo: {each['action']} {each['server']}" for each in self._audited("attempt")]
        ended = [
            f"{each['action']} {each['server']} {'done' if each['succeeded'] else 'FAILED'}"
            for each in self._audited("outcome")
        ]
        return [*sent, *ended, *(f"jo: {each['action']} {each['runbook']}" for each in self._audited("done"))]

    def _changes(self) -> list[str]:
        """Which states both hosts have been in one after the other since the console looked."""
        found = []
        for machine in self.machines:
            path = machine.host.path[machine.known :]
            for before, after in pairwise(path):
                if after is not State.STARTUP:
                    found.append(f"{machine.name} {before.value} -> {after.value}")
        return found

    # What is true

    def both_normal(self) -> bool:
        """Both NORMAL, and the console has seen it."""
        states = [server.facts.word if server.facts else None for server in self.pair.servers.values()]
        return self.world.both_normal() and states == ["NORMAL", "NORMAL"]

    def state(self, name: str) -> State:
        return self.machine(name).host.state

    def roles(self) -> tuple[str, ...]:
        """What each server takes itself for."""
        return tuple("main" if machine.core.is_main else "backup" for machine in self.machines)

    def view(self, name: str) -> EndpointView:
        """What that server says of its endpoint now, asked of the server and not of the console."""
        endpoint = self.machine(name).core.endpoint
        assert endpoint is not None
        return endpoint.view(self.now)

    def safe_period_ends(self, name: str) -> float:
        """When that server takes over by itself."""
        ends = self.view(name).safe_period_ends
        assert ends is not None
        return ends

    def pool_usable(self, name: str) -> float:
        """From when that server gives out its partner's addresses."""
        usable = self.view(name).partner_pool_usable_at
        assert usable is not None
        return usable

    def recovered(self, name: str) -> float:
        """Until when that server waits before it serves."""
        deadline = self.view(name).recover_deadline
        assert deadline is not None
        return deadline

    def others(self, name: str) -> int:
        """How many free addresses are its partner's, as a server sees it."""
        facts = self.pair.servers[name].facts
        assert facts is not None
        return total_of(facts, "other_available") or 0

    def own(self, name: str, pool: str) -> int:
        """How many free addresses of its own a server has in a scope, as the console sees it."""
        facts = self.pair.servers[name].facts
        assert facts is not None
        return next(each.available or 0 for each in facts.pools or () if each.name == pool)

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
        for machine in incident.machines:
            machine.known = len(machine.host.path) - 1
        yield incident
    for machine in incident.machines:
        await machine.client.close()

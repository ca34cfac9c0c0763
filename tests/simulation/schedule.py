"""One run, determined by its seed: clients, faults and operators at random, then the recovery.

The invariants hold at all times. An operation is one action of the schedule. What follows from it (retransmissions,
renewals, the servers' timers) is not counted.
"""

import random
from collections.abc import Callable
from dataclasses import replace

from tests.simulation.checks.availability import check_availability
from tests.simulation.checks.base import Violation
from tests.simulation.checks.convergence import converge
from tests.simulation.checks.promises import Promises
from tests.simulation.dialects import Dialect
from tests.simulation.host import CrashPoint, Host
from tests.simulation.lan import PacketFaults
from tests.simulation.link import Cable
from tests.simulation.operator import Operator
from tests.simulation.outcome import Outcome
from tests.simulation.rare import RareEvents
from tests.simulation.realstore import RealStore
from tests.simulation.sequences import SEQUENCES, SEQUENCES6
from tests.simulation.sites import random_site, random_site6
from tests.simulation.timeline import NoProgressError
from tests.simulation.world import World

OPERATIONS = 120
"""Of one run, before the recovery."""
PAUSES = (0.0, 0.0, 0.002, 0.01, 0.05, 1.0, 1.0, 5.0, 5.0, 20.0)
LONG_PAUSES = (70.0, 150.0, 450.0)
SEQUENCES_SHARE = 0.02
REAL_STORES = 0.03
"""Share of the runs in which the servers have the product's own store."""
QUIET_SPELLS = 1
"""Of one run at most: one takes as long as many operations."""
CLIENT_WEIGHTS = (8, 3, 4, 3, 2, 1, 2)
"""Of the actions: arrive, restart, renew, rebind, release, decline, vanish."""
FAMILY6 = 0.6
"""Share of the actions of clients of DHCPv6, where there is DHCPv6."""
SKEW = 2.5
"""The largest error of a clock, seconds, so that two clocks differ by at most five seconds."""

QUIET_SKEW = 4.0
"""By how much two clocks differ in a quiet spell: in whole seconds, and with a slow link, it looks like one more."""

Act = Callable[[], bool]


class Schedule:
    """The schedule of one run."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.dice = dice = random.Random(f"{seed} schedule")
        self.operations = 0
        self.quiet_spells = 0
        site = random_site(dice)
        clients, latency = dice.choice((4, 8, 14)), dice.choice((0.001, 0.02, 0.5))
        dialect = dice.choices(tuple(Dialect), (8, 1, 1))[0]
        v6 = random_site6(seed, dialect)
        self.world = World(
            seed,
            replace(site, v6=v6),
            clients=clients,
            clients6=6 + seed % 8,
            latency=latency,
            dialect=dialect,
            real_store=dice.random() < REAL_STORES,
        )
        self.operator = Operator(self.world, dice)
        self.rare = RareEvents(self.world, self.operator, dice)
        self.acts = self._acts()

    def _acts(self) -> tuple[list[Act], list[float]]:
        fault_weight = self.dice.choice((0.3, 0.6, 1.0))
        faults: list[tuple[float, Act]] = [
            (3, self._weather),
            (4, self._partition),
            (3, self.cut),
            (3, self.silence),
            (3, self._reset),
            (5, self._crash),
            (6, self._set_crash_point),
            (3, self._stop),
            (2, self._disk),
            (3, self._clock),
            (2, self._slow),
            (1, self._set_running_partner_down),
            (3, self._lose),
            (3, self._restore),
            (1, self._configure),
        ]
        others: list[tuple[float, Act]] = [
            (60, self.client),
            (5, self.mend),
            (4, self._rejoin),
            (4, self._clear),
            (3, self._repair),
            (8, self._start),
            (5, self._partner_down),
            (2, self._save),
            (2, self._bootp),
            (0.3, self.quiet),
        ]
        weighted = [(weight * fault_weight, act) for weight, act in [*faults, *self.rare.acts()]] + others
        return [act for _, act in weighted], [weight for weight, _ in weighted]

    def run(self) -> Outcome:
        """Execute the run."""
        violation: tuple[str, str] | None = None
        try:
            self._inject_faults()
            self._recover()
        except Violation as broken:
            violation = (broken.name, str(broken))
        except NoProgressError as broken:
            violation = ("rest", str(broken))
        except Exception as broken:  # The core raised, which no input may cause.
            violation = ("raised", repr(broken))
        log: list[str] = []
        if violation is not None:
            self.world.log.add("checker", f"VIOLATION {violation[1]}")
            log = list(self.world.log.lines())
        self.world.close()
        promises = next(check for check in self.world.checks if isinstance(check, Promises))
        return Outcome(self.seed, self.operations, violation, log, len(promises.excused), dict(self.world.log.seen))

    def _inject_faults(self) -> None:
        world, dice = self.world, self.dice
        self.world.log.add("schedule", str(world.site))
        self._count_kinds()
        for host in world.hosts:
            host.error = dice.uniform(-SKEW, SKEW) if dice.random() < 0.5 else 0.0
        hosts = dice.sample(world.hosts, 2)
        for host in hosts:
            host.start()
            world.run(dice.choice((0.0, 1.0, 30.0)))
        world.run(30)
        acts, weights = self.acts
        while self.operations < OPERATIONS:
            if dice.random() < SEQUENCES_SHARE:
                for pause, act in dice.choice(SEQUENCES if world.site.v6 is None else SEQUENCES6)(self):
                    self._operate(act, pause)
            else:
                pause = dice.choice(PAUSES) if dice.random() < 0.96 else dice.choice(LONG_PAUSES)
                self._operate(dice.choices(acts, weights)[0], pause)

    def _count_kinds(self) -> None:
        world = self.world
        v6 = world.site.v6
        world.log.add("schedule", f"the servers speak the dialect {world.link.dialect.value}")
        world.log.count(f"dialect {world.link.dialect.value}")
        for kind, seen in (
            ("real store", isinstance(world.main.disk, RealStore)),
            ("third network", bool(world.site.third)),
            ("several reservations", world.site.several_reservations),
            ("DHCPv6 of both", v6 is not None and v6.shared),
            ("DHCPv6 of one", v6 is not None and not v6.shared),
        ):
            if seen:
                world.log.count(f"site {kind}")

    def _operate(self, act: Act, pause: float) -> None:
        if act():
            self.operations += 1
            self.world.run(pause)
            self.operator.update()

    def _recover(self) -> None:
        """Repair everything, and let all clients leave: both servers agree, and serve."""
        self.world.log.add("schedule", "recovery: all is repaired, clients leave")
        self._repair_all()
        converge(self.world, self.world.patience)
        check_availability(self.world)

    def quiet(self) -> bool:
        """Repair everything in the middle of the run, and let the clients be silent: both servers agree, and serve."""
        if self.quiet_spells >= QUIET_SPELLS:
            return False
        self.quiet_spells += 1
        world = self.world
        world.log.add("schedule", "a quiet spell: all is repaired, clients are silent")
        self._repair_all()
        converge(world, world.patience)
        check_availability(world)
        return self._done("quiet spell", "the quiet spell is over")

    def _repair_all(self) -> None:
        world = self.world
        world.lan.packet_faults = PacketFaults()
        world.lan.unreachable.clear()
        world.leave_all()
        world.link.mend()
        for host in world.hosts:
            host.disk.full = host.disk.stuck = False
            host.crash_point = None
            host.slowness = 0.0
            if abs(host.error) > SKEW:
                host.error = 0.0
        if abs(world.main.error - world.backup.error) > QUIET_SKEW:
            world.main.error = world.backup.error = 0.0
        world.run(12)
        self.rare.roles.put_right()
        for host in world.hosts:
            self.operator.start(host)

    # Operations; each returns whether it was possible

    def _host(self) -> Host:
        return self.dice.choice(self.world.hosts)

    def _done(self, kind: str, *text: str) -> bool:
        self.world.log.count(kind)
        if text:
            self.world.log.add("schedule", *text)
        return True

    def newcomer(self) -> bool:
        """Start a client without a lease: a new one, or one that discards its state."""
        clients = self.world.clients
        if self._other_family():
            clients6 = self.world.clients6
            return clients6.restart(self.dice.choice([c for c in clients6.all if not c.leases] or clients6.all))
        idle = [client for client in clients.all if client.lease is None]
        return clients.restart(self.dice.choice(idle or clients.all))

    def _other_family(self) -> bool:
        """Return whether a client of DHCPv6 is the next one; never without DHCPv6."""
        return self.world.site.v6 is not None and self.dice.random() < FAMILY6

    def client(self) -> bool:
        """Let a client do one of its actions."""
        if self._other_family():
            return self._client6()
        clients = self.world.clients
        client = self.dice.choice(clients.all)
        if self.world.site.allow_override:
            client.desired_seconds = self.dice.choice((0, 20, 90))
        acts = [clients.arrive, clients.restart, clients.renew, clients.rebind]
        acts += [clients.release, clients.decline, clients.vanish]
        act = self.dice.choices(acts, CLIENT_WEIGHTS)[0]
        return act(client)

    def _client6(self) -> bool:
        clients = self.world.clients6
        acts = [clients.arrive, clients.restart, clients.renew, clients.rebind]
        acts += [clients.release, clients.decline, clients.vanish]
        return self.dice.choices(acts, CLIENT_WEIGHTS)[0](self.dice.choice(clients.all))

    def _bootp(self) -> bool:
        return self.world.site.dynamic_bootp and self.world.clients.bootp(self.dice.randrange(2))

    def _weather(self) -> bool:
        dice = self.dice
        self.world.lan.packet_faults = PacketFaults(
            loss=dice.choice((0.0, 0.0, 0.1, 0.4)),
            duplication=dice.choice((0.0, 0.1)),
            delayed=dice.choice((0.0, 0.2)),
            longest_delay=dice.choice((0.2, 3.0)),
        )
        return self._done("fault packets", f"packet faults: {self.world.lan.packet_faults}")

    def _clear(self) -> bool:
        if self.world.lan.packet_faults == PacketFaults():
            return False
        self.world.lan.packet_faults = PacketFaults()
        return self._done("fault packets over", "no packet faults")

    def _partition(self) -> bool:
        far, server = self.dice.random() < 0.5, self._host().name
        if (far, server) in self.world.lan.unreachable:
            return False
        self.world.lan.unreachable.add((far, server))
        return self._done(
            "fault partition",
            f"{'far' if far else 'near'} clients no longer reach {server}",
        )

    def _rejoin(self) -> bool:
        pairs = sorted(self.world.lan.unreachable)
        if not pairs:
            return False
        far, server = self.dice.choice(pairs)
        self.world.lan.unreachable.discard((far, server))
        return self._done("fault partition repaired", f"{'far' if far else 'near'} clients reach {server} again")

    def cut(self) -> bool:
        """Cut the link; both servers notice."""
        if self.world.link.cable is not Cable.WHOLE:
            return False
        self.world.log.add("schedule", "the link is cut")
        self.world.link.cut()
        return self._done("fault cut")

    def silence(self) -> bool:
        """Make the link silent; neither server notices."""
        if self.world.link.cable is not Cable.WHOLE:
            return False
        self.world.link.silence()
        return self._done("fault silence", "the link is silent")

    def mend(self) -> bool:
        """Repair the link."""
        if self.world.link.cable is Cable.WHOLE:
            return False
        self.world.link.mend()
        return self._done("fault repaired", "the link is repaired")

    def _reset(self) -> bool:
        self.world.log.add("schedule", "the connections are reset")
        self.world.link.reset()
        return self._done("fault reset")

    def _crash(self) -> bool:
        return self.crash(self._host())

    def crash(self, host: Host) -> bool:
        """Crash a server, sometimes with its machine."""
        if not host.running:
            return False
        vanish = self.dice.random() < 0.3
        host.crash(vanish=vanish)
        return self._done("fault vanish" if vanish else "fault crash")

    def _set_crash_point(self) -> bool:
        host = self._host()
        if not host.running:
            return False
        host.crash_point = self.dice.choice(tuple(CrashPoint))
        return self._done("fault crash point", f"{host.name} will crash {host.crash_point.value}")

    def _start(self) -> bool:
        return self.operator.start(self._host()) and self._done("operator start")

    def _stop(self) -> bool:
        return self.operator.stop(self._host())

    def _disk(self) -> bool:
        host = self._host()
        disk = host.disk
        if disk.full or disk.stuck:
            return False
        full = self.dice.random() < 0.5
        disk.full, disk.stuck = full, not full
        return self._done(
            "fault disk",
            f"the disk of {host.name} accepts no {'leases' if full else 'state'}",
        )

    def _repair(self) -> bool:
        host = self._host()
        if not (host.disk.full or host.disk.stuck):
            return False
        host.disk.full = host.disk.stuck = False
        return self._done("fault disk repaired", f"the disk of {host.name} works again")

    def _clock(self) -> bool:
        host = self._host()
        host.error = self.dice.uniform(-SKEW, SKEW)
        return self._done(
            "fault clock",
            f"the clock of {host.name} is wrong by {host.error:.1f} s",
        )

    def _slow(self) -> bool:
        host = self._host()
        host.slowness = self.dice.choice((0.0, 0.01, 0.5))
        return self._done("fault slow", f"{host.name} takes a turn within {host.slowness} s")

    def _partner_down(self) -> bool:
        return self.operator.set_partner_down(self._host())

    def _set_running_partner_down(self) -> bool:
        return self.dice.random() < 0.3 and self.operator.set_running_partner_down(self._host())

    def _save(self) -> bool:
        return self.operator.save(self._host()) and self._done("operator save")

    def _lose(self) -> bool:
        return self.operator.lose(self._host())

    def _restore(self) -> bool:
        return self.operator.restore(self._host())

    def _configure(self) -> bool:
        site = self.world.site
        if self.dice.random() < 0.6:
            changed = replace(site, load_balancing=not site.load_balancing)
            kind = "operator load-balancing"
        else:
            changed = replace(site, use_safe_period=not site.use_safe_period)
            kind = "operator use-safe-period"
        return self.operator.configure(changed) and self._done(kind)

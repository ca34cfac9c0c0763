"""One run, decided by its seed: clients, faults and operators at random, then peace; the invariants hold throughout.

An operation is one thing that the schedule does to the world. What follows from it by itself (retransmissions,
renewals, the servers' timers) is not counted.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tests.simulation.checks.base import Violation
from tests.simulation.checks.convergence import converge
from tests.simulation.checks.promises import Promises
from tests.simulation.host import Host, Step
from tests.simulation.lan import Weather
from tests.simulation.link import Cable
from tests.simulation.operator import Operator
from tests.simulation.plays import PLAYS
from tests.simulation.site import Site
from tests.simulation.timeline import RestlessError
from tests.simulation.world import World

OPERATIONS = 120
"""Of one run, before peace."""
PAUSES = (0.0, 0.0, 0.002, 0.01, 0.05, 1.0, 1.0, 5.0, 5.0, 20.0)
LONG_PAUSES = (70.0, 150.0, 450.0)
PLAYS_SHARE = 0.02
SKEW = 2.5
"""No clock is wrong by more than this, so that two differ by five seconds at most."""

Act = Callable[[], bool]


@dataclass(slots=True)
class Outcome:
    """What became of a run.

    Attributes:
        violation: the first invariant that did not hold, and how; None when all did.
        story: told only of a run with a violation.
        excused: duplicates under the proviso of I1.
        seen: what happened; see Story.
    """

    seed: int
    operations: int
    violation: tuple[str, str] | None = None
    story: list[str] = field(default_factory=list)
    excused: int = 0
    seen: dict[str, int] = field(default_factory=dict)


class Schedule:
    """See the module."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.dice = dice = random.Random(f"{seed} schedule")
        self.operations = 0
        site = Site(
            mclt=dice.choice((30, 60, 120)),
            lease_time=dice.choice((40, 300)),
            grace_period=dice.choice((0, 5, 20)),
            near=dice.choice((3, 6, 16)),
            far=dice.choice((2, 5, 12)),
            first_available=dice.random() < 0.5,
            allow_override=dice.random() < 0.2,
            load_balancing=dice.random() < 0.4,
            backup_pct=dice.choice((50, 50, 20)),
            use_safe_period=dice.random() < 0.4,
            safe_period=dice.choice((50, 200)),
            safe_period_strict=dice.random() < 0.3,
            keepalive=dice.choice((12, 30)),
            max_unacked=dice.choice((1, 4, None)),
            startup_time=dice.choice((2, 10)),
            dynamic_bootp=dice.random() < 0.25,
        )
        self.world = World(seed, site, clients=dice.choice((4, 8, 14)), latency=dice.choice((0.001, 0.02, 0.5)))
        self.operator = Operator(self.world, dice)
        self.acts = self._acts()

    def _acts(self) -> tuple[list[Act], list[float]]:
        storm = self.dice.choice((0.3, 0.6, 1.0))
        faults: list[tuple[float, Act]] = [
            (3, self._weather),
            (4, self._part),
            (3, self.cut),
            (3, self.silence),
            (3, self._reset),
            (5, self._crash),
            (6, self._doom),
            (3, self._stop),
            (2, self._disk),
            (3, self._clock),
            (2, self._slow),
            (1, self._lie),
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
        ]
        weighted = [(weight * storm, act) for weight, act in faults] + others
        return [act for _, act in weighted], [weight for weight, _ in weighted]

    def run(self) -> Outcome:
        """All of it."""
        violation: tuple[str, str] | None = None
        try:
            self._storm()
            self._peace()
        except Violation as broken:
            violation = (broken.name, str(broken))
        except RestlessError as broken:
            violation = ("rest", str(broken))
        except Exception as broken:  # The core raised: no input may make it.
            violation = ("raised", repr(broken))
        story: list[str] = []
        if violation is not None:
            self.world.story.tell("checker", f"VIOLATION {violation[1]}")
            story = list(self.world.story.lines())
        promises = next(check for check in self.world.checks if isinstance(check, Promises))
        return Outcome(self.seed, self.operations, violation, story, len(promises.excused), dict(self.world.story.seen))

    def _storm(self) -> None:
        world, dice = self.world, self.dice
        self.world.story.tell("schedule", str(world.site))
        for host in world.hosts:
            host.error = dice.uniform(-SKEW, SKEW) if dice.random() < 0.5 else 0.0
        hosts = dice.sample(world.hosts, 2)
        for host in hosts:
            host.start()
            world.run(dice.choice((0.0, 1.0, 30.0)))
        world.run(30)
        acts, weights = self.acts
        while self.operations < OPERATIONS:
            if dice.random() < PLAYS_SHARE:
                for pause, act in dice.choice(PLAYS)(self):
                    self._operate(act, pause)
            else:
                pause = dice.choice(PAUSES) if dice.random() < 0.96 else dice.choice(LONG_PAUSES)
                self._operate(dice.choices(acts, weights)[0], pause)

    def _operate(self, act: Act, pause: float) -> None:
        if act():
            self.operations += 1
            self.world.run(pause)
            self.operator.look()

    def _peace(self) -> None:
        """Everything is repaired, and nobody asks for anything."""
        world = self.world
        world.story.tell("schedule", "peace: all is repaired, clients leave")
        world.lan.weather = Weather()
        world.lan.unreachable.clear()
        world.clients.leave_all()
        world.link.mend()
        for host in world.hosts:
            host.disk.full = host.disk.stuck = False
            host.doom = None
            host.slowness = 0.0
        world.run(12)
        for host in world.hosts:
            self.operator.start(host)
        converge(world)

    # Acts: each says whether it did something

    def _host(self) -> Host:
        return self.dice.choice(self.world.hosts)

    def _done(self, kind: str, *told: str) -> bool:
        self.world.story.happened(kind)
        if told:
            self.world.story.tell("schedule", *told)
        return True

    def newcomer(self) -> bool:
        """A client comes, or comes back having forgotten all."""
        clients = self.world.clients
        idle = [customer for customer in clients.all if customer.lease is None]
        return clients.restart(self.dice.choice(idle or clients.all))

    def client(self) -> bool:
        """A client does one of the things that clients do."""
        clients = self.world.clients
        customer = self.dice.choice(clients.all)
        if self.world.site.allow_override:
            customer.wants = self.dice.choice((0, 20, 90))
        act = self.dice.choices(
            (
                clients.arrive,
                clients.restart,
                clients.renew,
                clients.rebind,
                clients.release,
                clients.decline,
                clients.vanish,
            ),
            (8, 3, 4, 3, 2, 1, 2),
        )[0]
        return act(customer)

    def _bootp(self) -> bool:
        return self.world.site.dynamic_bootp and self.world.clients.bootp(self.dice.randrange(2))

    def _weather(self) -> bool:
        dice = self.dice
        self.world.lan.weather = Weather(
            loss=dice.choice((0.0, 0.0, 0.1, 0.4)),
            doubling=dice.choice((0.0, 0.1)),
            slow=dice.choice((0.0, 0.2)),
            longest=dice.choice((0.2, 3.0)),
        )
        return self._done("fault weather", f"weather: {self.world.lan.weather}")

    def _clear(self) -> bool:
        if self.world.lan.weather == Weather():
            return False
        self.world.lan.weather = Weather()
        return self._done("fault weather over", "the network is well")

    def _part(self) -> bool:
        far, server = self.dice.random() < 0.5, self._host().name
        if (far, server) in self.world.lan.unreachable:
            return False
        self.world.lan.unreachable.add((far, server))
        return self._done("fault parted", f"{'far' if far else 'near'} clients no longer reach {server}")

    def _rejoin(self) -> bool:
        parted = sorted(self.world.lan.unreachable)
        if not parted:
            return False
        far, server = self.dice.choice(parted)
        self.world.lan.unreachable.discard((far, server))
        return self._done("fault parted mended", f"{'far' if far else 'near'} clients reach {server} again")

    def cut(self) -> bool:
        """The link breaks, and both notice."""
        if self.world.link.cable is not Cable.WHOLE:
            return False
        self.world.story.tell("schedule", "the link is cut")
        self.world.link.cut()
        return self._done("fault cut")

    def silence(self) -> bool:
        """The link breaks, and nobody notices."""
        if self.world.link.cable is not Cable.WHOLE:
            return False
        self.world.link.silence()
        return self._done("fault silence", "the link falls silent")

    def mend(self) -> bool:
        """The link is whole again."""
        if self.world.link.cable is Cable.WHOLE:
            return False
        self.world.link.mend()
        return self._done("fault mended", "the link is mended")

    def _reset(self) -> bool:
        self.world.story.tell("schedule", "the connections are reset")
        self.world.link.reset()
        return self._done("fault reset")

    def _crash(self) -> bool:
        return self.crash(self._host())

    def crash(self, host: Host) -> bool:
        """A server dies, sometimes with its machine."""
        if not host.running:
            return False
        vanish = self.dice.random() < 0.3
        host.crash(vanish=vanish)
        return self._done("fault vanish" if vanish else "fault crash")

    def _doom(self) -> bool:
        host = self._host()
        if not host.running:
            return False
        host.doom = self.dice.choice(tuple(Step))
        return self._done("fault doom", f"{host.name} will crash {host.doom.value}")

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
        return self._done("fault disk", f"the disk of {host.name} takes no more {'leases' if full else 'state'}")

    def _repair(self) -> bool:
        host = self._host()
        if not (host.disk.full or host.disk.stuck):
            return False
        host.disk.full = host.disk.stuck = False
        return self._done("fault disk repaired", f"the disk of {host.name} works again")

    def _clock(self) -> bool:
        host = self._host()
        host.error = self.dice.uniform(-SKEW, SKEW)
        return self._done("fault clock", f"the clock of {host.name} is now wrong by {host.error:.1f} s")

    def _slow(self) -> bool:
        host = self._host()
        host.slowness = self.dice.choice((0.0, 0.01, 0.5))
        return self._done("fault slow", f"{host.name} takes a turn within {host.slowness} s")

    def _partner_down(self) -> bool:
        return self.operator.set_partner_down(self._host())

    def _lie(self) -> bool:
        return self.dice.random() < 0.3 and self.operator.lie(self._host())

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

"""Short sequences of operations that random choice would seldom combine.

In each, a server has to handle changes that it received no message about. A sequence yields pauses and operations; the
schedule executes them and counts each as one operation.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tests.simulation.link import Cable

if TYPE_CHECKING:
    from tests.simulation.schedule import Schedule

Act = Callable[[], bool]
ActSequence = Callable[["Schedule"], Iterator[tuple[float, Act]]]


def lost_after_isolation(schedule: "Schedule") -> Iterator[tuple[float, Act]]:
    """A server grants leases without contact, loses its data, and returns to its partner."""
    world, operator, dice = schedule.world, schedule.operator, schedule.dice
    host = dice.choice(world.hosts)
    if not (operator.agreed and world.both_normal()):
        return
    yield 0.5, schedule.cut
    for _ in range(dice.randint(1, 4)):
        yield 0.5, schedule.newcomer
    yield 0.5, lambda: (operator.restore if dice.random() < 0.4 else operator.lose)(host)
    yield 0.1, schedule.mend
    yield 8.0, lambda: operator.start(host)
    for _ in range(dice.randint(2, 6)):
        yield 2.0, schedule.newcomer


def alone_and_together(schedule: "Schedule") -> Iterator[tuple[float, Act]]:
    """A server takes over and gives away addresses of its partner's share, and the partner returns."""
    world, operator, dice = schedule.world, schedule.operator, schedule.dice
    host = dice.choice(world.hosts)
    partner = world.partner(host)
    if not world.both_normal():
        return
    yield dice.choice((1.0, 40.0)), lambda: schedule.crash(partner)
    yield 1.0, lambda: operator.set_partner_down(host)
    for _ in range(dice.randint(3, 8)):
        yield dice.choice((1.0, 20.0)), schedule.newcomer
    yield dice.choice((0.2, 10.0)), lambda: operator.start(partner)
    for _ in range(dice.randint(2, 4)):
        yield dice.choice((0.1, 2.0)), schedule.newcomer


def apart(schedule: "Schedule") -> Iterator[tuple[float, Act]]:
    """Each server serves clients of its own while they have no contact."""
    world, dice = schedule.world, schedule.dice
    if world.link.cable is not Cable.WHOLE or not world.both_normal():
        return
    yield 0.2, schedule.cut if dice.random() < 0.7 else schedule.silence
    for _ in range(dice.randint(3, 8)):
        yield dice.choice((0.2, 10.0)), schedule.client
    yield 5.0, schedule.mend


def released_and_back(schedule: "Schedule") -> Iterator[tuple[float, Act]]:
    """DHCPv6 clients release what they have and start again at once, perhaps without contact between the servers.

    Some rebind before, so that they release at a server what its partner has given.
    """
    world, dice = schedule.world, schedule.dice
    clients = world.clients6
    for client in dice.sample(clients.all, 4):
        yield 0.1, lambda client=client: clients.rebind(client)  # type: ignore[misc]
        yield dice.choice((0.001, 0.05, 0.4)), lambda client=client: clients.release(client)  # type: ignore[misc]
        if dice.random() < 0.3:
            yield 0.001, schedule.cut
        yield dice.choice((0.1, 3.0)), lambda client=client: clients.arrive(client)  # type: ignore[misc]
    for _ in range(3):
        yield 0.5, schedule.newcomer
    yield 1.0, schedule.mend


SEQUENCES: tuple[ActSequence, ...] = (lost_after_isolation, alone_and_together, apart)
SEQUENCES6: tuple[ActSequence, ...] = (*SEQUENCES, released_and_back)
"""Those of runs with DHCPv6."""

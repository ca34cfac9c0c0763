"""What may happen next in a small world, and how it happens.

A move is a tuple: its name, then the numbers of servers and clients. `possible` has all moves of a world; `apply`
executes one. Client exchanges are whole: DISCOVER to ACK with one server, a renewal, a release. Time passes in ticks of
about MCLT. All durations of a world are near multiples of a tick, so few different ages of a lease exist.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from dhcpserver.failover.states import State
from dhcpserver.service.turn import SetPartnerDown, Stop
from dhcpserver.wire.options4 import MessageType
from tests.exhaustive.checks import one_answer
from tests.exhaustive.server import Server, dotted
from tests.exhaustive.small import Fault
from tests.exhaustive.wires import Cable
from tests.exhaustive.world import CrashPoint, Lease, World

Move: TypeAlias = tuple[str, *tuple[int, ...]]

CONNECT_SECONDS = 70
"""A connection is tried again after at most a minute."""
_POINTS = tuple(CrashPoint)
_NORMAL = State.NORMAL


def possible(world: World) -> Iterator[Move]:
    """Return the moves that are possible."""
    small, wires = world.small, world.wires
    yield from _client_moves(world)
    for server in world.servers:
        if server.running and small.packetwise and wires.waits(server.index):
            yield ("deliver", server.index)
        if not server.running:
            yield ("start", server.index)
        if server.error and server.running:
            yield ("clock is right", server.index)
    if wires.cable is not Cable.WHOLE:
        yield ("mend",)
    elif all(server.running for server in world.servers) and not all(each.communicating for each in world.servers):
        yield ("connect",)
    yield ("wait",)
    if world.budget:
        yield from _faults(world)


def _client_moves(world: World) -> Iterator[Move]:
    for client in range(min(world.appeared + 1, world.small.clients)):
        lease = world.leases[client]
        has = lease is not None and lease.until > world.now
        for server in world.servers:
            if not server.running:
                continue
            if not has:
                yield ("acquire", client, server.index)
                continue
            assert lease is not None
            if lease.since < world.now:
                yield ("renew", client, server.index)
            if world.small.releases:
                yield ("release", client, server.index)


def _faults(world: World) -> Iterator[Move]:
    faults = world.small.faults
    if world.wires.cable is Cable.WHOLE:
        if Fault.CUT in faults:
            yield ("cut",)
        if Fault.SILENCE in faults:
            yield ("silence",)
    for server in world.servers:
        index = server.index
        if Fault.OLD_COPY in faults:
            if server.running and server.image is None:
                yield ("save", index)
            elif server.image is not None:
                yield ("old copy", index)
        if not server.running:
            continue
        if Fault.LOST_DISK in faults:
            yield ("lose disk", index)
        if Fault.CRASH in faults:
            yield ("crash", index)
        if Fault.CRASH_IN_TURN in faults:
            for point in range(len(_POINTS)):
                yield from (("acquire", *rest, point) for rest in _acquiring(world, index))
                if world.small.packetwise and world.wires.waits(index):
                    yield ("deliver", index, point)
        if Fault.LOSS in faults:
            for name, *numbers in _client_moves(world):
                if numbers[1] == index and name in ("acquire", "renew"):
                    yield (f"{name}, ACK lost", numbers[0], index)
        if Fault.STOP in faults:
            yield ("stop", index, 0)
            yield ("stop", index, 1)
        if Fault.PARTNER_DOWN in faults:
            yield ("partner down", index)
        if Fault.CLOCK in faults and not server.error:
            yield ("clock is wrong", index)
        if Fault.REPEAT in faults:
            for client in range(world.small.clients):
                if world.requests[client] is not None:
                    yield ("repeat", client, index)


def _acquiring(world: World, index: int) -> Iterator[tuple[int, int]]:
    for name, *numbers in _client_moves(world):
        if name == "acquire" and numbers[1] == index:
            yield numbers[0], index


def apply(world: World, move: Move) -> None:
    """Execute a move. Raises Violation."""
    name, *numbers = move
    _MOVES[name](world, *numbers)
    if not world.small.packetwise:
        world.drain()
    else:
        for server in world.servers:
            if server.running:
                world.work(server)


# Clients


def _acquire(world: World, client: int, index: int, point: int | None = None, *, lost: bool = False) -> None:
    server = world.servers[index]
    world.appeared = max(world.appeared, client + 1)
    if point is not None:
        world.budget -= 1
    offers = world.turn(server, packet=world.small.packets.discover(client))
    if not offers:
        world.tell(f"the {server.name} offers client {client} nothing")
        return
    if world.small.load_balancing and all(each.communicating and each.state is _NORMAL for each in world.servers):
        one_answer(server, client)
    packet = world.small.packets.select(client, offers[0].address, index, server.disk.uid)
    _request(world, client, server, packet, None if point is None else _POINTS[point], lost=lost)


def _acquire_lost(world: World, client: int, index: int) -> None:
    world.budget -= 1
    _acquire(world, client, index, lost=True)


def _renew_lost(world: World, client: int, index: int) -> None:
    world.budget -= 1
    _renew(world, client, index, lost=True)


def _request(
    world: World, client: int, server: Server, packet: bytes, crash: CrashPoint | None = None, *, lost: bool = False
) -> None:
    """Send a REQUEST to one server. `lost`: the reply does not arrive; what it promised lasts."""
    world.requests[client] = (packet, server.index)
    lease = world.leases[client]
    answers = world.turn(server, packet=packet, crash=crash)
    if lost:
        world.tell(f"the reply to client {client} does not arrive")
        return
    for found in answers:
        if found.kind == MessageType.ACK:
            world.leases[client] = Lease(found.address, world.now, world.now + found.seconds, server.index)
        elif found.kind == MessageType.NAK and lease is not None:
            world.tell(f"the {server.name} refuses client {client}, which gives up {dotted(lease.address)}")
            _give_up(world, client, lease)


def _give_up(world: World, client: int, lease: Lease) -> None:
    world.promises.end(client, lease.address)
    world.leases[client] = world.requests[client] = None


def _renew(world: World, client: int, index: int, *, lost: bool = False) -> None:
    lease = world.leases[client]
    assert lease is not None
    world.tell(f"client {client} renews at the {world.servers[index].name}")
    server = world.servers[index]
    packet = world.small.packets.extend(client, lease.address, server.disk.uid if lease.server == index else None)
    _request(world, client, world.servers[index], packet, lost=lost)


def _release(world: World, client: int, index: int) -> None:
    lease = world.leases[client]
    assert lease is not None
    world.tell(f"client {client} releases {dotted(lease.address)} at the {world.servers[index].name}")
    packet = world.small.packets.release(client, lease.address, lease.server, world.servers[lease.server].disk.uid)
    _give_up(world, client, lease)
    world.turn(world.servers[index], packet=packet)


def _repeat(world: World, client: int, index: int) -> None:
    world.budget -= 1
    found = world.requests[client]
    assert found is not None
    world.tell(f"the last request of client {client} arrives again, at the {world.servers[index].name}")
    world.turn(world.servers[index], packet=found[0])


# The link


def _deliver(world: World, index: int, point: int | None = None) -> None:
    if point is not None:
        world.budget -= 1
    crash = None if point is None else _POINTS[point]
    world.turn(world.servers[index], event=world.wires.taken(index), crash=crash)


def _cut(world: World) -> None:
    world.budget -= 1
    world.tell("the link is cut")
    world.wires.cut()


def _silence(world: World) -> None:
    world.budget -= 1
    world.tell("nothing arrives on the link any more")
    world.wires.cable = Cable.SILENT


def _mend(world: World) -> None:
    world.tell("the link works again")
    world.wires.mend(all(server.running for server in world.servers))


# Servers and operators


def _start(world: World, index: int) -> None:
    server = world.servers[index]
    server.start(world.now)
    if all(each.running for each in world.servers):
        world.wires.retry()
    world.tell(f"the {server.name} starts with what is on its disk")
    world.turn(server)


def _crash(world: World, index: int) -> None:
    world.budget -= 1
    world.end(world.servers[index], "")


def _stop(world: World, index: int, long: int) -> None:
    world.budget -= 1
    server = world.servers[index]
    world.tell(f"an operator stops the {server.name} for a {'long' if long else 'short'} time")
    world.turn(server, command=Stop(bool(long)))
    world.drain()
    if long:
        world.run(world.now + 4)
    server.stop()
    world.wires.vanish(index)


def _partner_down(world: World, index: int) -> None:
    world.budget -= 1
    server = world.servers[index]
    world.operator = f"the operator set the partner of the {server.name} down"
    world.tell(world.operator)
    world.turn(server, command=SetPartnerDown("pair", None, False, "jo"))


def _save(world: World, index: int) -> None:
    server = world.servers[index]
    server.image = server.disk.image(int(world.clock(server)))
    server.outdated = False
    world.tell(f"the store of the {server.name} is copied")


def _old_copy(world: World, index: int) -> None:
    world.budget -= 1
    server = world.servers[index]
    assert server.image is not None
    if server.running:
        server.stop()
        world.wires.vanish(index)
    server.disk.restore(server.image)
    server.image = None
    server.replaced = True
    world.promises.forget_knowledge(index, provable=server.outdated)
    world.tell(f"the {server.name} ends, and its store is put back to the copy")


def _lose_disk(world: World, index: int) -> None:
    world.budget -= 1
    server = world.servers[index]
    server.stop()
    world.wires.vanish(index)
    server.disk.lose(b"another disk".ljust(16))
    server.replaced = True
    world.promises.forget_knowledge(index, provable=True)
    world.tell(f"the {server.name} ends, and its disk is lost")


def _clock_wrong(world: World, index: int) -> None:
    world.budget -= 1
    server = world.servers[index]
    server.error = world.small.clock_error
    world.promises.clock_ahead(index)
    world.tell(f"the clock of the {server.name} is {server.error} s ahead")
    world.turn(server)


def _clock_right(world: World, index: int) -> None:
    world.servers[index].error = 0
    world.tell(f"the clock of the {world.servers[index].name} is right again")
    world.turn(world.servers[index])


# Time


def _wait(world: World) -> None:
    tick = world.small.tick
    world.run((world.now // tick + 1) * tick)


def _connect(world: World) -> None:
    world.run(world.now + CONNECT_SECONDS, connected=True)


_MOVES: Mapping[str, Callable[..., None]] = {
    "acquire": _acquire,
    "renew": _renew,
    "acquire, ACK lost": _acquire_lost,
    "renew, ACK lost": _renew_lost,
    "release": _release,
    "repeat": _repeat,
    "deliver": _deliver,
    "cut": _cut,
    "silence": _silence,
    "mend": _mend,
    "start": _start,
    "crash": _crash,
    "stop": _stop,
    "partner down": _partner_down,
    "save": _save,
    "old copy": _old_copy,
    "lose disk": _lose_disk,
    "clock is wrong": _clock_wrong,
    "clock is right": _clock_right,
    "wait": _wait,
    "connect": _connect,
}

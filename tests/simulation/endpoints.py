"""Two real endpoints with real lease books and codecs, on virtual time, with a network that delays, splits and fails.

An `EndpointServer` does what the core does in the product: it passes inputs in, ends the turn, commits, and executes
the effects. Its disk has only what was committed; `crash` discards the rest. It grants leases through the Partnership
interface, like the DHCP service.
"""

import heapq
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from dhcpserver.failover.effects import Close, Dial, LogLine, SendTrap, Transmit
from dhcpserver.failover.endpoint import Endpoint
from dhcpserver.failover.pools.answering import MessageKind
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.state.record import FailoverRecord, Store
from dhcpserver.failover.states import State
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease, Status, client_key
from dhcpserver.leases.pool import Pool, Pool4
from tests.settings import pair_settings

EPOCH = 1_700_000_000.0
NETWORK = 0x0A000000
FIRST = NETWORK + 1
_STORED = [name for name in Lease.__slots__ if name not in ("pool", "sibling")]


@dataclass
class Disk:
    """The committed data of a server."""

    record: FailoverRecord | None = None
    leases: dict[int, dict[str, object]] | None = None


@dataclass
class Reply:
    """A lease that a client got."""

    at: float
    server: str
    key: bytes
    address: int
    until: float


class EndpointWorld:
    """The clock and the connections."""

    def __init__(self, seed: int = 1, latency: float = 0.001) -> None:
        self.now = EPOCH
        self.entropy = random.Random(seed)
        self.latency = latency
        self.connected = True
        self.servers: dict[str, EndpointServer] = {}
        self.replies: list[Reply] = []
        self.watchers: list[Callable[[], None]] = []
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = 0
        self._connection = 0
        self._wires: dict[int, tuple[EndpointServer, EndpointServer]] = {}
        self._arrival: dict[tuple[int, str], float] = {}

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Schedule an action."""
        self._order += 1
        heapq.heappush(self._events, (self.now + seconds, self._order, action))

    def run(self, seconds: float, step: Callable[[], bool] | None = None) -> bool:
        """Let time pass until `step` returns true, at most `seconds`; return whether it did."""
        end = self.now + seconds
        turns, moment = 0, self.now
        while True:
            if step is not None and step():
                return True
            turns = turns + 1 if self.now - moment < 0.001 else 0
            moment = self.now
            assert turns < 20_000, "events without end while no time passes"
            deadlines = [(server.deadline(), server.name, server) for server in self.servers.values() if server.alive]
            when, _, server = min(deadlines, default=(float("inf"), "", None))
            if self._events and self._events[0][0] <= when:
                at, _, action = heapq.heappop(self._events)
                if at > end:
                    heapq.heappush(self._events, (at, 0, action))
                    break
                self.now = max(self.now, at)
                action()
            elif server is None or when > end:
                break
            else:
                self.now = max(self.now, when)
                server.turn(lambda core: core.tick(self.now))
        self.now = end
        return step is not None and step()

    def dial(self, caller: "EndpointServer") -> None:
        """Connect a server to its partner, if that runs and the network works."""
        callee = next(server for server in self.servers.values() if server is not caller)
        incarnation = caller.incarnation

        def arrive() -> None:
            if not caller.alive or caller.incarnation != incarnation:
                return
            if not callee.alive or not self.connected:
                caller.turn(lambda core: core.dial_failed(self.now, "connection refused"))
                return
            self._connection += 1
            number = self._connection
            self._wires[number] = (caller, callee)
            callee.link_up(number, outbound=False)
            caller.link_up(number, outbound=True)

        self.after(self.latency, arrive)

    def carry(self, sender: "EndpointServer", connection: int, data: bytes) -> None:
        """Deliver octets in order, in pieces, each after a delay."""
        ends = self._wires.get(connection)
        if ends is None or not self.connected:
            return
        receiver = ends[0] if ends[1] is sender else ends[1]
        while data:
            size = len(data) if self.entropy.random() < 0.7 else self.entropy.randint(1, len(data))
            piece, data = data[:size], data[size:]
            slot = (connection, receiver.name)
            at = max(self.now + self.latency * (0.5 + self.entropy.random()), self._arrival.get(slot, 0.0))
            self._arrival[slot] = at

            def arrive(piece: bytes = piece) -> None:
                if connection in self._wires and receiver.alive and self.connected:
                    receiver.turn(lambda core: core.link_data(connection, piece, self.now))

            self.after(at - self.now, arrive)

    def close(self, connection: int, by: "EndpointServer | None", cause: str = "connection reset") -> None:
        """End a connection. Octets on their way arrive before the other end receives the end."""
        ends = self._wires.get(connection)
        if ends is None:
            return
        others = [server for server in ends if server is not by]

        def arrive() -> None:
            if self._wires.pop(connection, None) is None:
                return
            for server in others:
                if server.alive:
                    server.link_down(connection, cause)

        latest = max((self._arrival.get((connection, server.name), 0.0) for server in others), default=0.0)
        self.after(max(latest - self.now, 0.0) + self.latency, arrive)

    def cut(self) -> None:
        """Cut the network: connections end at once at both ends."""
        self.connected = False
        wires, self._wires = self._wires, {}
        for number, ends in wires.items():
            for server in ends:
                if server.alive:
                    server.link_down(number, "wire cut")

    def mend(self) -> None:
        """Repair the network."""
        self.connected = True

    def reset_connections(self, server: "EndpointServer") -> None:
        """Reset the connections of a server that crashed."""
        for number, ends in list(self._wires.items()):
            if server in ends:
                self.close(number, server)


class EndpointServer:
    """One server: core, disk, log."""

    def __init__(
        self, world: EndpointWorld, settings: PairSettings, size: int = 40, reserved: frozenset[int] = frozenset()
    ) -> None:
        self.world = world
        self.settings = settings
        self.name = settings.role
        self.size = size
        self.reserved = reserved
        self.more_pools: Callable[[], list[Pool]] = list
        self.disk = Disk(leases={})
        self.alive = False
        self.incarnation = 0
        self.log: list[LogLine] = []
        self.traps: list[SendTrap] = []
        self.path: list[State] = []
        self.book: Book
        self.core: Endpoint
        self.skew = 0.0
        world.servers[self.name] = self

    @property
    def pool(self) -> Pool:
        return self.book.pools["scope"]

    def start(self, **changes: object) -> None:
        """Start with the data on the disk."""
        if changes:
            self.settings = replace(self.settings, **changes)  # type: ignore[arg-type]
        pool = Pool4("scope", NETWORK, 0xFFFF0000, [(FIRST, FIRST + self.size - 1)], self.reserved)
        self.book = Book([pool, *self.more_pools()])
        leases = []
        for address, values in (self.disk.leases or {}).items():
            managed = self.book.pool_of(address)
            assert managed is not None
            lease = Lease(address, managed)
            for name, value in values.items():
                setattr(lease, name, value)
            leases.append(lease)
        self.book.load(leases)
        self.incarnation += 1
        self.alive = True
        self.path = [State.STARTUP]
        self.core = Endpoint(
            self.settings,
            self.book,
            self.disk.record,
            self.world.now,
            random.Random(self.incarnation),
            frozenset(("failover-detail",)),
        )
        self.turn(lambda core: core.start(self.world.now))

    def crash(self, *, lose_disk: bool = False) -> None:
        """Crash; what was not committed is lost."""
        self.alive = False
        if lose_disk:
            self.disk = Disk(leases={})
            self.settings = replace(self.settings, server_uid=self.incarnation.to_bytes(16, "big"))
        self.world.reset_connections(self)

    def link_up(self, number: int, *, outbound: bool) -> None:
        now = self.world.now
        self.turn(lambda core: core.link_up(number, now, outbound=outbound, transport="ipv4", local="a", remote="b"))

    def link_down(self, number: int, cause: str) -> None:
        self.turn(lambda core: core.link_down(number, self.world.now, cause))

    def set_partner_down(self, date: float | None) -> None:
        now = self.world.now
        self.turn(lambda core: core.set_partner_down(date, now, operator="jo", expert=False))

    def deadline(self) -> float:
        return min(self.core.next_deadline(), self.book.next_due() or float("inf"))

    def turn(self, action: Callable[[Endpoint], object]) -> None:
        """Take one turn: the action, the decisions, the commit, the effects."""
        now = self.world.now
        action(self.core)
        for lease in self.book.due(now, 200):
            self.core.due(lease, now)
        self.book.expire_offers(now)
        self.core.flush(now)
        effects = self.core.take_effects()
        assert self.disk.leases is not None
        for lease in self.book.take_changes():
            self.disk.leases[lease.address] = {name: getattr(lease, name) for name in _STORED}
        for effect in effects:
            if isinstance(effect, Store):
                self.disk.record = FailoverRecord.from_json(effect.record.as_json())
        for effect in effects:
            if isinstance(effect, Transmit):
                self.world.carry(self, effect.connection, effect.data)
            elif isinstance(effect, Dial):
                self.world.dial(self)
            elif isinstance(effect, Close):
                self.world.close(effect.connection, self)
            elif isinstance(effect, LogLine):
                self.log.append(effect)
                if effect.id == 18100:
                    self.path.append(State(effect.text.split(" -> ")[1].split(",")[0]))
            elif isinstance(effect, SendTrap):
                self.traps.append(effect)
        for watcher in self.world.watchers:
            watcher()

    def trap_kinds(self) -> list[str]:
        return [trap.kind for trap in self.traps]

    # The DHCP service, for leases only

    def request_lease(self, client: int, desired: int = 259_200, kind: MessageKind = MessageKind.NEW) -> Reply | None:
        """Let a client request a lease; return its lease, None without an answer."""
        reply: list[Reply] = []
        if self.alive:
            self.turn(lambda core: reply.extend(self._lease(core, client, desired, kind)))
        self.world.replies += reply
        for watcher in self.world.watchers:
            watcher()
        return reply[0] if reply else None

    def _lease(self, core: Endpoint, client: int, desired: int, kind: MessageKind) -> Iterable[Reply]:
        now = self.world.now
        hardware = b"\1" + client.to_bytes(6, "big")
        key = client_key(None, hardware)
        verdict = core.answers(kind, key)
        if not verdict.answer:
            return
        found = [lease for lease in self.book.of_client(key) if core.may_give(lease, key, now)]
        lease = max(found, key=lambda one: one.cltt, default=None)
        if lease is None and (verdict.known_only or kind is not MessageKind.NEW):
            return
        if lease is None:
            address = next((a for a in [free.lowest() for free in core.sources(self.pool, now)] if a is not None), None)
            if address is None:
                return
            seconds = core.lease_seconds(self.book.get(address), desired, now)
            lease = self.book.record(address)
            assert lease is not None
        else:
            seconds = core.lease_seconds(lease, desired, now)
        if lease.status is not Status.ACTIVE or lease.key != key:
            self.book.set_client(lease, None, hardware)
            self.book.set_status(lease, Status.ACTIVE, int(now))
        lease.cltt = int(now)
        lease.state_exp = int(now) + seconds
        self.book.touch(lease)
        core.granted(lease, desired, now)
        yield Reply(now, self.name, key, lease.address, now + seconds)

    def release(self, client: int) -> bool:
        """Let a client release its lease; return whether the server accepted it."""
        done: list[bool] = []

        def act(core: Endpoint) -> None:
            now = self.world.now
            key = client_key(None, b"\1" + client.to_bytes(6, "big"))
            if not core.answers(MessageKind.NAMED, key).answer:
                return
            for lease in self.book.of_client(key):
                if lease.status is Status.ACTIVE:
                    lease.cltt = lease.state_exp = int(now)
                    self.book.set_status(lease, Status.RELEASED, int(now))
                    core.changed(lease, now)
                    done.append(True)

        if self.alive:
            self.turn(act)
        return bool(done)


def pair(world: EndpointWorld, size: int = 40, **settings: object) -> tuple[EndpointServer, EndpointServer]:
    """Return a main and a backup with the same settings, not started."""
    common = pair_settings(name="pair", main=True, local_name="m", partner_name="b")
    changed = replace(common, **settings)  # type: ignore[arg-type]
    main = EndpointServer(world, replace(changed, server_uid=b"m" * 16), size)
    backup = EndpointServer(
        world, replace(changed, main=False, server_uid=b"b" * 16, local_name="b", partner_name="m"), size
    )
    return main, backup


def both_normal(main: EndpointServer, backup: EndpointServer) -> Callable[[], bool]:
    """Return a function that returns whether both are NORMAL with communications OK."""
    return lambda: all(
        server.alive and server.core.state is State.NORMAL and server.core.communications_ok
        for server in (main, backup)
    )

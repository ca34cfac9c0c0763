"""Two real endpoints with real books and codecs, on virtual time, with a network that delays, splits and cuts.

A `Server` is what the core is in the product: it hands in what happens, ends the turn, commits, and carries out the
effects. Its disk keeps what was committed and nothing else; `crash` forgets all that was not. `Client` leases through
the Partnership interface as the DHCP service does.
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
from dhcpserver.leases.addressset import AddressSet
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease, Status, client_key
from dhcpserver.leases.pool import Pool
from tests.settings import pair_settings

EPOCH = 1_700_000_000.0
NETWORK = 0x0A000000
FIRST = NETWORK + 1
_STORED = [name for name in Lease.__slots__ if name not in ("pool", "sibling")]


@dataclass
class Disk:
    """What a server has committed."""

    record: FailoverRecord | None = None
    leases: dict[int, dict[str, object]] | None = None


@dataclass
class Reply:
    """What a client was told."""

    at: float
    server: str
    key: bytes
    address: int
    until: float


class World:
    """The clock and the wires."""

    def __init__(self, seed: int = 1, latency: float = 0.001) -> None:
        self.now = EPOCH
        self.entropy = random.Random(seed)
        self.latency = latency
        self.connected = True
        self.servers: dict[str, Server] = {}
        self.replies: list[Reply] = []
        self.watchers: list[Callable[[], None]] = []
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = 0
        self._connection = 0
        self._wires: dict[int, tuple[Server, Server]] = {}
        self._arrival: dict[tuple[int, str], float] = {}

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something later."""
        self._order += 1
        heapq.heappush(self._events, (self.now + seconds, self._order, action))

    def run(self, seconds: float, step: Callable[[], bool] | None = None) -> bool:
        """Let time pass, until `step` says so or the time is over; whether it said so."""
        end = self.now + seconds
        turns, moment = 0, self.now
        while True:
            if step is not None and step():
                return True
            turns = turns + 1 if self.now - moment < 0.001 else 0
            moment = self.now
            assert turns < 20_000, "the world does not come to rest"
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

    def dial(self, caller: "Server") -> None:
        """Connect a server to its partner, if that lives and the wire holds."""
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

    def carry(self, sender: "Server", connection: int, data: bytes) -> None:
        """Octets on their way: in order, in pieces, each after a delay."""
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

    def close(self, connection: int, by: "Server | None", cause: str = "connection reset") -> None:
        """End a connection; what is on its way still arrives before the other end hears of it."""
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
        """Break the wire: connections die at once on both ends."""
        self.connected = False
        wires, self._wires = self._wires, {}
        for number, ends in wires.items():
            for server in ends:
                if server.alive:
                    server.link_down(number, "wire cut")

    def mend(self) -> None:
        """Repair it."""
        self.connected = True

    def forget(self, server: "Server") -> None:
        """A server died: its connections are reset."""
        for number, ends in list(self._wires.items()):
            if server in ends:
                self.close(number, server)


class Server:
    """One server: core, disk, and what it logged."""

    def __init__(
        self, world: World, settings: PairSettings, size: int = 40, reserved: frozenset[int] = frozenset()
    ) -> None:
        self.world = world
        self.settings = settings
        self.name = settings.role
        self.size = size
        self.reserved = reserved
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
        """Start with what the disk holds."""
        if changes:
            self.settings = replace(self.settings, **changes)  # type: ignore[arg-type]
        pool = Pool("scope", NETWORK, 0xFFFF0000, [(FIRST, FIRST + self.size - 1)], self.reserved)
        self.book = Book([pool])
        leases = []
        for address, values in (self.disk.leases or {}).items():
            lease = Lease(address, pool)
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
        """Die at once; what was not committed is gone."""
        self.alive = False
        if lose_disk:
            self.disk = Disk(leases={})
            self.settings = replace(self.settings, server_uid=self.incarnation.to_bytes(16, "big"))
        self.world.forget(self)

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
        """One turn: hand in, decide, commit, emit."""
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

    # The DHCP service, as far as leases go

    def ask(self, client: int, desired: int = 259_200, kind: MessageKind = MessageKind.NEW) -> Reply | None:
        """A client asks for a lease; what it is told, None for silence."""
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
            address = next((a for a in map(AddressSet.lowest, core.sources(self.pool, now)) if a is not None), None)
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
        """A client gives its lease back."""
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


def pair(world: World, size: int = 40, **settings: object) -> tuple[Server, Server]:
    """A main and a backup with the same settings, not started."""
    common = pair_settings(name="pair", main=True, local_name="m", partner_name="b")
    changed = replace(common, **settings)  # type: ignore[arg-type]
    main = Server(world, replace(changed, server_uid=b"m" * 16), size)
    backup = Server(world, replace(changed, main=False, server_uid=b"b" * 16, local_name="b", partner_name="m"), size)
    return main, backup


def both_normal(main: Server, backup: Server) -> Callable[[], bool]:
    """Whether both are up and NORMAL, with communications."""
    return lambda: all(
        server.alive and server.core.state is State.NORMAL and server.core.communications_ok
        for server in (main, backup)
    )

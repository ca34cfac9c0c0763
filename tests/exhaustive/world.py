"""A small world at one moment, and the turns of its servers.

Time is in whole true seconds. Every turn is that of the real core; what it decides is stored and sent in the order of
the shell. `checks` has what is checked in each turn, `moves` what may happen next.
"""

import copy
from contextlib import suppress
from enum import Enum

from dhcpserver.failover.effects import Close, Dial, Transmit
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from dhcpserver.service.turn import Command, Inputs, LinkData, LinkEvent, Outputs, store_outputs
from dhcpserver.wire.failover4 import Contact, Message, StateReport
from dhcpserver.wire.failover4_bindings import BindingAck, BindingUpdate
from dhcpserver.wire.options4 import MessageType
from tests.exhaustive import checks
from tests.exhaustive.packets import Answer, client_of
from tests.exhaustive.promises import Promises
from tests.exhaustive.server import Server, dotted
from tests.exhaustive.small import Small
from tests.exhaustive.wires import Cable, Wires
from tests.simulation import texts
from tests.simulation.disk import Row
from tests.simulation.disk import client_of as key_of
from tests.simulation.link import frames
from tests.simulation.timeline import EPOCH

MAXIMUM_TURNS = 3000
"""More turns at one moment are an endless loop."""


class CrashPoint(Enum):
    """After which step of a turn a server crashes."""

    STATE_STORED = "after its state was stored, before the leases"
    STORED = "after storing, before anything is sent"
    ANSWERED = "after the client was answered, before the partner is sent anything"


class _EndedError(Exception):
    """A server ended after its state was stored."""


def _end() -> None:
    raise _EndedError


def _nothing() -> None:
    pass


class Lease:
    """What a client has: an address, until when, and from which server."""

    __slots__ = ("address", "server", "since", "until")

    def __init__(self, address: int, since: int, until: int, server: int) -> None:
        self.address, self.since, self.until, self.server = address, since, until, server


class World:
    """A world.

    Attributes:
        now: seconds since the start.
        leases: what each client has, None without a lease.
        appeared: how many clients have appeared; the others are equal, so that the next one stands for all of them.
        requests: the last REQUEST of each client and the server that received it, for Fault.REPEAT.
        budget: how many faults may still happen.
        story: what happened, in words; None unless a course of events is told.
    """

    def __init__(self, small: Small) -> None:
        self.small = small
        self.now = 0
        self.servers = (Server(small, 0), Server(small, 1))
        self.wires = Wires()
        self.promises = Promises()
        self.leases: list[Lease | None] = [None] * small.clients
        self.requests: list[tuple[bytes, int] | None] = [None] * small.clients
        self.appeared = 0
        self.budget = small.budget
        self.operator = ""
        self.story: list[str] | None = None

    def fork(self) -> "World":
        """Return a copy of a frozen world."""
        other = copy.copy(self)
        other.servers = (self.servers[0].fork(), self.servers[1].fork())
        other.wires = self.wires.fork()
        other.promises = self.promises.fork()
        other.leases = list(self.leases)
        other.requests = list(self.requests)
        return other

    def freeze(self) -> None:
        """Make the world ready for forks."""
        for server in self.servers:
            server.freeze()

    def tell(self, text: str) -> None:
        """Add a line to the story."""
        if self.story is not None:
            self.story.append(f"{self.now:>6} s  {text}")

    # The turn of a server

    def turn(
        self,
        server: Server,
        *,
        packet: bytes | None = None,
        event: LinkEvent | None = None,
        command: Command | None = None,
        crash: CrashPoint | None = None,
    ) -> list[Answer]:
        """Let a server take a turn; return its answers to the client."""
        inputs = Inputs()
        if packet is not None:
            self.small.packets.put(inputs, packet, server.index)
        if event is not None:
            inputs.link.append(event)
        if command is not None:
            inputs.commands.append((1, command))
        before = server.state
        core = server.changing()
        outputs = core.turn(server.moment(self.now), inputs)
        endpoint = core.endpoint
        assert endpoint is not None
        endpoint._machine.transitions.clear()
        server.changed()
        if self.story is not None:
            self._tell_turn(server, event, outputs)
        checks.silence(server, before, bool(outputs.replies or outputs.replies6))
        if not self._store(server, outputs, crash):
            return []
        if isinstance(event, LinkData):
            self._receive(server, event.octets)
        if packet is not None and self.small.dynamic_bootp:
            checks.bootp_share(server)
        checks.parity(server, by_client=packet is not None)
        if packet is not None:
            checks.marked(server)
        answers = self.small.packets.answers(outputs)
        if crash is not CrashPoint.STORED:
            for each in answers:
                self._promise(server, each)
        if crash is not None:
            self.end(server, crash.value)
            return [] if crash is CrashPoint.STORED else answers
        for effect in outputs.link:
            if isinstance(effect, Transmit):
                checks.acknowledgements(server, effect.data, self.clock(server))
                self.wires.transmit(server.index, effect.connection, effect.data)
            elif isinstance(effect, Dial):
                self.wires.dial(server.index, self.servers[1 - server.index].running)
            elif isinstance(effect, Close):
                self.wires.close(effect.connection, server.index)
        for _, refusal in outputs.answers:
            if refusal is not None:
                self.tell(f"the {server.name} refuses the command: {refusal}")
        if not any(self.promises.takeovers) and not any(each.replaced for each in self.servers):
            checks.shares(*self.servers, self.small)
        return answers

    def clock(self, server: Server) -> float:
        """Return the time of a server's clock, Unix seconds."""
        return EPOCH + self.now + server.error

    def _store(self, server: Server, outputs: Outputs, crash: CrashPoint | None) -> bool:
        """Store what a turn decided; return whether the server still runs."""
        disk, record = server.disk, outputs.record
        disk.written.clear()
        if crash is CrashPoint.STATE_STORED:
            disk.before_leases = _end
        with suppress(_EndedError):
            store_outputs(outputs, disk, disk)
        disk.before_leases = _nothing
        if record is not None and disk.record is record:
            act = self.operator if not record.automatic else "the safe period ended"
            since = int(record.partner_down_time - EPOCH) - server.error
            self.promises.record(server.index, record.state, since, act)
            if record.state is State.NORMAL:
                server.replaced = False
        if crash is CrashPoint.STATE_STORED:
            self.end(server, crash.value)
            return False
        checks.potentials(server)
        return True

    def _receive(self, server: Server, octets: bytes) -> None:
        """Record what a server knows now from its partner."""
        for _, message in frames(octets):
            if not isinstance(message, Contact):
                self.servers[1 - server.index].outdated = True
            if isinstance(message, BindingUpdate) and not isinstance(message, BindingAck):
                client = client_of(message)
                if message.status == Status.ACTIVE and message.state_exp > self.clock(server):
                    until = message.state_exp - int(EPOCH) - server.error
                    self.promises.tell(server.index, client, message.address, until)

    def _promise(self, server: Server, found: Answer) -> None:
        if found.kind != MessageType.ACK or not found.seconds:
            return
        server.last_served = self.now
        checks.durable(server, found, self.clock(server))
        checks.lead(server, self.servers[1 - server.index], found, self.clock(server))
        old = [written.old for written in server.disk.written if written.new[0] == found.address]
        key = self.small.packets.key_of(found.client)
        extends = not old or (old[0] is not None and _has(old[0], key, self.clock(server)))
        broken = self.promises.make(server.index, found.client, found.address, self.now, found.seconds, extends=extends)
        self.tell(f"client {found.client} has {dotted(found.address)} from the {server.name} for {found.seconds} s")
        if broken is not None:
            raise checks.Violation(broken)

    def _tell_turn(self, server: Server, event: LinkEvent | None, outputs: Outputs) -> None:
        if isinstance(event, LinkData):
            for _, message in frames(event.octets):
                self.tell(f"the {server.name} receives {_text(message)}")
        for line in outputs.lines:
            if line.id == 18100 or line.level in ("Warning", "Error"):
                self.tell(f"the {server.name}: {line.text}")

    # Ends and time

    def end(self, server: Server, how: str) -> None:
        """Let a server's process end without a message."""
        self.tell(f"the {server.name} crashes {how}".rstrip())
        server.stop()
        self.wires.vanish(server.index)

    def drain(self) -> None:
        """Let everything on the link arrive, and every server do what is due now."""
        for _ in range(MAXIMUM_TURNS):
            if not any([self._arrive_one(server) or self._due(server) for server in self.servers]):
                return
        raise checks.Violation(f"storm: {MAXIMUM_TURNS} turns at one moment")

    def _arrive_one(self, server: Server) -> bool:
        if not server.running or not self.wires.waits(server.index):
            return False
        self.turn(server, event=self.wires.taken(server.index))
        return True

    def _due(self, server: Server) -> bool:
        if not server.running or not self._deadline(server) <= self.now:
            return False
        self.turn(server)
        return True

    def _deadline(self, server: Server) -> float:
        """Return when a server's next turn is due, in true time."""
        return server.facts.deadline

    def work(self, server: Server) -> None:
        """Let a server finish work that it does in slices, without letting anything arrive."""
        for _ in range(MAXIMUM_TURNS):
            if not self._due(server):
                return
        raise checks.Violation(f"storm: the {server.name} has work without end")

    def run(self, until: int, *, connected: bool = False) -> None:
        """Let time pass; with `connected`, at most until both servers have contact."""
        self.drain()
        while self.now < until:
            if connected and all(server.communicating for server in self.servers):
                return
            due = [self._deadline(server) for server in self.servers if server.running]
            earliest = min(due, default=float("inf"))
            self.now = max(self.now + 1, min(until, int(earliest) + (earliest % 1 > 0))) if earliest < until else until
            self.drain()

    @property
    def silent(self) -> bool:
        """Whether the cable is silent."""
        return self.wires.cable is Cable.SILENT


def _has(row: Row, key: bytes, now: float) -> bool:
    """Return whether a stored row is a running lease of a client."""
    return row[1] == Status.ACTIVE and key_of(row) == key and row[4] > now


def _text(message: Message) -> str:
    return texts.message(message) if not isinstance(message, StateReport) else texts.message(message).split(" since")[0]

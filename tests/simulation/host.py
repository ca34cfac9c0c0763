"""One server: the real core in a shell of virtual things, which does with a turn what `runtime.server` does.

Whatever arrives is gathered; a turn decides on it; it is kept (`service.turn.keep`); only then does anything leave, in
the shell's order. A commit that fails lets nothing leave: the server closes its links, drops what arrives, and opens
its store again after a while. A crash can come at any of the steps of a turn.
"""

import random
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from dhcpserver.failover.effects import Close, Dial, Transmit
from dhcpserver.failover.states import State, by_number
from dhcpserver.leases.book import Book
from dhcpserver.service.core import Core
from dhcpserver.service.query import Arrival, Reply
from dhcpserver.service.turn import Command, Inputs, LinkEvent, Outputs, Stop, store_outputs
from dhcpserver.storage.errors import StoreError
from dhcpserver.wire import dhcp4, options4
from dhcpserver.wire.failover4 import Message, StateReport
from dhcpserver.wire.options4 import MessageType
from tests.simulation import words
from tests.simulation.disk import Disk
from tests.simulation.site import Site
from tests.simulation.timeline import EPOCH

if TYPE_CHECKING:
    from tests.simulation.world import World

REOPEN_INTERVAL = 5.0
"""As the shell's."""
MOVED = 18100
"""The log's message for a change of state."""


class Step(Enum):
    """Where in a turn a server can die."""

    BEFORE_DECIDING = "before it decided"
    BEFORE_STORING = "after it decided, before it stored"
    BETWEEN = "after it stored its state, before it stored its leases"
    AFTER_STORING = "after it stored, before anything left"
    WHILE_EMITTING = "after a part of it had left"


class Traced(NamedTuple):
    """A change of state, or a message sent (`> NAME`), of one server."""

    at: float
    server: str
    what: str


def _short(message: Message) -> str:
    """A message for a trace: by name, a STATE with the state that it tells."""
    if isinstance(message, StateReport):
        state = by_number(message.state)
        return f"STATE {state.value if state else message.state}"
    return words.name_of(message)


class Crash(Exception):
    """The process ends here."""


class Host:
    """One server and its machine.

    Attributes:
        name: `main` or `backup`.
        machine_on: whether the machine runs; `running`: whether the server does; `serving`: whether its store works.
        life: how often it was started.
        error: by how much its clock is ahead, seconds.
        core: the decisions, of the present life.
        arriving: failover messages completed by what was handed in and not yet decided on.
        heard: those of the present turn.
        replaced: in a turn, addresses stored in it and the row that was there before.
        before: the state before the turn.
        path: the states it has been in.
    """

    def __init__(self, world: "World", name: str, site: Site, uid: bytes) -> None:
        self.world = world
        self.name = name
        self.main = name == "main"
        self.site = site
        self.disk = Disk(uid)
        self.machine_on = True
        self.running = False
        self.serving = False
        self.life = 0
        self.error = 0.0
        self.dialling = False
        self.recover = 0
        self.core: Core
        self.arriving: list[Message] = []
        self.heard: list[Message] = []
        self.before = State.STARTUP
        self.doom: Step | None = None
        self.slowness = 0.0
        self._inputs = Inputs()
        self._wait = False
        self._numbers: list[int] = []
        self._packets: list[tuple[bytes, Arrival]] = []
        self._connections = 0
        self._scheduled = False
        self._timer = (0, 0.0)
        self.path: list[State] = []
        self._stopping: Stop | None = None
        self._tickets = 0
        self._answers: dict[int, Exception | None] = {}

    # What can be asked

    @property
    def now(self) -> float:
        """What its clock shows, Unix seconds."""
        return EPOCH + self.world.timeline.now + self.error

    @property
    def book(self) -> Book:
        """Its leases."""
        return self.core.book

    @property
    def state(self) -> State:
        """Its endpoint's state; of one that does not run, the last; without failover, that of a server alone."""
        endpoint = self.core.endpoint
        return State.PARTNER_DOWN if endpoint is None else endpoint.state

    @property
    def communicating(self) -> bool:
        """Whether it runs, serves, and hears its partner."""
        endpoint = self.core.endpoint
        return self.running and self.serving and endpoint is not None and endpoint.communications_ok

    def connection(self) -> int:
        """A number for a new connection."""
        self._connections += 1
        return self._connections

    # Life and death

    def start(self, *, startup_wait: bool = False, recover: int | None = None) -> None:
        """Start the server, with what the disk holds. `recover` becomes its `failover-recover`."""
        assert not self.running
        if recover is not None:
            self.recover = recover
        self._wait = startup_wait
        self.life += 1
        self.machine_on = self.running = True
        self.dialling = self._scheduled = False
        self._stopping = None
        self._inputs = Inputs()
        self.arriving, self._numbers = [], []
        details = [f"with failover-recover {words.moment(self.recover)}"] if self.recover else []
        details += ["with startup-wait"] if startup_wait else []
        self.world.story.tell(self.name, "starts", *details)
        self._open()

    def _open(self) -> None:
        """As the shell opens its store and begins."""
        record = self.disk.read_record()
        configuration = self.site.configuration(self.main, recover=self.recover, startup_wait=self._wait)
        self.core = Core(configuration, self.disk.uid, "simulated")
        self.disk.load(self.core.book)
        self.serving = True
        entropy = random.Random(f"{self.world.seed} {self.name} {self.life}")
        self.core.start(record, self.now, entropy)
        self.path.append(State.STARTUP)
        self.world.story.tell(self.name, "is in", self.state, f"with {len(self.disk.rows)} leases stored")
        self.world.watch.started(self)
        self._schedule()

    def crash(self, *, vanish: bool = False) -> None:
        """Die at once; with `vanish`, the machine too, so that nobody is told."""
        if not self.running:
            return
        self.running = self.serving = False
        self.doom = None
        if vanish:
            self.machine_on = False
            self.world.link.vanish(self)
        else:
            self.world.link.close_all(self)
        self.world.story.tell(self.name, "vanishes" if vanish else "dies")
        self.world.watch.died(self)

    def stop(self, *, long: bool) -> None:
        """End in order: PAUSED, or SHUTDOWN when it is for long."""
        if not self.serving:
            self._ended(self.life)
            return
        self._stopping = Stop(long)
        self.submit(self._stopping)

    def _ended(self, life: int) -> None:
        if self.running and self.life == life:
            self.world.story.tell(self.name, "has stopped")
            self.running = self.serving = False
            self.world.link.close_all(self)
            self.world.watch.died(self)

    # Gathering

    def packet(self, octets: bytes, arrival: Arrival, number: int) -> None:
        """A client's packet arrives; `number` is the same for all copies of one."""
        if self.running:
            self.world.story.tell(self.name, "hears", octets)
            self._inputs.packets.append((octets, arrival))
            self._numbers.append(number)
            self._schedule()

    def link_event(self, event: LinkEvent) -> None:
        """Something happened on the failover link."""
        if self.running:
            self._inputs.link.append(event)
            self._schedule()

    def submit(self, command: Command) -> int:
        """An operator's command; the ticket by which `answer` gives its outcome."""
        self._tickets += 1
        if self.running:
            self._inputs.commands.append((self._tickets, command))
            self._schedule()
        return self._tickets

    def answer(self, ticket: int) -> Exception | None:
        """What became of a command: None if it was carried out. KeyError: not yet."""
        return self._answers[ticket]

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            life = self.life
            self.world.timeline.after(self.slowness, lambda: self._turn(life))

    # The turn

    def _turn(self, life: int) -> None:
        if life != self.life or not self.running:
            return
        self._scheduled = False
        inputs, self._inputs = self._inputs, Inputs()
        numbers, self._numbers = self._numbers, []
        self.heard, self.arriving = self.arriving, []
        self._packets = inputs.packets
        if not self.serving:
            return  # The shell drops what arrives while its store does not work.
        now = self.now
        self.before = self.state
        self.disk.written = []
        try:
            self._dies_at(Step.BEFORE_DECIDING, bool(inputs))
            outputs = self.core.turn(now, inputs)
            self._trace(outputs)
            self.disk.before_record = lambda: self._dies_at(Step.BEFORE_STORING)
            self.disk.before_leases = lambda: self._dies_at(
                Step.BETWEEN if outputs.record is not None else Step.BEFORE_STORING
            )
            store_outputs(outputs, self.disk, self.disk)
            self.world.watch.stored(self, self.disk.written, outputs.record)
            leaves = bool(outputs.replies or outputs.link)
            self._dies_at(Step.AFTER_STORING, leaves)
            self._emit(outputs, numbers)
        except Crash as crash:
            self.world.story.tell(self.name, f"crashes {crash}")
            self.world.story.happened(f"crash {crash}")
            self.crash(vanish=self.world.entropy.random() < 0.3)
            return
        except StoreError as error:
            self._fail(str(error))
            return
        self.world.watch.turned(self, inputs, numbers, outputs)
        for packet in self._farewells():
            self.world.clients.gave_back(packet)
        self._arm(now)

    def _farewells(self) -> list[dhcp4.Packet]:
        """The RELEASEs and DECLINEs of the present turn."""
        packets = [dhcp4.parse(octets) for octets, _ in self._packets]
        return [packet for packet in packets if packet.message_type in (MessageType.RELEASE, MessageType.DECLINE)]

    def given_back(self) -> list[int]:
        """The addresses that clients said in this turn they do not use."""
        return [packet.ciaddr or packet.address(options4.REQUESTED_ADDRESS) for packet in self._farewells()]

    def _dies_at(self, step: Step, applies: bool = True) -> None:
        if self.doom is step and applies:
            raise Crash(step.value)

    def _emit(self, outputs: Outputs, numbers: list[int]) -> None:
        left = len(outputs.replies) + len(outputs.link)
        if self.doom is Step.WHILE_EMITTING and left:
            left = self.world.entropy.randrange(left)
        for reply in outputs.replies:
            self._leaving(left)
            left -= 1
            self._reply(reply)
        for effect in outputs.link:
            self._leaving(left)
            left -= 1
            if isinstance(effect, Transmit):
                self._transmit(effect)
            elif isinstance(effect, Dial):
                self.world.link.dial(self)
            elif isinstance(effect, Close):
                self.world.link.close(self, effect.connection)
        for ticket, refusal in outputs.answers:
            self._answers[ticket] = refusal
            if refusal is not None:
                self.world.story.tell(self.name, f"refuses: {refusal}")
        if outputs.answers and self._stopping is not None:
            self._leave(self._stopping, self.life)

    def _leaving(self, left: int) -> None:
        if not left:
            raise Crash(Step.WHILE_EMITTING.value)

    def _leave(self, stop: Stop, life: int, waited: float = 0.0) -> None:
        """After a stop: at once, or when the partner has said that it took over."""
        endpoint = self.core.endpoint
        if endpoint is None or not stop.long or endpoint.stopped or waited > 4:
            self._ended(life)
        else:
            self.world.timeline.after(0.5, lambda: self._leave(stop, life, waited + 0.5) if self.life == life else None)

    def _reply(self, reply: Reply) -> None:
        packet = dhcp4.parse(reply.octets)
        self.world.story.tell(self.name, "sends", reply.octets)
        self.world.watch.replied(self, packet)
        self.world.clients.answered(self, packet)

    def _transmit(self, effect: Transmit) -> None:
        for message in self.world.link.transmit(self, effect.connection, effect.data):
            self.world.story.tell(self.name, "tells the partner", message)
            self.world.story.happened(f"message {words.name_of(message)}")
            self.world.trace.append(Traced(self.world.timeline.now, self.name, f"> {_short(message)}"))
            self.world.watch.told(self, message)

    def _trace(self, outputs: Outputs) -> None:
        """Changes of state, from the server's own log, and whatever it warns of."""
        for line in outputs.lines:
            if line.id == MOVED:
                self.world.story.tell(self.name, "changes:", line.text)
                self.path.append(State(line.text.split(" -> ")[1].split(",")[0]))
                self.world.story.happened(f"state {self.name} {self.path[-1].value}")
                self.world.trace.append(Traced(self.world.timeline.now, self.name, self.path[-1].value))
            elif line.level in ("Warning", "Error"):
                self.world.story.tell(self.name, "logs:", line.text)

    def _arm(self, now: float) -> None:
        """As the shell: see to a turn at the core's deadline; a timer that is early enough is left alone."""
        deadline = self.core.deadline()
        if deadline is None or not self.running:
            return
        timeline = self.world.timeline
        at = timeline.now + max(deadline - now, 0.0)
        number, armed = self._timer
        if timeline.now < armed <= at and number == self.life:
            return
        self._timer = (self.life, at)
        timeline.after(at - timeline.now, self._ticker(self.life, at))

    def _ticker(self, life: int, at: float) -> Callable[[], None]:
        def tick() -> None:
            if self._timer == (life, at):
                self._timer = (life, 0.0)
                if self.running and self.life == life:
                    self._schedule()

        return tick

    # When the disk fails

    def _fail(self, reason: str) -> None:
        self.world.story.tell(self.name, f"serves no more: {reason}; what it decided is lost")
        self.world.story.happened("fault store")
        self.serving = False
        self.world.link.close_all(self)
        self.world.watch.died(self)
        life = self.life
        if self._stopping is not None:
            self._ended(life)
        self.world.timeline.after(REOPEN_INTERVAL, lambda: self._reopen(life))

    def _reopen(self, life: int) -> None:
        if not self.running or self.life != life:
            return
        if self.disk.full or self.disk.stuck:
            self.world.timeline.after(REOPEN_INTERVAL, lambda: self._reopen(life))
            return
        self.world.story.tell(self.name, "reads its store again")
        self._open()

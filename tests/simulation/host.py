"""One server: the real core in a simulated shell, which processes a turn like `runtime.server`.

Inputs are gathered, a turn decides, its outputs are stored (`service.turn.keep`), and only then are they emitted, in
the shell's order. After a failed commit nothing is emitted: the server closes its connections, drops inputs, and opens
its store again after a while. A crash can happen at each step of a turn.
"""

import random
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from dhcpserver.failover.effects import Close, Dial, Transmit
from dhcpserver.failover.states import State, by_number
from dhcpserver.leases.book import Book
from dhcpserver.service.core import Core
from dhcpserver.service.query import Arrival
from dhcpserver.service.turn import Command, Inputs, LinkEvent, Moment, Outputs, Stop, store_outputs
from dhcpserver.service.v6.query import Arrival6
from dhcpserver.storage.errors import StoreError
from dhcpserver.wire.failover4 import Message, StateReport
from tests.simulation import texts
from tests.simulation.disk import Disk
from tests.simulation.roles import configuration_of
from tests.simulation.runlog import Packet6
from tests.simulation.site import Site
from tests.simulation.timeline import EPOCH
from tests.simulation.traffic import Traffic

if TYPE_CHECKING:
    from tests.simulation.world import World

REOPEN_INTERVAL = 5.0
"""The same as the shell's."""
STATE_CHANGED = 18100
"""The message id of a change of state."""


class CrashPoint(Enum):
    """The steps of a turn at which a server can crash."""

    BEFORE_DECIDING = "before the decision"
    BEFORE_STORING = "after the decision, before storing"
    BETWEEN = "after the state was stored, before the leases"
    AFTER_STORING = "after storing, before emitting"
    WHILE_EMITTING = "while emitting"


class TraceEntry(NamedTuple):
    """A change of state, or a message sent (`> NAME`), of one server."""

    at: float
    server: str
    what: str


def _short(message: Message) -> str:
    """Return a message's text for the trace: its name; for STATE, with the state."""
    if isinstance(message, StateReport):
        state = by_number(message.state)
        return f"STATE {state.value if state else message.state}"
    return texts.name_of(message)


class Crash(Exception):
    """The process ends here."""


class Host:
    """One server and its machine.

    Attributes:
        name: `main` or `backup`, its first role. main: whether it has the main's role now; see `roles`.
        machine_on: whether the machine runs; `running`: whether the server does; `serving`: whether its store works.
        life: how often it was started.
        error: by how much its clock is ahead, seconds.
        core: the core of the present life.
        arriving: failover messages that have arrived since the last turn.
        received: those that the present turn decides on.
        before: the state before the turn.
        crash_point: the step at which it crashes next, None for none.
        slowness: the delay of its turns.
        path: the states that it has been in. copied_at: when a copy that silently replaced its data was made.
    """

    def __init__(self, world: "World", name: str, site: Site, uid: bytes) -> None:
        self.world = world
        self.name = name
        self.main = name == "main"
        self.site = site
        self.disk = Disk(uid)
        self.machine_on = True
        self.running = self.serving = False
        self.life = 0
        self.error = 0.0
        self.dialling = False
        self.recover = 0
        self.copied_at: float | None = None
        self.core: Core
        self.arriving: list[Message] = []
        self.received: list[Message] = []
        self.before = State.STARTUP
        self.crash_point: CrashPoint | None = None
        self.slowness = 0.0
        self._inputs = Inputs()
        self._wait = False
        self.traffic = Traffic(self)
        self._connections = 0
        self._scheduled = False
        self._timer = (0, 0.0)
        self.path: list[State] = []
        self._stopping: Stop | None = None
        self._tickets = 0
        self._answers: dict[int, Exception | None] = {}

    # Facts

    @property
    def now(self) -> float:
        """The time of its clock, Unix seconds."""
        return EPOCH + self.world.timeline.now + self.error

    @property
    def moment(self) -> Moment:
        """The time by both clocks. The steady clock has another origin in every life."""
        return Moment(self.now, self.world.timeline.now + 1000.0 * self.life)

    @property
    def book(self) -> Book:
        """Its leases."""
        return self.core.book

    @property
    def state(self) -> State:
        """Its endpoint's state; the last one if it does not run, and PARTNER-DOWN without failover."""
        endpoint = self.core.endpoint
        return State.PARTNER_DOWN if endpoint is None else endpoint.state

    @property
    def communicating(self) -> bool:
        """Whether it runs, serves, and has contact with its partner."""
        return self.running and self.serving and self.core.endpoint is not None and self.core.endpoint.communications_ok

    def connection(self) -> int:
        """Return a number for a new connection."""
        self._connections += 1
        return self._connections

    # Start and stop

    def start(self, *, startup_wait: bool = False, recover: int | None = None) -> None:
        """Start the server with the data on its disk. `recover` becomes its `failover-recover`."""
        assert not self.running
        if recover is not None:
            self.recover = recover
        self._wait = startup_wait
        self.life += 1
        self.machine_on = self.running = True
        self.dialling = self._scheduled = False
        self._stopping = None
        self._inputs = Inputs()
        self.arriving = []
        self.traffic.start()
        details = [f"with failover-recover {texts.moment(self.recover)}"] if self.recover else []
        details += ["with startup-wait"] if startup_wait else []
        self.world.log.add(self.name, "starts", *details)
        self._open()

    def _open(self) -> None:
        """Open the store and start the core, like the shell."""
        record = self.disk.read_record()
        configuration = configuration_of(self, recover=self.recover, startup_wait=self._wait)
        self.core = Core(configuration, self.disk.uid, "simulated")
        self.disk.load(self.core.book)
        self.serving = True
        self.core.start(record, self.moment, random.Random(f"{self.world.seed} {self.name} {self.life}"))
        self.path.append(State.STARTUP)
        self.world.log.add(self.name, "is in", self.state, f"with {len(self.disk.rows)} leases stored")
        self.world.checker.started(self)
        self._schedule()

    def crash(self, *, vanish: bool = False) -> None:
        """Crash; with `vanish`, the machine too, so that the partner receives no end of the connection."""
        if not self.running:
            return
        self.running = self.serving = False
        self.crash_point = None
        if vanish:
            self.machine_on = False
            self.world.link.vanish(self)
        else:
            self.world.link.close_all(self)
        self.world.log.add(self.name, "vanishes" if vanish else "crashes")
        self.world.checker.stopped(self)

    def stop(self, *, long: bool) -> None:
        """Stop in order: PAUSED, or SHUTDOWN with `long`."""
        if not self.serving:
            self._ended(self.life)
            return
        self._stopping = Stop(long)
        self.submit(self._stopping)

    def _ended(self, life: int) -> None:
        if self.running and self.life == life:
            self.world.log.add(self.name, "has stopped")
            self.running = self.serving = False
            self.world.link.close_all(self)
            self.world.checker.stopped(self)

    # Inputs

    def packet(self, octets: bytes, arrival: Arrival, number: int) -> None:
        """Handle a client's packet that arrives; `number` is the same for all copies of one."""
        if self.running:
            self.world.log.add(self.name, "receives", octets)
            self._inputs.packets.append((octets, arrival))
            self.traffic.note(4, number)
            self._schedule()

    def packet6(self, octets: bytes, arrival: Arrival6, number: int) -> None:
        """Handle a DHCPv6 packet that arrives; see `packet`."""
        if self.running:
            self.world.log.add(self.name, "receives", Packet6(octets))
            self._inputs.packets6.append((octets, arrival))
            self.traffic.note(6, number)
            self._schedule()

    def link_event(self, event: LinkEvent) -> None:
        """Handle an event of the failover link."""
        if self.running:
            self._inputs.link.append(event)
            self._schedule()

    def submit(self, command: Command) -> int:
        """Submit an operator's command; return the ticket for `answer`."""
        self._tickets += 1
        if self.running:
            self._inputs.commands.append((self._tickets, command))
            self._schedule()
        return self._tickets

    def answer(self, ticket: int) -> Exception | None:
        """Return the outcome of a command: None if it was executed. Raises KeyError while it is pending."""
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
        self.traffic.begin(inputs)
        self.received, self.arriving = self.arriving, []
        if not self.serving:
            return  # The shell drops inputs while its store does not work.
        moment = self.moment
        self.before = self.state
        self.disk.written = []
        try:
            self._crash_at(CrashPoint.BEFORE_DECIDING, bool(inputs))
            outputs = self.core.turn(moment, inputs)
            self._trace(outputs)
            self.disk.before_record = lambda: self._crash_at(CrashPoint.BEFORE_STORING)
            self.disk.before_leases = lambda: self._crash_at(
                CrashPoint.BETWEEN if outputs.record is not None else CrashPoint.BEFORE_STORING
            )
            store_outputs(outputs, self.disk, self.disk)
            self.world.checker.stored(self, self.disk.written, outputs.record)
            leaves = bool(outputs.replies or outputs.replies6 or outputs.link)
            self._crash_at(CrashPoint.AFTER_STORING, leaves)
            self._emit(outputs)
        except Crash as crash:
            self.world.log.add(self.name, f"crashes {crash}")
            self.world.log.count(f"crash {crash}")
            self.crash(vanish=self.world.entropy.random() < 0.3)
            return
        except StoreError as error:
            self._fail(str(error))
            return
        self.world.checker.turned(self, inputs, self.traffic.numbers, outputs)
        self.traffic.end_leases()
        self._arm(moment.steady)

    def returned_addresses(self) -> list[int]:
        """Return the addresses and prefixes that clients released or declined in this turn."""
        return self.traffic.returned()

    def _crash_at(self, step: CrashPoint, applies: bool = True) -> None:
        if self.crash_point is step and applies:
            raise Crash(step.value)

    def _emit(self, outputs: Outputs) -> None:
        left = len(outputs.replies) + len(outputs.replies6) + len(outputs.link)
        if self.crash_point is CrashPoint.WHILE_EMITTING and left:
            left = self.world.entropy.randrange(left)
        for reply in outputs.replies:
            self._leaving(left)
            left -= 1
            self.traffic.reply(reply)
        for reply6 in outputs.replies6:
            self._leaving(left)
            left -= 1
            self.traffic.reply6(reply6)
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
                self.world.log.add(self.name, f"refuses: {refusal}")
        if outputs.answers and self._stopping is not None:
            self._leave(self._stopping, self.life)

    def _leaving(self, left: int) -> None:
        if not left:
            raise Crash(CrashPoint.WHILE_EMITTING.value)

    def _leave(self, stop: Stop, life: int, waited: float = 0.0) -> None:
        """Exit after a stop: at once, or when the partner has reported PARTNER-DOWN."""
        endpoint = self.core.endpoint
        if endpoint is None or not stop.long or endpoint.stopped or waited > 4:
            self._ended(life)
        else:
            self.world.timeline.after(0.5, lambda: self._leave(stop, life, waited + 0.5) if self.life == life else None)

    def _transmit(self, effect: Transmit) -> None:
        for message in self.world.link.transmit(self, effect.connection, effect.data):
            self.world.log.add(self.name, "sends to the partner", message)
            self.world.log.count(f"message {texts.name_of(message)}{texts.family_of(message)}")
            self.world.trace.append(TraceEntry(self.world.timeline.now, self.name, f"> {_short(message)}"))
            self.world.checker.message_sent(self, message)

    def _trace(self, outputs: Outputs) -> None:
        """Record the changes of state, warnings and errors of the server's log."""
        for line in outputs.lines:
            if line.id == STATE_CHANGED:
                self.world.log.add(self.name, "changes:", line.text)
                self.path.append(State(line.text.split(" -> ")[1].split(",")[0]))
                self.world.log.count(f"state {self.name} {self.path[-1].value}")
                self.world.trace.append(TraceEntry(self.world.timeline.now, self.name, self.path[-1].value))
            elif line.level in ("Warning", "Error"):
                self.world.log.add(self.name, "logs:", line.text)

    def _arm(self, now: float) -> None:
        """Schedule a turn at the core's deadline, like the shell; an earlier timer stays."""
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

    # Disk failures

    def _fail(self, reason: str) -> None:
        self.world.log.add(self.name, f"stops serving: {reason}; its decisions are lost")
        self.world.log.count("fault store")
        self.serving = False
        self.world.link.close_all(self)
        self.world.checker.stopped(self)
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
        self.world.log.add(self.name, "reads its store again")
        self._open()

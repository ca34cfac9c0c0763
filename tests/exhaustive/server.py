"""One server of a small world: the core of its present life, its disk and a saved copy of the disk."""

import copy
from math import inf
from typing import NamedTuple

from dhcpserver.failover.endpoint import Endpoint
from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.failover.states import State
from dhcpserver.leases.book import Book
from dhcpserver.leases.keys import text_of
from dhcpserver.service.core import Core
from dhcpserver.service.turn import Moment
from tests.exhaustive.small import NAMES, UIDS, Small, configuration
from tests.exhaustive.snapshot import Middle, frozen, thawed
from tests.simulation.disk import Disk, Image
from tests.simulation.timeline import EPOCH


class SmallDisk(Disk):
    """A disk that converts the failover state only when it is read."""

    def write_record(self, record: FailoverRecord) -> None:
        """Store the record."""
        self.record = record

    def read_record(self) -> FailoverRecord | None:
        """Return the record as a process reads it."""
        if self.record is not None:
            self.record = FailoverRecord.from_json(self.record.as_json())
        return self.record

    def image(self, taken: int) -> Image:
        """Return a copy."""
        return Image(taken, self.uid, dict(self.rows), None if self.record is None else self.record.as_json())

    def restore(self, image: Image) -> None:
        """Put a copy in the place of the present data."""
        super().restore(image)
        self.record = None if image.record is None else FailoverRecord.from_json(image.record)


class Facts(NamedTuple):
    """A server's state, whether it has contact, and when its next turn is due, in true time."""

    state: State
    connected: bool
    deadline: float


class Server:
    """A server. A fork shares the frozen core and the rows of the disk until it changes them.

    Attributes:
        index: 0 for the main, 1 for the backup.
        running: whether the process runs.
        error: by how many seconds its clock is ahead of true time.
        image: a saved copy of the disk, None without one.
        outdated: whether the partner has received anything but CONTACT since the copy was made, so that it can tell
            that the copy is older.
        replaced: whether the disk was put back to a copy, and the server has not been NORMAL since.
        last_served: when it last acknowledged a lease, true time.
    """

    __slots__ = (
        "_blob",
        "_facts",
        "_live",
        "disk",
        "error",
        "image",
        "index",
        "last_served",
        "outdated",
        "replaced",
        "running",
        "small",
    )

    def __init__(self, small: Small, index: int) -> None:
        self.small = small
        self.index = index
        self.disk = SmallDisk(UIDS[index])
        self.image: Image | None = None
        self.outdated = False
        self.running = False
        self.error = 0
        self.replaced = False
        self.last_served = 0
        self._blob: bytes | None = None
        self._live: Core | None = None
        self._facts: Facts | None = None

    @property
    def name(self) -> str:
        """Its role."""
        return NAMES[self.index]

    @property
    def blob(self) -> bytes | None:
        """Its frozen core; None if the core was changed since, or does not run."""
        return self._blob

    @property
    def core(self) -> Core:
        """The core, which may be read only."""
        if self._live is None:
            assert self._blob is not None
            self._live = thawed(self._blob)
        return self._live

    def changing(self) -> Core:
        """Return the core to change it."""
        core = self.core
        self._blob = self._facts = None
        return core

    def changed(self) -> None:
        """Forget the facts: the core took a turn."""
        self._facts = None

    @property
    def facts(self) -> "Facts":
        """What is read often; kept while the core is frozen."""
        if self._facts is None:
            endpoint, deadline = self.endpoint, self.core.deadline()
            self._facts = Facts(endpoint.state, endpoint.communications_ok, inf if deadline is None else deadline)
        return self._facts

    @property
    def endpoint(self) -> Endpoint:
        """The failover endpoint."""
        endpoint = self.core.endpoint
        assert endpoint is not None
        return endpoint

    @property
    def state(self) -> State:
        """The endpoint's state."""
        return self.facts.state

    @property
    def communicating(self) -> bool:
        """Whether it runs and has contact with its partner."""
        return self.running and self.facts.connected

    @property
    def book(self) -> Book:
        """Its leases."""
        return self.core.book

    def moment(self, now: int) -> Moment:
        """Return a true time by its two clocks."""
        return Moment(EPOCH + now + self.error, float(now))

    def start(self, now: int) -> None:
        """Start the server with what is on its disk."""
        record = self.disk.read_record()
        core = Core(configuration(self.small, self.index == 0), self.disk.uid, "explored")
        core.watch.next_check = inf  # Thresholds and statistics are not explored.
        self.disk.load(core.book)
        core.start(record, self.moment(now), Middle())
        self.running = True
        self._live, self._blob, self._facts = core, None, None

    def stop(self) -> None:
        """End the process."""
        self.running = False
        self._live = self._blob = self._facts = None

    def freeze(self) -> None:
        """Freeze the core, so that forks can share it."""
        if self.running and self._blob is None:
            assert self._live is not None
            assert self.facts is not None
            self._blob = frozen(self._live)
        self._live = None

    def fork(self) -> "Server":
        """Return a copy of a frozen server."""
        other = copy.copy(self)
        other._live = None  # Each fork has a core of its own as soon as it reads it.
        other.disk = copy.copy(self.disk)
        other.disk.rows = dict(self.disk.rows)
        other.disk.written = []
        return other


def dotted(address: int) -> str:
    """Return an address or prefix as text."""
    return text_of(address)

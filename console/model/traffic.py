"""Parts of a server's facts: its clients, its way to the partner, its binding updates, its counted changes of state."""

from dataclasses import dataclass

from console.model.phases import Phase


@dataclass(frozen=True, slots=True)
class Leads:
    """A sample of a pool's leases: how many were looked at, how many would get no more than MCLT at their next renewal,
    and all of them counted by the lead that is left. `edges` are the lower ends of the classes after the first, in
    seconds; empty where the server does not report them."""

    sampled: int
    limited: int
    classes: tuple[int, ...]
    edges: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Relay:
    """A relay that sent requests; `address` is None for clients without a relay."""

    address: str | None
    last: float | None
    clients_5m: int


@dataclass(frozen=True, slots=True)
class Traffic:
    """Requests since the server started. `no_address`: of new clients for which no address was available."""

    since: float | None
    requests: int
    no_address: int
    relays: tuple[Relay, ...]


@dataclass(frozen=True, slots=True)
class Transport:
    """The last attempt to reach the partner over one transport: connected, failed, overtaken or trying."""

    name: str
    at: float | None
    remote: str
    outcome: str
    error: str | None
    errno: int | None


@dataclass(frozen=True, slots=True)
class Updates:
    """Binding updates since the server started."""

    sent: int
    acked: int
    rejected: int
    received: int
    refused: int


@dataclass(frozen=True, slots=True)
class SeenChange:
    """A change of state that a counter showed: what was entered, and when this console saw it. It does not say that the
    server is still in that state."""

    phase: Phase
    word: str
    at: float


@dataclass(frozen=True, slots=True)
class ChangeCount:
    """How often a server entered a state since it started. `word` is its own for the state."""

    word: str
    count: int


@dataclass(frozen=True, slots=True)
class CountedChanges:
    """The counts of a make that counts changes of state and does not report the state. `last` is the last change since
    `since`, when this console began to count."""

    counts: tuple[ChangeCount, ...]
    last: SeenChange | None
    since: float

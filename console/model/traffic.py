"""Parts of a server's facts: its clients, its way to the partner, its binding updates."""

from dataclasses import dataclass


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

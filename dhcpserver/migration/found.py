"""What was found in the files of another server, in one form for all of them.

Nothing is dropped without a word: what has no counterpart, or cannot be read, is a `Lost` with its place.
"""

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import NamedTuple

FOREVER = float("inf")
"""The end of a lease that does not end."""

ETHERNET = 1
"""The hardware type of Ethernet (RFC 1700), which the files of these servers do not write."""

Value = str | int | bool | list[str] | list[int]


class MigrationError(ValueError):
    """A file that cannot be read at all: which, where, and why."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Something that was not carried over: file and line, and why."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


@dataclass(frozen=True, slots=True)
class FoundOption:
    """An option by its number or by the name that it has there."""

    key: str | int
    value: Value
    place: str


class LeaseTimes(NamedTuple):
    """The lease time of clients that request none, and bounds of what they request, in seconds; None: not set.

    Without bounds a client gets the first one, whatever it requests.
    """

    seconds: int | None = None
    shortest: int | None = None
    longest: int | None = None

    @property
    def bounded(self) -> bool:
        return self.shortest is not None or self.longest is not None


UNSET = LeaseTimes()


@dataclass(slots=True)
class FoundReservation:
    """An address of one client: by its hardware address (`02:00:...`) or its identifier (hexadecimal).

    Or of a port: by circuit ID and remote ID, in the form that the configuration has (text, or `hex:` and octets).
    """

    address: IPv4Address
    place: str
    mac: str | None = None
    client_id: str | None = None
    circuit_id: str | None = None
    remote_id: str | None = None
    options: list[FoundOption] = field(default_factory=list)


@dataclass(slots=True)
class FoundScope:
    """A subnet with its ranges. `authoritative`: clients with an address of another link get a NAK."""

    name: str
    subnet: IPv4Network
    place: str
    ranges: list[tuple[IPv4Address, IPv4Address]] = field(default_factory=list)
    options: list[FoundOption] = field(default_factory=list)
    times: LeaseTimes = UNSET
    authoritative: bool = True
    reservations: list[FoundReservation] = field(default_factory=list)
    network: str | None = None
    """The shared network that it belongs to."""
    relays: list[IPv4Network] = field(default_factory=list)
    """Further networks of relays."""
    active: bool = True


@dataclass(frozen=True, slots=True)
class FoundDefinition:
    """An option that the files define, with a type of this server."""

    code: int
    name: str
    type: str
    repeat: bool
    place: str


@dataclass(frozen=True, slots=True)
class FoundPair:
    """A failover relationship. `main`: whether the file is that of the main server."""

    name: str
    main: bool
    own_address: IPv4Address | None
    partner_address: IPv4Address | None
    mclt: int | None
    place: str


@dataclass(slots=True)
class Found:
    """Everything of a configuration."""

    options: list[FoundOption] = field(default_factory=list)
    times: LeaseTimes = UNSET
    scopes: list[FoundScope] = field(default_factory=list)
    reservations: list[FoundReservation] = field(default_factory=list)
    """Those that name no subnet; each is put into the scope of its address."""
    definitions: list[FoundDefinition] = field(default_factory=list)
    pair: FoundPair | None = None
    interfaces: list[str] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)

    def lose(self, place: str, text: str) -> None:
        """Note what is not carried over."""
        self.lost.append(Lost(place, text))


@dataclass(frozen=True, slots=True)
class FoundLease:
    """A lease. Times: Unix seconds."""

    address: IPv4Address
    hardware: bytes
    """Hardware type and address; empty if it is unknown."""
    client_id: bytes | None
    starts: float
    ends: float
    host_name: str = ""
    declined: bool = False


@dataclass(slots=True)
class FoundLeases:
    """The last state of each address, and the lines that could not be read."""

    leases: dict[IPv4Address, FoundLease] = field(default_factory=dict)
    lost: list[Lost] = field(default_factory=list)

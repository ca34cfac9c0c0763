"""The events that a check can observe. A check overrides the methods that it needs."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from dhcpserver.failover.codec import LONGEST_XID
from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.service.turn import Inputs, Outputs
from dhcpserver.wire.dhcp6 import Message as Message6
from dhcpserver.wire.failover4 import Message
from dhcpserver.wire.failover4_bindings import BindingUpdate
from tests.simulation.disk import Written

if TYPE_CHECKING:
    from tests.simulation.host import Host
    from tests.simulation.world import World


class Violation(AssertionError):
    """An invariant does not hold. `name` is its name, I1 to I12."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}")
        self.name = name


class Granted(NamedTuple):
    """A lease in a reply to a client.

    Attributes:
        address: its key in the book; `key`: the client's.
        seconds: how long it is valid, infinity for ever. preferred: the preferred lifetime, for DHCPv4 the same.
        expected: whether the client waits for the reply: it has not given up the address since its request.
    """

    address: int
    key: bytes
    seconds: float
    preferred: float
    expected: bool


def update_of(message: BindingUpdate) -> tuple[int, int]:
    """Return what an update and its acknowledgement have in common. RFC 8156 has a part of the number only."""
    return message.address, message.xid & LONGEST_XID


class Check:
    """One invariant, for one world. Raises Violation."""

    name = "I0"

    def __init__(self, world: "World") -> None:
        self.world = world

    def fail(self, text: str) -> None:
        """Raise Violation."""
        raise Violation(self.name, text)

    def started(self, host: "Host") -> None:
        """A server has read its store: at the start, or after a disk failure."""

    def stopped(self, host: "Host") -> None:
        """A server ended, or stopped serving."""

    def data_replaced(self, host: "Host") -> None:
        """The disk of a stopped server was lost or restored."""

    def stored(self, host: "Host", written: Sequence[Written], record: FailoverRecord | None) -> None:
        """The decisions of a turn are on disk; none of its outputs was emitted."""

    def replied(self, host: "Host", served: bool) -> None:
        """A reply was sent; `served`: it is an ACK, a BOOTREPLY or a REPLY, and not an offer or a NAK."""

    def granted(self, host: "Host", lease: Granted) -> None:
        """A reply was sent, and it has this lease."""

    def answered(self, host: "Host", message: Message6) -> None:
        """A DHCPv6 message was sent to a client."""

    def message_sent(self, host: "Host", message: Message) -> None:
        """A failover message was sent."""

    def turned(self, host: "Host", inputs: Inputs, numbers: Sequence[int], outputs: Outputs) -> None:
        """A turn has ended. `numbers` belong to the packets of the inputs; see Lan.copies."""

    def lease_ended(self, key: bytes, address: int) -> None:
        """A client no longer uses an address: it released or declined it, or got a NAK.

        Called when the RELEASE or DECLINE is sent, and again when a server has processed it: an ACK to an earlier
        request may be sent in between, which the client ignores.
        """

    def site_changed(self) -> None:
        """The configuration of the pair changed; both servers start again with it."""


class CheckRunner(Check):
    """Passes each event to the checks that override its method."""

    def __init__(self, world: "World", checks: Sequence[Check]) -> None:
        super().__init__(world)
        for hook in HOOKS:
            plain = getattr(Check, hook)
            setattr(self, hook, _all([getattr(one, hook) for one in checks if getattr(type(one), hook) is not plain]))


HOOKS = (
    "started",
    "stopped",
    "data_replaced",
    "stored",
    "replied",
    "granted",
    "answered",
    "message_sent",
    "turned",
    "lease_ended",
    "site_changed",
)


def _all(wanted: Sequence[Callable[..., None]]) -> Callable[..., None]:
    """Return one function that calls all of them."""

    def call(*arguments: object) -> None:
        for one in wanted:
            one(*arguments)

    return call

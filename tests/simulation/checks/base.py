"""What a check can watch; it overrides what it needs."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.service.turn import Inputs, Outputs
from dhcpserver.wire.dhcp4 import Packet
from dhcpserver.wire.failover4 import Message
from tests.simulation.disk import Written

if TYPE_CHECKING:
    from tests.simulation.host import Host
    from tests.simulation.world import World


class Violation(AssertionError):
    """An invariant does not hold. `name` is which: I1 to I11."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}")
        self.name = name


class Check:
    """One invariant, watching a world. Raises Violation."""

    name = "I0"

    def __init__(self, world: "World") -> None:
        self.world = world

    def fail(self, text: str) -> None:
        """It does not hold."""
        raise Violation(self.name, text)

    def started(self, host: "Host") -> None:
        """A server has read its store: at start, or after its disk failed."""

    def died(self, host: "Host") -> None:
        """A server ended, or stopped serving."""

    def renewed(self, host: "Host") -> None:
        """The disk of a server that is down was lost or set back."""

    def stored(self, host: "Host", written: Sequence[Written], record: FailoverRecord | None) -> None:
        """A turn's decisions are on disk; nothing of it has left."""

    def replied(self, host: "Host", packet: Packet) -> None:
        """A reply left."""

    def told(self, host: "Host", message: Message) -> None:
        """A failover message left."""

    def turned(self, host: "Host", inputs: Inputs, numbers: Sequence[int], outputs: Outputs) -> None:
        """A turn is over. `numbers` belong to the packets of the inputs; see Lan.copies."""

    def ended(self, key: bytes, address: int) -> None:
        """A client no longer uses an address: it gave it back, declined it, or was refused.

        Said when a RELEASE or DECLINE is sent, and again when a server has decided on it: an ACK to what the client
        said before may have left in between, and finds nobody.
        """

    def changed_site(self) -> None:
        """The configuration of the pair changed; both servers start anew with it."""


class Watch(Check):
    """Passes everything on to the checks that want it."""

    def __init__(self, world: "World", checks: Sequence[Check]) -> None:
        super().__init__(world)
        for hook in HOOKS:
            plain = getattr(Check, hook)
            setattr(self, hook, _all([getattr(one, hook) for one in checks if getattr(type(one), hook) is not plain]))


HOOKS = ("started", "died", "renewed", "stored", "replied", "told", "turned", "ended", "changed_site")


def _all(wanted: Sequence[Callable[..., None]]) -> Callable[..., None]:
    """One call for many."""

    def call(*arguments: object) -> None:
        for one in wanted:
            one(*arguments)

    return call

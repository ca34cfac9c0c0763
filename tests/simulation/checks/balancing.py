"""I11: with load balancing in NORMAL, a DISCOVER that reaches both servers is answered by exactly one.

Turns in which a server found no address are left out: they are known by its counters.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dhcpserver.failover.states import State
from dhcpserver.service.turn import Inputs, Outputs
from dhcpserver.wire import dhcp4
from dhcpserver.wire.options4 import MessageType
from tests.simulation import words
from tests.simulation.checks.base import Check

if TYPE_CHECKING:
    from tests.simulation.host import Host
    from tests.simulation.world import World


class OneAnswer(Check):
    """Compares what both servers did with one packet."""

    name = "I11"

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self._answered: dict[int, dict[str, bool]] = {}
        self._without_address: dict[str, int] = {}

    def changed_site(self) -> None:
        """What was decided under another configuration says nothing."""
        self._answered.clear()

    def turned(self, host: "Host", inputs: Inputs, numbers: Sequence[int], outputs: Outputs) -> None:
        """Only turns that are NORMAL from begin to end, and decide on nothing but packets, are compared."""
        dropped = host.core.counters.dropped.get("no-address", 0)
        exhausted = dropped != self._without_address.get(host.name, 0)
        self._without_address[host.name] = dropped
        if not inputs.packets or exhausted or not self.world.site.load_balancing:
            return
        if not host.communicating or host.state is not State.NORMAL or host.before is not State.NORMAL or inputs.link:
            return
        replied = {(reply.octets[4:8], reply.octets[28:34]) for reply in outputs.replies}
        for (octets, _), number in zip(inputs.packets, numbers, strict=True):
            packet = dhcp4.parse(octets)
            if packet.message_type != MessageType.DISCOVER:
                continue
            answered = (octets[4:8], octets[28:34]) in replied
            known = self._answered.setdefault(number, {})
            known[host.name] = known.get(host.name, False) or answered
            if len(known) == 2 and sum(known.values()) != 1:
                who = words.client(packet.chaddr)
                how = "both servers" if all(known.values()) else "nobody"
                self.fail(f"DISCOVER of {who} is answered by {how}")

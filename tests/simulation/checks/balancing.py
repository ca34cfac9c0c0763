"""I11: with load balancing in NORMAL, exactly one server answers a DISCOVER that reaches both.

Turns in which a server found no address, by its counters, are ignored.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dhcpserver.failover.states import State
from dhcpserver.service.turn import Inputs, Outputs
from dhcpserver.wire import dhcp4
from dhcpserver.wire.options4 import MessageType
from tests.simulation import texts
from tests.simulation.checks.base import Check

if TYPE_CHECKING:
    from tests.simulation.host import Host
    from tests.simulation.world import World


class OneAnswer(Check):
    """Compares the answers of both servers to one packet."""

    name = "I11"

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self._answered: dict[int, dict[str, bool]] = {}
        self._without_address: dict[str, int] = {}

    def site_changed(self) -> None:
        """Ignore decisions under the previous configuration."""
        self._answered.clear()

    def turned(self, host: "Host", inputs: Inputs, numbers: Sequence[int], outputs: Outputs) -> None:
        """Compare turns that begin and end in NORMAL and decide only on packets."""
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
            deliver_reply = (octets[4:8], octets[28:34]) in replied
            known = self._answered.setdefault(number, {})
            known[host.name] = known.get(host.name, False) or deliver_reply
            if len(known) == 2 and sum(known.values()) != 1:
                who = texts.client(packet.chaddr)
                how = "both servers" if all(known.values()) else "no server"
                self.fail(f"DISCOVER of {who} is answered by {how}")

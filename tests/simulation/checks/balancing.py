"""I11: with load balancing in NORMAL, exactly one server answers a DISCOVER or SOLICIT that reaches both.

A DISCOVER is ignored if a server found no address in its turn, by its counters; a SOLICIT is answered then too.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dhcpserver.failover.states import State
from dhcpserver.service.turn import Inputs, Outputs
from dhcpserver.wire import dhcp4, dhcp6
from dhcpserver.wire.dhcp6options import MessageType6
from dhcpserver.wire.options4 import MessageType
from tests.simulation import texts, texts6
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
        if not self.world.site.load_balancing or not numbers:
            return
        if not host.communicating or host.state is not State.NORMAL or host.before is not State.NORMAL or inputs.link:
            return
        if not exhausted:
            replied = {(reply.octets[4:8], reply.octets[28:34]) for reply in outputs.replies}
            for (octets, _), number in zip(inputs.packets, numbers, strict=False):
                packet = dhcp4.parse(octets)
                if packet.message_type == MessageType.DISCOVER:
                    answered = (octets[4:8], octets[28:34]) in replied
                    self._compare(host, number, answered, f"DISCOVER of {texts.client(packet.chaddr)}")
        v6 = self.world.site.v6
        if v6 is not None and v6.shared:
            answers = [dhcp6.parse(reply.octets) for reply in outputs.replies6]
            replied6 = {(answer.xid, answer.client_id) for answer in answers}
            for (octets, _), number in zip(inputs.packets6, numbers[len(inputs.packets) :], strict=True):
                message = dhcp6.parse(octets)
                if message.type == MessageType6.SOLICIT:
                    answered = (message.xid, message.client_id) in replied6
                    self._compare(host, number, answered, f"SOLICIT of {texts6.client(message.client_id)}")

    def _compare(self, host: "Host", number: int, answered: bool, what: str) -> None:
        known = self._answered.setdefault(number, {})
        known[host.name] = known.get(host.name, False) or answered
        if len(known) == 2 and sum(known.values()) != 1:
            self.fail(f"{what} is answered by {'both servers' if all(known.values()) else 'no server'}")

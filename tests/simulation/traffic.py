"""The clients' packets of one server, of both families: those that wait for its next turn, and its replies."""

from math import inf
from typing import TYPE_CHECKING

from dhcpserver.leases.lease import client_key
from dhcpserver.service.query import Arrival, Reply
from dhcpserver.service.turn import Inputs
from dhcpserver.service.v6.query import Arrival6, Reply6
from dhcpserver.wire import dhcp4, dhcp6, options4
from dhcpserver.wire.dhcp4 import Packet
from dhcpserver.wire.dhcp6 import Message
from dhcpserver.wire.dhcp6options import MessageType6
from dhcpserver.wire.options4 import MessageType
from tests.simulation.checks.base import Granted
from tests.simulation.keys6 import address_in, client_of_ia

if TYPE_CHECKING:
    from tests.simulation.host import Host

_ENDS = (MessageType.RELEASE, MessageType.DECLINE)
_ENDS6 = (MessageType6.RELEASE, MessageType6.DECLINE)


class Traffic:
    """The packets.

    Attributes:
        numbers: of the packets of the present turn, DHCPv4 first; see Lan.copies.
    """

    def __init__(self, host: "Host") -> None:
        self._host = host
        self._arrived: tuple[list[int], list[int]] = ([], [])
        self.numbers: list[int] = []
        self._packets: list[tuple[bytes, Arrival]] = []
        self._packets6: list[tuple[bytes, Arrival6]] = []
        self._ended: tuple[list[Packet], list[Message]] | None = None

    def start(self) -> None:
        """Forget what has arrived: the process is a new one."""
        self._arrived = ([], [])

    def note(self, family: int, number: int) -> None:
        """Note the number of a packet that has arrived."""
        self._arrived[family == 6].append(number)

    def begin(self, inputs: Inputs) -> None:
        """Handle that a turn begins."""
        four, six = self._arrived
        self.numbers = four + six
        self._arrived = ([], [])
        self._packets, self._packets6 = inputs.packets, inputs.packets6
        self._ended = None

    # What clients gave up in this turn

    def _ends(self) -> tuple[list[Packet], list[Message]]:
        """Return the RELEASEs and DECLINEs of the present turn."""
        if self._ended is None:
            packets = [dhcp4.parse(octets) for octets, _ in self._packets]
            messages = [dhcp6.parse(octets) for octets, _ in self._packets6]
            self._ended = (
                [packet for packet in packets if packet.message_type in _ENDS],
                [message for message in messages if message.type in _ENDS6],
            )
        return self._ended

    def returned(self) -> list[int]:
        """Return the addresses and prefixes that clients released or declined in this turn."""
        packets, messages = self._ends()
        found = [packet.ciaddr or packet.address(options4.REQUESTED_ADDRESS) for packet in packets]
        return found + [address_in(ia, lease) for message in messages for ia in message.ias for lease in ia.leases]

    def end_leases(self) -> None:
        """Report the leases that clients gave up in this turn, which has ended."""
        packets, messages = self._ends()
        for packet in packets:
            self._host.world.clients.end_lease(packet)
        for message in messages:
            for ia in message.ias:
                key = client_of_ia(message.client_id, ia)
                for lease in ia.leases:
                    self._host.world.checker.lease_ended(key, address_in(ia, lease))

    # Replies

    def reply(self, reply: Reply) -> None:
        """Send a DHCPv4 reply."""
        host, world = self._host, self._host.world
        packet = dhcp4.parse(reply.octets)
        world.log.add(host.name, "sends", reply.octets)
        world.checker.replied(host, packet.message_type in (0, MessageType.ACK))
        lease = _granted(packet, world.clients.expects_reply(packet))
        if lease is not None:
            world.checker.granted(host, lease)
        world.clients.deliver_reply(host, packet)

    def reply6(self, reply: Reply6) -> None:
        """Send a DHCPv6 reply."""
        host, world = self._host, self._host.world
        message = dhcp6.parse(reply.octets)
        world.log.add(host.name, "sends", message)
        world.checker.replied(host, message.type == MessageType6.REPLY)
        world.checker.answered(host, message)
        if message.type == MessageType6.REPLY:
            expected = world.clients6.expects_reply(message)
            for ia in message.ias:
                key = client_of_ia(message.client_id, ia)
                for lease in ia.leases:
                    if lease.valid:
                        granted = Granted(address_in(ia, lease), key, lease.valid, lease.preferred, expected)
                        world.checker.granted(host, granted)
        world.clients6.deliver_reply(host, message)


def _granted(packet: Packet, expected: bool) -> Granted | None:
    """Return the lease of an ACK, or of a BOOTREPLY, which is infinite."""
    key = _key_of(packet)
    if packet.message_type == 0 and packet.yiaddr:
        return Granted(packet.yiaddr, key, inf, inf, expected)
    if packet.message_type == MessageType.ACK and options4.LEASE_TIME in packet.options:
        seconds = int.from_bytes(packet.options[options4.LEASE_TIME], "big")
        return Granted(packet.yiaddr, key, seconds, seconds, expected)
    return None


def _key_of(packet: Packet) -> bytes:
    """Return the key of the client of a reply; servers echo the client identifier (RFC 6842)."""
    identifier = packet.options.get(options4.CLIENT_IDENTIFIER)
    return client_key(identifier, bytes((packet.htype,)) + packet.chaddr)

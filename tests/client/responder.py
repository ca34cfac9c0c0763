"""A minimal DHCP server that uses the wire format only, and can be made to err."""

from dhcpserver.wire import dhcp4, options4
from dhcpserver.wire.dhcp4 import BOOTREPLY, Packet
from dhcpserver.wire.options4 import MessageType


class Responder:
    """Leases each client the next address from `first` on, for `lease_seconds`."""

    def __init__(self, server: int, first: int, lease_seconds: int, pool: int = 1_000) -> None:
        self.server = server
        self.first = first
        self.lease_seconds = lease_seconds
        self.pool = pool
        self.leases: dict[bytes, int] = {}
        self.seen: list[MessageType] = []

    def answer(self, packet: Packet) -> Packet | None:
        kind = MessageType(packet.message_type)
        self.seen.append(kind)
        if kind is MessageType.DISCOVER:
            return self._lease(packet, MessageType.OFFER, self.address(packet.chaddr))
        if kind is MessageType.RELEASE:
            self.leases.pop(packet.chaddr, None)
            return None
        if kind is not MessageType.REQUEST or packet.address(options4.SERVER_IDENTIFIER) not in (0, self.server):
            return None
        wanted = packet.address(options4.REQUESTED_ADDRESS) or packet.ciaddr
        if wanted != self.leases.get(packet.chaddr):
            return reply(packet, MessageType.NAK, self.server, 0, {})
        return self._lease(packet, MessageType.ACK, wanted)

    def address(self, client: bytes) -> int:
        if client not in self.leases:
            leased = set(self.leases.values())
            self.leases[client] = next(a for a in range(self.first, self.first + self.pool) if a not in leased)
        return self.leases[client]

    def _lease(self, packet: Packet, kind: MessageType, address: int) -> Packet:
        lease = {options4.LEASE_TIME: self.lease_seconds.to_bytes(4, "big")}
        return reply(packet, kind, self.server, address, lease)


def reply(packet: Packet, kind: MessageType, server: int, yiaddr: int, options: dict[int, bytes]) -> Packet:
    """Return the answer to a packet."""
    head = {options4.MESSAGE_TYPE: bytes((kind,)), options4.SERVER_IDENTIFIER: server.to_bytes(4, "big")}
    packed = options4.pack({**head, **options}.items())
    data = dhcp4.encode_reply(packet, packet.ciaddr, yiaddr, 0, packet.flags, packed)
    answer = dhcp4.parse(data)
    assert answer.op == BOOTREPLY
    return answer

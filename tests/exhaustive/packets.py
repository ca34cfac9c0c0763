"""The clients' packets, and what a reply has. `packets6` has those of DHCPv6."""

from functools import cache
from typing import NamedTuple

from dhcpserver.leases.lease import client_key
from dhcpserver.service.query import Arrival
from dhcpserver.service.turn import Inputs, Outputs
from dhcpserver.wire import dhcp4, options4
from dhcpserver.wire.dhcp4 import BOOTREQUEST, Packet
from dhcpserver.wire.failover4_bindings import BindingUpdate
from dhcpserver.wire.options4 import MessageType

IDENTIFIERS = (0x0A000002, 0x0A000003)
"""The addresses of the main and of the backup."""
_ARRIVALS = tuple(Arrival(0, identifier, direct=True) for identifier in IDENTIFIERS)
"""How packets arrive at each server: all clients are on the servers' network."""


class Answer(NamedTuple):
    """A reply: its message type, address and lease time."""

    kind: int
    client: int
    address: int
    seconds: int


class Packets:
    """What clients of DHCPv4 send."""

    def key_of(self, client: int) -> bytes:
        """Return the key of a client in a lease book."""
        return _key_of(client)

    def discover(self, client: int) -> bytes:
        """Return a request for an address."""
        return _request(MessageType.DISCOVER, client)

    def select(self, client: int, address: int, server: int, uid: bytes) -> bytes:
        """Return the request for what a server offers; `uid`: the identity of its data directory."""
        return _request(MessageType.REQUEST, client, address=address, server=server)

    def extend(self, client: int, address: int, uid: bytes | None) -> bytes:
        """Return the request to extend a lease; `uid`: of the server that granted it, if that receives the request."""
        return _request(MessageType.REQUEST, client, current=address)

    def release(self, client: int, address: int, server: int, uid: bytes) -> bytes:
        """Return a release of what a server granted."""
        return _request(MessageType.RELEASE, client, current=address, server=server)

    def put(self, inputs: Inputs, octets: bytes, server: int) -> None:
        """Add a packet to the inputs of a server's turn."""
        inputs.packets.append((octets, _ARRIVALS[server]))

    def answers(self, outputs: Outputs) -> list[Answer]:
        """Return what the replies of a turn have."""
        return [_answer(reply.octets) for reply in outputs.replies]


def client_of(update: BindingUpdate) -> int:
    """Return the client of a binding, -1 for none. Its identifiers end in its number."""
    octets = update.client_id or update.hardware
    return octets[-1] if octets else -1


def hardware(client: int) -> bytes:
    """Return the Ethernet address of a client."""
    return b"\x02\x50\x00\x00\x00" + bytes((client,))


@cache
def _key_of(client: int) -> bytes:
    return client_key(None, b"\1" + hardware(client))


@cache
def _request(kind: MessageType, client: int, *, address: int = 0, current: int = 0, server: int | None = None) -> bytes:
    """Return a client's message.

    `address`: the requested address. `current`: the client's own (ciaddr). `server`: the server that it names.
    """
    options = {options4.MESSAGE_TYPE: bytes((kind,))}
    if address:
        options[options4.REQUESTED_ADDRESS] = address.to_bytes(4, "big")
    if server is not None:
        options[options4.SERVER_IDENTIFIER] = IDENTIFIERS[server].to_bytes(4, "big")
    return dhcp4.encode(Packet(BOOTREQUEST, 1, 6, 0, client, 0, 0, current, 0, 0, 0, hardware(client), options))


def _answer(octets: bytes) -> Answer:
    packet = dhcp4.parse(octets)
    seconds = int.from_bytes(packet.options.get(options4.LEASE_TIME, b""), "big")
    return Answer(packet.message_type, packet.chaddr[-1], packet.yiaddr, seconds)

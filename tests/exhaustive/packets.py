"""The clients' packets, and what a reply has."""

from functools import cache
from typing import NamedTuple

from dhcpserver.leases.lease import client_key
from dhcpserver.wire import dhcp4, options4
from dhcpserver.wire.dhcp4 import BOOTREQUEST, Packet
from dhcpserver.wire.options4 import MessageType
from tests.exhaustive.small import IDENTIFIERS


def hardware(client: int) -> bytes:
    """Return the Ethernet address of a client."""
    return b"\x02\x50\x00\x00\x00" + bytes((client,))


@cache
def key_of(client: int) -> bytes:
    """Return the key of a client in a lease book."""
    return client_key(None, b"\1" + hardware(client))


def client_of(client_id: bytes | None, ethernet: bytes) -> int:
    """Return the client of a binding, -1 for none."""
    return ethernet[-1] if ethernet else -1


@cache
def request(kind: MessageType, client: int, *, address: int = 0, current: int = 0, server: int | None = None) -> bytes:
    """Return a client's message.

    `address`: the requested address. `current`: the client's own (ciaddr). `server`: the server that it names.
    """
    options = {options4.MESSAGE_TYPE: bytes((kind,))}
    if address:
        options[options4.REQUESTED_ADDRESS] = address.to_bytes(4, "big")
    if server is not None:
        options[options4.SERVER_IDENTIFIER] = IDENTIFIERS[server].to_bytes(4, "big")
    return dhcp4.encode(Packet(BOOTREQUEST, 1, 6, 0, client, 0, 0, current, 0, 0, 0, hardware(client), options))


class Answer(NamedTuple):
    """A reply: its message type, address and lease time."""

    kind: int
    client: int
    address: int
    seconds: int


def answer(octets: bytes) -> Answer:
    """Return what a reply has."""
    packet = dhcp4.parse(octets)
    seconds = int.from_bytes(packet.options.get(options4.LEASE_TIME, b""), "big")
    return Answer(packet.message_type, packet.chaddr[-1], packet.yiaddr, seconds)

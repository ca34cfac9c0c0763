"""DHCPv6 relays: what they add to a message, and sending and receiving on loopback."""

import socket
from ipaddress import IPv6Address

import pytest

from dhcpserver.client.relay6 import Relay6, RelaySettings6, relay_forward, relay_reply
from dhcpserver.limits import DHCP6_SERVER_PORT
from dhcpserver.wire import dhcp6, dhcp6values
from dhcpserver.wire.dhcp6 import MAXIMUM_HOP_COUNT
from dhcpserver.wire.dhcp6options import MessageType6
from dhcpserver.wire.errors import WireError

LINK = IPv6Address("2001:db8::1")
PEER = 0xFE80 << 112 | 1
HARDWARE = bytes.fromhex("020000000001")
SOLICIT = dhcp6.encode(MessageType6.SOLICIT, 5, b"\0\1\0\4abcd")


def settings(*servers: tuple[str, int], port: int = DHCP6_SERVER_PORT) -> RelaySettings6:
    return RelaySettings6(LINK, servers, b"port-1", (9, b"line"), port=port)


def test_a_relay_adds_the_link_its_interface_and_the_hardware_address() -> None:
    octets = relay_forward(SOLICIT, settings(), PEER, HARDWARE)
    assert octets is not None
    assert octets == bytes.fromhex(
        "0c 00 20010db8000000000000000000000001 fe800000000000000000000000000001"
        "004f 0008 0001 020000000001"
        "0012 0006 706f72742d31"
        "0025 0008 00000009 6c696e65"
        "0009 000c" + SOLICIT.hex()
    )
    message = dhcp6.parse(octets)
    assert (message.type, message.link_address, message.peer_address) == (1, int(LINK), PEER)
    assert message.hardware_address == dhcp6values.HardwareAddress(1, HARDWARE)
    assert not message.replies_to_source_port


def test_a_second_relay_counts_the_hop_and_adds_neither_link_nor_hardware_address() -> None:
    first = relay_forward(SOLICIT, settings(), PEER, HARDWARE)
    assert first is not None
    second = relay_forward(first, RelaySettings6(IPv6Address("2001:db8:9::1"), ()), int(LINK), HARDWARE)
    assert second is not None
    message = dhcp6.parse(second)
    assert [(hop.hop_count, hop.link_address) for hop in message.relays] == [(0, int(LINK)), (1, 0)]
    assert message.link_address == int(LINK)
    assert message.relays[1].hardware_address is None


def test_a_message_with_too_many_hops_is_dropped() -> None:
    octets: bytes | None = SOLICIT
    for _ in range(MAXIMUM_HOP_COUNT + 1):
        assert octets is not None
        octets = relay_forward(octets, settings(), PEER)
    assert octets is not None
    assert relay_forward(octets, settings(), PEER) is None


def test_a_relay_with_another_port_requests_replies_to_it() -> None:
    """RFC 8357: the port of the relay before is in the option, 0 if that is 547."""
    first = relay_forward(SOLICIT, settings(port=0), PEER)
    assert first is not None
    assert dhcp6.parse(first).replies_to_source_port
    assert dhcp6.parse(first).relays[0].get(135) == b"\0\0"
    second = relay_forward(first, settings(), PEER, peer_port=5000)
    assert second is not None
    assert dhcp6.parse(second).relays[1].get(135) == (5000).to_bytes(2, "big")


def test_a_reply_is_for_the_peer() -> None:
    octets = relay_forward(SOLICIT, settings(), PEER)
    assert octets is not None
    hop, inner = relay_reply(dhcp6.encode_reply(dhcp6.parse(octets), MessageType6.ADVERTISE, b""))
    assert (hop.peer_address, hop.interface_id, inner) == (PEER, b"port-1", b"\2\0\0\5")
    with pytest.raises(WireError):
        relay_reply(octets)


def udp() -> socket.socket:
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sock.bind(("::1", 0))
    sock.settimeout(5.0)
    return sock


@pytest.mark.live
def test_every_server_gets_the_message_and_answers_are_received() -> None:
    with udp() as first, udp() as second:
        relay = Relay6(settings(first.getsockname()[:2], second.getsockname()[:2], port=0))
        assert relay.forward(SOLICIT, PEER, HARDWARE)
        for server in (first, second):
            data, sender = server.recvfrom(2_000)
            server.sendto(b"noise", sender)
            server.sendto(data, sender)
            server.sendto(dhcp6.encode_reply(dhcp6.parse(data), MessageType6.ADVERTISE, b""), sender)
        found = relay.answers()
        while len(found) < 2:
            found += relay.answers()
        relay.close()
        assert [(peer, message.type) for peer, message in found] == [(PEER, 2), (PEER, 2)]

"""Relays: what they change in a packet, and sending and receiving on loopback."""

import socket
from ipaddress import IPv4Address

import pytest

from dhcpserver.client.relay import Relay, RelaySettings, relay_packet
from dhcpserver.client.unicast import LoopbackClients
from dhcpserver.wire import dhcp4, options4
from dhcpserver.wire.dhcp4 import MAXIMUM_HOPS, Packet
from tests.client.test_machine import a_client, sent

GIADDR = IPv4Address("127.0.17.1")
CIRCUIT = b"\x01\x04port"


def settings(*servers: tuple[str, int], agent_information: bytes | None = None) -> RelaySettings:
    return RelaySettings(GIADDR, servers, agent_information, port=0)


def discover() -> Packet:
    return sent(a_client().start(0.0))


def test_a_relay_adds_its_address_and_a_hop() -> None:
    packet = discover()
    data = relay_packet(packet, settings(agent_information=CIRCUIT))
    assert data is not None
    forwarded = dhcp4.parse(data)
    assert (forwarded.giaddr, forwarded.hops) == (int(GIADDR), 1)
    assert forwarded.options == {**packet.options, options4.RELAY_AGENT_INFORMATION: CIRCUIT}
    assert list(forwarded.options)[-1] == options4.RELAY_AGENT_INFORMATION
    assert (forwarded.xid, forwarded.chaddr) == (packet.xid, packet.chaddr)
    assert options4.RELAY_AGENT_INFORMATION not in packet.options


def test_a_second_relay_keeps_the_address_of_the_first_and_adds_no_option() -> None:
    first = relay_packet(discover(), settings())
    assert first is not None
    second = relay_packet(dhcp4.parse(first), RelaySettings(IPv4Address("127.0.18.1"), (), CIRCUIT))
    assert second is not None
    forwarded = dhcp4.parse(second)
    assert (forwarded.giaddr, forwarded.hops) == (int(GIADDR), 2)
    assert options4.RELAY_AGENT_INFORMATION not in forwarded.options


def test_a_packet_with_too_many_hops_is_dropped() -> None:
    packet = discover()
    packet.hops = MAXIMUM_HOPS
    assert relay_packet(packet, settings()) is None


def udp(address: str) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((address, 0))
    sock.settimeout(5.0)
    return sock


@pytest.mark.live
def test_every_server_gets_the_broadcast_from_the_giaddr_and_answers_are_received() -> None:
    with udp("127.0.0.11") as first, udp("127.0.0.12") as second:
        relay = Relay(settings(first.getsockname(), second.getsockname()))
        assert relay.broadcast(discover())
        for server in (first, second):
            data, sender = server.recvfrom(2_000)
            assert sender[0] == str(GIADDR)
            server.sendto(b"noise", sender)
            server.sendto(data, sender)
        found: list[tuple[Packet, tuple[str, int]]] = []
        while len(found) < 2:
            found += relay.answers()
        relay.close()
        assert {sender for _, sender in found} == {first.getsockname(), second.getsockname()}


@pytest.mark.live
def test_a_client_on_loopback_sends_and_receives_with_its_own_address() -> None:
    clients = LoopbackClients(port=0)
    with udp("127.0.0.11") as server:
        packet = discover()
        packet.ciaddr = int(IPv4Address("127.0.64.77"))
        assert clients.send(packet, server.getsockname())
        data, sender = server.recvfrom(2_000)
        assert sender[0] == "127.0.64.77"
        server.sendto(data, sender)
        found = clients.answers()
        while not found:
            found = clients.answers()
        assert found[0][1] == server.getsockname()
    clients.close()

"""Sockets for DHCP: the port of a relay, the MTU of the link, the server's own address."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from dhcpserver.config.classes.listener import Listener
from dhcpserver.config.document import read
from dhcpserver.leases.pool import Pool4
from dhcpserver.runtime.sockets import DhcpSocket, ListenerError, check_own_address, open_listener
from dhcpserver.service.query import Arrival, Destination, Reply
from dhcpserver.wire.dhcp4 import parse
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import LINK, Client, Site

LOOPBACK = IPv4Address("127.0.0.1")
SO_BINDTODEVICE = 25


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_packet_has_the_port_that_it_was_sent_from_and_is_answered_there() -> None:
    """RFC 8357: the port of the relay is that of the packet."""
    opened = open_listener(0, Listener(address=LOOPBACK, port=free_port()))
    received: list[tuple[bytes, Arrival]] = []
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as relay:
            relay.bind(("127.0.0.1", 0))
            relay.settimeout(5)
            port = relay.getsockname()[1]
            for _ in range(2):
                relay.sendto(b"packet", ("127.0.0.1", opened.port))
            end = time.monotonic() + 5
            while len(received) < 2 and time.monotonic() < end:
                opened.drain(received)
            assert [(octets, arrival.source_port) for octets, arrival in received] == [(b"packet", port)] * 2
            assert received[0][1] is received[1][1]
            opened.send(Reply(0, Destination.ADDRESS, int(LOOPBACK), received[0][1].source_port, b"reply", b""))
            assert relay.recv(100) == b"reply"
    finally:
        opened.close()


@pytest.fixture
def on_loopback() -> Iterator[DhcpSocket]:
    """A listener on the interface lo, from a configuration file."""
    text = f'[server]\nname = "a"\n[[listener]]\ninterface = "lo"\nport = {free_port()}\ntrust-relay-info = true\n'
    (listener,) = read(text).listener
    opened = open_listener(0, listener)
    yield opened
    opened.close()


def drained(opened: DhcpSocket, count: int) -> list[tuple[bytes, Arrival]]:
    received: list[tuple[bytes, Arrival]] = []
    end = time.monotonic() + 5
    while len(received) < count and time.monotonic() < end:
        opened.drain(received)
    assert len(received) == count
    return received


@contextmanager
def client_on_loopback(address: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, b"lo\0")
        sock.bind((address, 0))
        sock.settimeout(5)
        yield sock


def test_a_packet_on_a_link_has_its_source_and_whether_it_was_broadcast(on_loopback: DhcpSocket) -> None:
    """A broadcast comes from the link itself; what was sent to the server may come through a router."""
    with client_on_loopback("127.0.0.9") as client:
        for to in ("255.255.255.255", "127.0.0.1", "255.255.255.255"):
            client.sendto(b"packet", (to, on_loopback.port))
        arrivals = [arrival for _, arrival in drained(on_loopback, 3)]
    assert [arrival.broadcast for arrival in arrivals] == [True, False, True]
    assert {IPv4Address(arrival.source) for arrival in arrivals} == {IPv4Address("127.0.0.9")}
    assert arrivals[0] is arrivals[2]


def test_a_listener_that_is_trusted_in_the_file_believes_option_82_of_a_switch(on_loopback: DhcpSocket) -> None:
    """`trust-relay-info`: from the file to the packet, and from there to the lease."""
    site = Site()
    switched = Client(site, 1, relay=0)
    switched.extra = [(82, b"\1\4port")]
    with client_on_loopback("127.0.0.1") as client:
        client.sendto(switched.octets(MessageType.DISCOVER), ("255.255.255.255", on_loopback.port))
        ((octets, arrival),) = drained(on_loopback, 1)
    assert (arrival.direct, arrival.trusted) == (True, True)
    (reply,) = site.turn(octets, arrival=arrival._replace(address=LINK.address))
    assert parse(reply.octets).options[82] == b"\1\4port"


def test_a_client_that_cannot_be_reached_at_its_hardware_address_is_answered_by_broadcast(
    on_loopback: DhcpSocket,
) -> None:
    """RFC 2131 section 4.1. The frame is refused by the kernel, as for a link that went down."""
    assert on_loopback.link is not None
    with client_on_loopback("255.255.255.255") as client:
        reply = Reply(0, Destination.LINK, int(LOOPBACK), client.getsockname()[1], b"reply", b"\2\0\0\0\0\1")
        assert on_loopback.send(reply) is None
        client.setblocking(False)
        with pytest.raises(BlockingIOError):
            client.recv(100)
        client.settimeout(5)
        on_loopback.link.close()
        assert on_loopback.send(reply) is None
        assert client.recv(100) == b"reply"


def test_a_server_without_packet_sockets_answers_by_broadcast(on_loopback: DhcpSocket) -> None:
    """Only root and CAP_NET_RAW may open one; a frame to a hardware address needs it."""
    without = replace(on_loopback, link=None)
    with client_on_loopback("255.255.255.255") as client:
        reply = Reply(0, Destination.LINK, int(LOOPBACK), client.getsockname()[1], b"reply", b"\2\0\0\0\0\1")
        assert without.send(reply) is None
        assert client.recv(100) == b"reply"


def test_the_mtu_is_that_of_the_interface_with_the_address() -> None:
    opened = open_listener(0, Listener(address=LOOPBACK, port=free_port()))
    try:
        with open("/sys/class/net/lo/mtu", encoding="ascii") as file:
            assert opened.arrival.mtu == int(file.read())
    finally:
        opened.close()


def test_an_address_of_no_interface_has_the_mtu_of_ethernet() -> None:
    opened = open_listener(0, Listener(address=IPv4Address("127.9.9.9"), port=free_port()))
    try:
        assert opened.arrival.mtu == 1500
    finally:
        opened.close()


@pytest.mark.parametrize(("last", "refused"), [(9, False), (10, True), (20, True), (21, False)])
def test_the_address_of_an_interface_in_a_range_is_refused(last: int, refused: bool) -> None:
    """The configuration has the name of the interface only, so that this is known when its socket is open."""
    first = int(IPv4Address("192.0.2.0"))
    pool = Pool4("s1", first, 0xFFFFFF00, [(first + 10, first + 20)], frozenset())
    if refused:
        with pytest.raises(
            ListenerError, match=f"192.0.2.{last}, the address of this server, is in a range of scope 's1'"
        ):
            check_own_address(Arrival(0, first + last, True), [pool])
    else:
        check_own_address(Arrival(0, first + last, True), [pool])

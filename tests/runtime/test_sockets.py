"""Sockets for DHCP: the port of a relay, the MTU of the link, the server's own address."""

import socket
import time
from ipaddress import IPv4Address

import pytest

from dhcpserver.config.objects import Listener
from dhcpserver.leases.pool import Pool
from dhcpserver.runtime.sockets import ListenerError, check_own_address, open_listener
from dhcpserver.service.query import Arrival, Destination, Reply

LOOPBACK = IPv4Address("127.0.0.1")


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
    pool = Pool("s1", first, 0xFFFFFF00, [(first + 10, first + 20)], frozenset())
    if refused:
        with pytest.raises(
            ListenerError, match=f"192.0.2.{last}, the address of this server, is in a range of scope 's1'"
        ):
            check_own_address(Arrival(0, first + last, True), [pool])
    else:
        check_own_address(Arrival(0, first + last, True), [pool])

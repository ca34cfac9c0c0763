"""ARP probes: what is sent, to which link, and what is an answer. With a real link: `peers/test_ping_clients`."""

import asyncio
import socket
from ipaddress import IPv4Address

import pytest

from dhcpserver.runtime.arp import Arp, Route, answered, attach_filter, link_of, parse_routes, probe, read_routes
from tests.peers.programs import missing

ROUTES = """Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010200C0	0003	0	0	0	00000000	0	0	0
eth0	000200C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
eth1	006433C6	00000000	0001	0	0	0	00FFFFFF	0	0	0
eth0	806433C6	FE0200C0	0003	0	0	0	80FFFFFF	0	0	0
*	000A0A0A	00000000	0201	0	0	0	00FFFFFF	0	0	0
eth2	000B0A0A	00000000	0000	0	0	0	00FFFFFF	0	0	0
ppp0	00000000	00000000	0001	0	0	9	00000000	0	0	0
"""


def number(address: str) -> int:
    return int(IPv4Address(address))


@pytest.mark.skipif(socket.ntohl(1) == 1, reason="the text is from a little-endian machine")
@pytest.mark.parametrize(
    ("address", "interface"),
    [
        ("192.0.2.77", "eth0"),
        ("198.51.100.7", "eth1"),
        ("198.51.100.200", None),
        ("203.0.113.1", None),
        ("10.10.10.1", None),
        ("10.10.11.1", None),
    ],
)
def test_only_an_address_on_a_link_is_probed(address: str, interface: str | None) -> None:
    """Not behind a router, not by a route that is down or rejects, and not by a default route without a router."""
    assert link_of(number(address), parse_routes(ROUTES)) == interface


def test_the_routes_of_this_machine_can_be_read() -> None:
    """The numbers are in the byte order of the machine, so that a network fits its mask."""
    assert all(isinstance(route, Route) and route.network & ~route.mask == 0 for route in read_routes())


def test_a_probe_has_no_sender_address() -> None:
    """RFC 5227 section 2.1.1: it must not change the neighbour tables of the link."""
    octets = probe(b"\2\0\0\0\0\1", number("192.0.2.77"))
    assert octets.hex() == "0001080006040001" + "020000000001" + "00000000" + "000000000000" + "c000024d"


REPLY = bytes.fromhex("0001080006040002" + "020000000007" + "c000024d" + "020000000001" + "00000000")


@pytest.mark.parametrize(
    ("octets", "address"),
    [
        (REPLY, "192.0.2.77"),
        (REPLY + bytes(18), "192.0.2.77"),
        (REPLY[:27], "0.0.0.0"),
        (REPLY.replace(b"\x06\x04\0\2", b"\x06\x04\0\1"), "0.0.0.0"),
        (b"\0\6" + REPLY[2:], "0.0.0.0"),
        (b"", "0.0.0.0"),
    ],
)
def test_only_a_whole_reply_is_an_answer(octets: bytes, address: str) -> None:
    assert answered(octets) == number(address)


def test_the_kernel_accepts_the_filter() -> None:
    """It is checked when it is attached."""
    try:
        opened = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    except PermissionError:
        missing("packet sockets need root")
    with opened:
        attach_filter(opened)


async def test_without_permission_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("dhcpserver.runtime.arp.socket.socket", refuse)
    arp = Arp(lambda _: None)
    arp.open()
    assert not arp.send(number("192.0.2.77"))
    arp.close()
    await asyncio.sleep(0)

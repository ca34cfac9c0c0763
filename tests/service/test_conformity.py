"""Sentences of RFCs that no other test of this folder shows; docs/conformity.md has them all."""

import pytest

from dhcpserver.leases.lease import Status
from dhcpserver.service.query import Destination
from dhcpserver.wire.dhcp4 import Packet, encode, parse
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import (
    CONFIGURATION,
    POOL,
    RELAY,
    SERVER,
    Client,
    Site,
    asked,
    lease_seconds,
    number,
    server_id,
)
from tests.service.test_networks import ELSEWHERE, OTHER, SELECTING


@pytest.mark.parametrize(
    ("allowed", "requested", "seconds"), [(True, 200, 200), (True, 5000, 1000), (False, 200, 1000)]
)
def test_a_client_may_request_a_shorter_lease_time_where_the_policy_allows_it(
    allowed: bool, requested: int, seconds: int
) -> None:
    """RFC 2131 section 4.3.1, RFC 2132 section 9.2; T1 and T2 are within the time that is given."""
    policy = f"allow-lease-time-override = {str(allowed).lower()}\n\n[[scope]]"
    client = Client(Site(CONFIGURATION.replace("[[scope]]", policy, 1)), 1)
    client.extra = [(51, requested.to_bytes(4, "big"))]
    offered = client.discover()
    granted = client.select(POOL[0])
    assert offered is not None
    assert granted is not None
    assert lease_seconds(offered) == lease_seconds(granted) == seconds
    t1, t2 = (int.from_bytes(granted.options[code], "big") for code in (58, 59))
    assert t1 < t2 < seconds


def test_rebinding_through_the_relay_of_another_network_is_refused() -> None:
    """RFC 2131 section 4.3.2: the client has moved, and must leave the address."""
    other = '\n[[scope]]\nname = "s2"\nsubnet = "203.0.113.0/24"\nranges = ["203.0.113.10-203.0.113.20"]\n'
    other += 'options = { routers = "203.0.113.1" }\n'
    site = Site(CONFIGURATION + other)
    client = Client(site, 1)
    address = client.get()
    client.relay = number("203.0.113.1")
    refused = client.renew(address)
    assert refused is not None
    assert refused.message_type == MessageType.NAK
    assert refused.flags & 0x8000


@pytest.mark.parametrize("client_id", [None, b"\1\2\3"])
def test_a_nak_has_its_reason_and_no_option_of_a_lease(client_id: bytes | None) -> None:
    """RFC 2131 table 3, RFC 2132 section 9.9, RFC 6842 section 3."""
    client = Client(Site(), 1, client_id)
    refused = client.reboot("198.51.100.7")
    assert refused is not None
    assert (refused.yiaddr, refused.ciaddr, refused.siaddr) == (0, 0, 0)
    assert refused.options[56] == b"the address belongs to another network"
    assert set(refused.options) == {53, 54, 56} | ({61} if client_id else set())
    assert refused.options.get(61) == client_id


def test_a_bootp_client_with_an_address_is_answered_there() -> None:
    """RFC 1542 sections 5.3 and 5.4: `ciaddr` is the destination, and stays in the reply."""
    site = Site(CONFIGURATION.replace('name = "s1"', 'name = "s1"\nbootp = true', 1))
    address = number("192.0.2.12")
    asking = Packet(1, 1, 6, 0, 9, 0, 0, address, 0, 0, 0, bytes((2, 0, 0, 0, 0, 0x99)), {})
    (reply,) = site.turn(encode(asking))
    assert (reply.how, reply.address, reply.port) == (Destination.ADDRESS, address, 68)
    packet = parse(reply.octets)
    assert (packet.ciaddr, packet.yiaddr) == (address, address)


RESERVED_BITS = 0x7FFF


@pytest.mark.parametrize("broadcast", [0, 0x8000])
def test_the_reserved_bits_of_flags_change_nothing_but_the_copy_in_the_reply(broadcast: int) -> None:
    """RFC 1542 section 2.2, RFC 2131 section 2."""
    replies = []
    for flags in (broadcast, broadcast | RESERVED_BITS):
        client = Client(Site(), 1, relay=0)
        client.flags = flags
        (offered,) = client.site.turn(client.octets(MessageType.DISCOVER))
        (granted,) = client.site.turn(client.octets(MessageType.REQUEST, asked(POOL[0]), server_id(SERVER)))
        (refused,) = client.site.turn(client.octets(MessageType.REQUEST, asked("198.51.100.7")))
        for reply in (offered, granted, refused):
            packet = parse(reply.octets)
            assert packet.flags == flags
            where = reply.how, reply.address, reply.port, reply.chaddr
            replies.append((where, packet.message_type, packet.yiaddr, packet.options))
    assert replies[:3] == replies[3:]
    assert replies[0][0][0] is (Destination.BROADCAST if broadcast else Destination.LINK)


@pytest.mark.parametrize("relay", [0, RELAY])
def test_the_fields_of_an_offer_and_an_ack(relay: int) -> None:
    """RFC 2131 table 3: `hops` and `secs` are 0; `xid`, `flags`, `giaddr` and `chaddr` are those of the request."""
    site = Site()
    hardware = bytes((2, 0, 0, 0, 0, 1))

    def answer(xid: int, ciaddr: int, *options: tuple[int, bytes]) -> Packet:
        asking = Packet(1, 1, 6, 3, xid, 17, 0x8000, ciaddr, 0, number("192.0.2.9"), relay, hardware, {})
        (reply,) = site.turn(encode(asking, options))
        return parse(reply.octets)

    def fields(packet: Packet) -> tuple[int, ...]:
        header = packet.op, packet.htype, packet.hlen, packet.hops, packet.xid, packet.secs, packet.flags
        return *header, packet.ciaddr, packet.yiaddr, packet.siaddr, packet.giaddr

    def expected(xid: int, ciaddr: int) -> tuple[int, ...]:
        return 2, 1, 6, 0, xid, 0, 0x8000, ciaddr, number(POOL[0]), 0, relay

    offered = answer(0x01020304, 0, (53, b"\1"))
    assert (fields(offered), offered.chaddr) == (expected(0x01020304, 0), hardware)
    granted = answer(0xFFFFFFFE, 0, (53, b"\3"), asked(POOL[0]), server_id(SERVER))
    assert (fields(granted), granted.chaddr) == (expected(0xFFFFFFFE, 0), hardware)
    renewed = answer(7, number(POOL[0]), (53, b"\3"))
    assert (fields(renewed), renewed.chaddr) == (expected(7, number(POOL[0])), hardware)


def test_a_request_that_requests_108_is_processed_as_usual() -> None:
    """RFC 8925 section 3.3: the client gets its lease, and the option."""
    site = Site(CONFIGURATION.replace('domain-name = "example.org"', "options = { 108 = 1800 }"))
    client = Client(site, 1)
    client.extra = [(55, bytes((1, 108)))]
    address = client.get()
    lease = site.core.book.get(number(address))
    assert lease is not None
    assert lease.status is Status.ACTIVE
    renewed = client.renew(address)
    assert renewed is not None
    assert (renewed.message_type, renewed.yiaddr) == (MessageType.ACK, number(address))
    assert lease_seconds(renewed) == 1000
    assert renewed.options[108] == b"\0\0\x07\x08"
    refused = client.reboot("198.51.100.7")
    assert refused is not None
    assert refused.message_type == MessageType.NAK


@pytest.mark.parametrize("flags", [0, 0x8000])
def test_option_118_does_not_change_where_a_reply_goes(flags: int) -> None:
    """RFC 3011 section 2."""
    site = Site(SELECTING + OTHER)
    client = Client(site, 1, relay=0)
    client.flags = flags

    def destination(kind: MessageType, *options: tuple[int, bytes], ciaddr: str = "0.0.0.0") -> tuple[object, ...]:
        (reply,) = site.turn(client.octets(kind, *options, ciaddr=ciaddr))
        there = reply.address == parse(reply.octets).yiaddr
        return reply.listener, reply.how, there or reply.address, reply.port, reply.chaddr

    plain = [
        destination(MessageType.DISCOVER),
        destination(MessageType.REQUEST, asked(POOL[0]), server_id(SERVER)),
        destination(MessageType.REQUEST, asked("203.0.113.9")),
        destination(MessageType.INFORM, ciaddr=POOL[0]),
    ]
    there = number("198.51.100.10").to_bytes(4, "big")
    selecting = [
        destination(MessageType.DISCOVER, ELSEWHERE),
        destination(MessageType.REQUEST, ELSEWHERE, (50, there), server_id(SERVER)),
        destination(MessageType.REQUEST, ELSEWHERE, asked("203.0.113.9")),
        destination(MessageType.INFORM, ELSEWHERE, ciaddr=POOL[0]),
    ]
    assert selecting == plain

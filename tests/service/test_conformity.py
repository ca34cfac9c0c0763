"""Sentences of RFCs that no other test of this folder shows; docs/conformity.md has them all."""

import pytest

from dhcpserver.service.query import Destination
from dhcpserver.wire.dhcp4 import Packet, encode, parse
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import CONFIGURATION, POOL, Client, Site, lease_seconds, number


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

"""INFORM: options for a client that has its address from elsewhere (RFC 2131 sections 3.4 and 4.3.5)."""

import pytest

from dhcpserver.service.query import Arrival, Destination
from dhcpserver.wire.dhcp4 import parse
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import CONFIGURATION, LINK, RELAY, SERVER, Client, Site, number
from tests.service.test_networks import OTHER

HERE, THERE, NOWHERE = "192.0.2.77", "198.51.100.77", "203.0.113.77"
ROUTED = Arrival(0, SERVER, direct=False)


@pytest.mark.parametrize(
    ("ciaddr", "source", "arrival", "to", "mask"),
    [
        (HERE, HERE, LINK, HERE, 0),
        ("0.0.0.0", HERE, LINK, HERE, 0),
        ("0.0.0.0", HERE, LINK._replace(broadcast=True), HERE, 0),
        ("0.0.0.0", THERE, ROUTED, THERE, 26),
        (THERE, HERE, ROUTED, THERE, 26),
    ],
)
def test_the_answer_goes_to_the_address_of_the_client(
    ciaddr: str, source: str, arrival: Arrival, to: str, mask: int
) -> None:
    """Its ciaddr, or the source of the packet where it has none; with the options of the network of that address."""
    site = Site(CONFIGURATION + OTHER + "options = { interface-mtu = 1400 }\n")
    client = Client(site, 1, relay=0)
    octets = client.octets(MessageType.INFORM, (55, b"\x1a"), ciaddr=ciaddr)
    (reply,) = site.turn(octets, arrival=arrival._replace(source=number(source)))
    assert (reply.how, reply.address, reply.port) == (Destination.ADDRESS, number(to), 68)
    packet = parse(reply.octets)
    assert (packet.message_type, packet.ciaddr, packet.yiaddr) == (MessageType.ACK, number(ciaddr), 0)
    assert 51 not in packet.options
    assert (26 in packet.options) is bool(mask)


def test_the_source_of_a_relayed_packet_is_not_the_client() -> None:
    """The answer goes to the relay."""
    site = Site()
    octets = Client(site, 1).octets(MessageType.INFORM)
    (reply,) = site.turn(octets, arrival=ROUTED._replace(source=number("192.0.2.250")))
    assert (reply.how, reply.address, reply.port) == (Destination.ADDRESS, RELAY, 67)


def test_a_client_without_any_address_is_answered_by_broadcast() -> None:
    """There is no address to which a frame for its hardware address could be sent."""
    site = Site()
    (reply,) = site.turn(Client(site, 1, relay=0).octets(MessageType.INFORM))
    assert (reply.how, reply.address, reply.port) == (Destination.BROADCAST, 0xFFFFFFFF, 68)


@pytest.mark.parametrize(
    ("own", "relay", "broadcast", "answered"),
    [
        (HERE, "192.0.2.1", False, True),
        (HERE, "127.0.0.9", False, True),
        (THERE, "192.0.2.1", False, False),
        (NOWHERE, "192.0.2.1", False, False),
        (HERE, "0.0.0.0", True, True),
        (THERE, "0.0.0.0", True, False),
        (NOWHERE, "0.0.0.0", True, False),
        (THERE, "0.0.0.0", False, True),
        (NOWHERE, "0.0.0.0", False, False),
    ],
)
def test_the_address_of_the_client_is_one_of_its_link(own: str, relay: str, broadcast: bool, answered: bool) -> None:
    """RFC 2131 section 3.4: the server checks the address for consistency.

    The answer goes to this address, with the options of the link. By unicast the packet comes from any network.
    """
    site = Site(CONFIGURATION + OTHER)
    client = Client(site, 1, relay=number(relay))
    octets = client.octets(MessageType.INFORM, ciaddr=own)
    replies = site.turn(octets, arrival=LINK._replace(source=number(own), broadcast=broadcast))
    assert bool(replies) is answered
    assert bool(site.core.counters.dropped) is not answered


def test_a_relay_that_names_the_link_decides_about_consistency() -> None:
    """RFC 3527: link selection comes before giaddr."""
    site = Site(CONFIGURATION + OTHER)
    client = Client(site, 1)
    client.extra = [(82, bytes((5, 4, 198, 51, 100, 1)))]
    assert site.turn(client.octets(MessageType.INFORM, ciaddr=THERE))
    assert not site.turn(client.octets(MessageType.INFORM, ciaddr=HERE))
    assert site.core.counters.dropped == {"inconsistent-address": 1}


def test_the_source_counts_for_no_other_message() -> None:
    """A DISCOVER from an address of another network is one from the local link."""
    site = Site(CONFIGURATION + OTHER)
    client = Client(site, 1, relay=0)
    (reply,) = site.turn(client.octets(MessageType.DISCOVER), arrival=LINK._replace(source=number(THERE)))
    assert parse(reply.octets).yiaddr == number("192.0.2.10")

"""Where the reply to a renewal goes (RFC 2131 section 4.1)."""

import pytest

from dhcpserver.service.query import Arrival, Destination, Reply
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import LINK, SERVER, Client, Site, number


def renewal(arrival: Arrival, relay: int = 0) -> tuple[Client, str, Reply]:
    """Return a client, its address, and the reply to its renewal."""
    site = Site()
    client = Client(site, 1)
    mine = client.get()
    client.relay = relay
    site.wait(600)
    (reply,) = site.turn(client.octets(MessageType.REQUEST, ciaddr=mine), arrival=arrival)
    return client, mine, reply


def test_a_renewal_on_the_link_is_answered_at_the_hardware_address_of_the_client() -> None:
    """The ARP entry of the address may still be that of the machine that had it before."""
    client, mine, reply = renewal(LINK)
    assert (reply.how, reply.address, reply.port) == (Destination.LINK, number(mine), 68)
    assert reply.chaddr == client.hardware


@pytest.mark.parametrize(
    "arrival",
    [Arrival(0, SERVER, direct=False), Arrival(0, number("198.51.100.2"), direct=True)],
    ids=["routed", "other"],
)
def test_a_renewal_through_a_router_is_answered_at_the_ip_address(arrival: Arrival) -> None:
    """The client is not on the link of the listener, so its hardware address cannot be reached there."""
    _, mine, reply = renewal(arrival)
    assert (reply.how, reply.address) == (Destination.ADDRESS, number(mine))


def test_a_rebinding_through_a_relay_is_answered_at_the_relay() -> None:
    _, _, reply = renewal(LINK, number("192.0.2.1"))
    assert (reply.how, reply.address, reply.port) == (Destination.ADDRESS, number("192.0.2.1"), 67)

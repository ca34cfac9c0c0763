"""Which addresses identify this server in the messages of clients (RFC 2131 section 4.1)."""

import pytest

from dhcpserver.leases.lease import Status
from dhcpserver.service.query import Arrival
from dhcpserver.wire.dhcp4 import parse
from dhcpserver.wire.options4 import MessageType
from tests.failover.paired import CONFIGURATION as PAIR
from tests.failover.paired import RELAY as OF_PAIR
from tests.failover.paired import normal
from tests.service.standalone import CONFIGURATION, LINK, POOL, SERVER, Client, Site, asked, number, server_id

OTHER, STRANGER = number("203.0.113.2"), number("203.0.113.3")
ELSEWHERE = Arrival(1, OTHER, direct=False)
LISTENERS = """
[[listener]]
interface = "eth0"

[[listener]]
address = "203.0.113.2"
"""
INTERFACES = LISTENERS.replace('address = "203.0.113.2"', 'interface = "eth1"')


def site_with(listeners: str) -> Site:
    """A server that has received one packet on each of its listeners."""
    site = Site(CONFIGURATION + listeners)
    if listeners is INTERFACES:
        site.turn(Client(site, 0x77).octets(MessageType.INFORM), arrival=ELSEWHERE)
    return site


@pytest.mark.parametrize("listeners", [LISTENERS, INTERFACES])
def test_a_request_may_name_the_address_of_another_listener(listeners: str) -> None:
    """The replies have the address that the client selected: it may drop a reply with another one."""
    client = Client(site_with(listeners), 1)
    offered = client.discover()
    assert offered is not None
    assert offered.options[54] == SERVER.to_bytes(4, "big")
    granted = client.select(POOL[0], OTHER)
    assert granted is not None
    assert granted.message_type == MessageType.ACK
    assert granted.options[54] == OTHER.to_bytes(4, "big")
    refused = client.select("198.51.100.7", OTHER)
    assert refused is not None
    assert refused.message_type == MessageType.NAK
    assert refused.options[54] == OTHER.to_bytes(4, "big")


@pytest.mark.parametrize("listeners", [LISTENERS, INTERFACES])
def test_a_release_and_a_decline_may_name_it_too(listeners: str) -> None:
    site = site_with(listeners)
    client = Client(site, 1)
    released = client.get()
    client.send(MessageType.RELEASE, server_id(OTHER), ciaddr=released)
    lease = site.core.book.get(number(released))
    assert lease is not None
    assert lease.status is not Status.ACTIVE
    declined = client.get()
    client.send(MessageType.DECLINE, asked(declined), server_id(OTHER))
    lease = site.core.book.get(number(declined))
    assert lease is not None
    assert lease.status is Status.ABANDONED
    assert site.core.counters.dropped == {}


@pytest.mark.parametrize("named", [STRANGER, 0])
def test_a_message_that_names_another_server_changes_no_lease(named: int) -> None:
    site = site_with(LISTENERS)
    client = Client(site, 1)
    mine = client.get()
    assert client.select(mine, named) is None
    client.send(MessageType.RELEASE, server_id(named), ciaddr=mine)
    client.send(MessageType.DECLINE, asked(mine), server_id(named))
    lease = site.core.book.get(number(mine))
    assert lease is not None
    assert lease.status is Status.ACTIVE
    assert site.core.counters.dropped == {"other-server": 3}


def test_the_address_of_an_interface_is_replaced_when_it_changes() -> None:
    """Another server may have the former address now."""
    site = site_with(INTERFACES)
    client = Client(site, 1)
    mine = client.get()
    site.turn(client.octets(MessageType.INFORM), arrival=ELSEWHERE._replace(address=STRANGER))
    assert client.select(mine, OTHER) is None
    assert client.select(mine, STRANGER) is not None


def test_the_address_of_an_interface_is_not_assumed() -> None:
    """It is known from the first packet that arrives there."""
    client = Client(Site(CONFIGURATION + INTERFACES), 1)
    assert client.discover() is not None
    assert client.select(POOL[0], OTHER) is None


def test_a_renewal_by_unicast_has_the_address_that_it_was_sent_to() -> None:
    """It names no server."""
    site = site_with(LISTENERS)
    client = Client(site, 1)
    mine = client.get()
    client.relay = 0
    (reply,) = site.turn(client.octets(MessageType.REQUEST, ciaddr=mine), arrival=ELSEWHERE)
    assert parse(reply.octets).options[54] == OTHER.to_bytes(4, "big")
    (reply,) = site.turn(client.octets(MessageType.REQUEST, ciaddr=mine), arrival=LINK)
    assert parse(reply.octets).options[54] == SERVER.to_bytes(4, "big")


def test_the_partner_is_another_server() -> None:
    """Its address in the cluster is no identifier of this server, whatever listeners this server has."""
    site = normal(PAIR + LISTENERS)
    offer = site.client(77, MessageType.DISCOVER)
    assert offer is not None
    address = (50, offer.yiaddr.to_bytes(4, "big"))
    for partner in ("192.0.2.3", "127.0.0.12"):
        assert site.client(77, MessageType.REQUEST, address, server_id(number(partner))) is None
    granted = site.client(77, MessageType.REQUEST, address, server_id(OF_PAIR.address))
    assert granted is not None
    assert granted.message_type == MessageType.ACK

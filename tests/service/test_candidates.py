"""Which address a client is offered (RFC 2131 section 4.3.1), by packets to a main in NORMAL."""

from ipaddress import IPv4Address

import pytest

from dhcpserver.leases.lease import Status
from dhcpserver.wire import options4
from dhcpserver.wire.options4 import MessageType
from tests.failover.paired import CONFIGURATION, Site, normal

SERVER = 54
FIRST = int(IPv4Address("192.0.2.10"))
PARTNERS = FIRST
"""The backup's share begins here: addresses below the boundary go to it."""


def offered(site: Site, client: int, *options: tuple[int, bytes]) -> int:
    reply = site.client(client, MessageType.DISCOVER, *options)
    assert reply is not None
    return reply.yiaddr


def requesting(address: int) -> tuple[int, bytes]:
    return options4.REQUESTED_ADDRESS, address.to_bytes(4, "big")


def leased(site: Site, client: int, *options: tuple[int, bytes]) -> int:
    """Let a client get a lease; return its address."""
    offer = site.client(client, MessageType.DISCOVER, *options)
    assert offer is not None
    named = (SERVER, offer.options[SERVER])
    ack = site.client(client, MessageType.REQUEST, requesting(offer.yiaddr), named)
    assert ack is not None
    assert ack.message_type == MessageType.ACK
    site.settle()
    return ack.yiaddr


def test_a_requested_address_is_offered_if_this_server_may_give_it() -> None:
    site = normal()
    wanted = int(IPv4Address("192.0.2.77"))
    assert offered(site, 1, requesting(wanted)) == wanted


@pytest.mark.parametrize("wanted", ["192.0.2.9", "198.51.100.20", "10.0.0.1", "255.255.255.255"])
def test_a_requested_address_of_no_range_here_is_not_offered(wanted: str) -> None:
    site = normal()
    given = offered(site, 1, requesting(int(IPv4Address(wanted))))
    assert given != int(IPv4Address(wanted))
    assert site.core.book.pools["plain"].in_ranges(given)


def test_a_requested_address_of_another_client_is_not_offered() -> None:
    site = normal()
    taken = leased(site, 1)
    assert offered(site, 2, requesting(taken)) != taken


def test_a_requested_address_of_the_partners_share_is_not_offered() -> None:
    """R-105."""
    site = normal()
    pool = site.core.book.pools["plain"]
    wanted = next(iter(pool.backup))
    given = offered(site, 1, requesting(wanted))
    assert given != wanted
    assert given in pool.free or site.core.book.offer_of(given) is not None


def test_a_client_gets_the_address_that_it_used_last() -> None:
    """Of two addresses that it had, the one of its later transaction."""
    site = normal()
    first = leased(site, 1)
    site.now += 100
    second = leased(site, 1, requesting(first + 5))
    assert second == first, "a client has one address of a scope"
    other = site.core.book.record(first + 5)
    assert other is not None
    lease = site.core.book.get(first)
    assert lease is not None
    site.core.book.set_client(other, lease.client_id, lease.hardware)
    site.core.book.set_status(other, Status.ACTIVE, int(site.now))
    other.state_exp, other.cltt = lease.state_exp, lease.cltt + 1
    assert offered(site, 1) == other.address
    other.cltt = lease.cltt - 1
    site.core.book.expire_offers(site.now + 10_000)
    assert offered(site, 1) == first


def test_a_client_does_not_get_an_address_that_it_declined() -> None:
    site = normal()
    address = leased(site, 1)
    assert site.client(1, MessageType.DECLINE, requesting(address), (SERVER, bytes(4))) is None
    lease = site.core.book.get(address)
    assert lease is not None
    site.core.book.set_status(lease, Status.ABANDONED, int(site.now))
    assert offered(site, 1) != address


RESERVED = CONFIGURATION.replace(
    'failover-backup-allocation-boundary = "192.0.2.50"',
    'failover-backup-allocation-boundary = "192.0.2.50"\n'
    'reservations = [{ ipaddr = "192.0.2.200", mac = "00:00:00:00:00:01" }]',
)


def test_a_reserved_address_is_for_its_client_alone() -> None:
    """Also while the client has it, and also if another client requests it."""
    site = normal(RESERVED)
    reserved = int(IPv4Address("192.0.2.200"))
    assert offered(site, 2, requesting(reserved)) != reserved
    assert leased(site, 1) == reserved
    assert offered(site, 1) == reserved
    assert offered(site, 3, requesting(reserved)) != reserved


def test_a_reserved_address_that_another_client_still_uses_is_not_given() -> None:
    """The reservation was configured while another client had the address."""
    site = normal(RESERVED)
    reserved = int(IPv4Address("192.0.2.200"))
    lease = site.core.book.record(reserved)
    assert lease is not None
    site.core.book.set_client(lease, None, b"\1\0\0\0\0\0\11")
    site.core.book.set_status(lease, Status.ACTIVE, int(site.now))
    lease.state_exp = int(site.now) + 1000
    assert offered(site, 1) != reserved

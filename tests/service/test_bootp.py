"""BOOTP clients: infinite leases of reserved and dynamic addresses (RFC 951, RFC 1534; R-244 to R-248)."""

from ipaddress import IPv4Address

import pytest

from dhcpserver.leases.lease import FOREVER, Status
from dhcpserver.wire.dhcp4 import BOOTREPLY, Packet, encode, parse
from tests.service.standalone import CONFIGURATION, RELAY, Client, Site, dotted, lease_seconds

STATIC = CONFIGURATION.replace('name = "s1"', 'name = "s1"\nbootp = true', 1)
DYNAMIC = CONFIGURATION.replace('name = "s1"', 'name = "s1"\nbootp = true\ndynamic-bootp = true', 1)
ONLY_BOOTP = DYNAMIC.replace("dynamic-bootp = true", "dynamic-bootp = true\ndhcp = false", 1)


def bootp(site: Site, last: int) -> Packet | None:
    """Send a BOOTP request through a relay; return the reply."""
    asking = Packet(1, 1, 6, 0, 9, 0, 0, 0, 0, 0, RELAY, bytes((2, 0, 0, 0, 0, last)), {})
    replies = site.turn(encode(asking))
    assert len(replies) <= 1
    return parse(replies[0].octets) if replies else None


def test_a_client_gets_the_address_that_is_reserved_for_it() -> None:
    """R-245."""
    site = Site(STATIC)
    reply = bootp(site, 0x99)
    assert reply is not None
    assert (reply.op, dotted(reply.yiaddr)) == (BOOTREPLY, "192.0.2.12")
    assert bootp(site, 1) is None, "without a reservation, and without dynamic-bootp"
    assert site.core.counters.dropped == {"no-address": 1}


def test_the_reply_has_the_bootp_options_and_no_dhcp_option() -> None:
    """RFC 1534 section 2."""
    reply = bootp(Site(DYNAMIC), 1)
    assert reply is not None
    assert not {51, 53, 54, 58, 59} & set(reply.options)
    assert reply.options[3] == IPv4Address("192.0.2.1").packed


def test_a_scope_without_bootp_sends_no_reply() -> None:
    site = Site()
    assert bootp(site, 0x99) is None
    assert site.core.counters.dropped == {"bootp-off": 1}


def test_a_dynamic_lease_is_infinite_and_stays_with_its_client() -> None:
    """R-246."""
    site = Site(DYNAMIC)
    first = bootp(site, 1)
    assert first is not None
    lease = site.core.book.leases[first.yiaddr]
    assert (lease.state_exp, lease.bootp, lease.sent_pl) == (FOREVER, True, lease.sent_pl)
    changes = len(site.last.changes)
    site.wait(10 * 365 * 86_400)
    again = bootp(site, 1)
    assert again is not None
    assert again.yiaddr == first.yiaddr
    assert lease.status is Status.ACTIVE
    assert changes == 1
    assert not site.last.changes, "a repeated request stores nothing"


def test_each_client_gets_its_own_address_until_none_is_free() -> None:
    site = Site(DYNAMIC)
    found = [bootp(site, last) for last in range(1, 6)]
    assert len({reply.yiaddr for reply in found if reply is not None}) == 4
    assert found[4] is None


def test_dhcp_clients_get_no_reply_from_a_scope_without_dhcp() -> None:
    """R-248: dynamic BOOTP in a separate scope."""
    site = Site(ONLY_BOOTP)
    client = Client(site, 1)
    assert client.discover() is None
    assert client.reboot("192.0.2.10") is None
    assert site.core.counters.dropped == {"dhcp-off": 2}
    assert bootp(site, 1) is not None


def test_a_dhcp_client_with_the_same_hardware_gets_a_finite_lease() -> None:
    site = Site(DYNAMIC)
    reply = bootp(site, 1)
    assert reply is not None
    client = Client(site, 1)
    assert client.get() == dotted(reply.yiaddr)
    lease = site.core.book.leases[reply.yiaddr]
    assert not lease.bootp
    assert lease.state_exp == int(site.now) + 1000
    renewed = client.renew(dotted(reply.yiaddr))
    assert renewed is not None
    assert lease_seconds(renewed) == 1000


@pytest.mark.parametrize("octets", [b"", b"\1" * 240, b"\2" + bytes(299)])
def test_octets_that_are_not_a_request_are_counted_and_change_nothing(octets: bytes) -> None:
    site = Site(DYNAMIC)
    assert site.turn(octets) == []
    assert not site.core.book.leases

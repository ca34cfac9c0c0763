"""DHCPv4 by RFC 2131 without a partner: client messages and the replies."""

import pytest

from dhcpserver.leases.lease import Status, client_key
from dhcpserver.service.query import Destination
from dhcpserver.wire import options4
from dhcpserver.wire.dhcp4 import parse
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import (
    CONFIGURATION,
    POOL,
    RELAY,
    Client,
    Site,
    asked,
    dotted,
    lease_seconds,
    number,
)


@pytest.fixture
def site() -> Site:
    return Site()


def status(site: Site, address: str) -> Status:
    lease = site.core.book.get(number(address))
    assert lease is not None
    return lease.status


def test_an_offered_address_is_offered_to_one_client_only(site: Site) -> None:
    first, second = Client(site, 1).discover(), Client(site, 2).discover()
    assert first is not None
    assert second is not None
    assert [dotted(first.yiaddr), dotted(second.yiaddr)] == POOL[:2]
    assert site.last.changes == []
    again = Client(site, 1).discover()
    assert again is not None
    assert again.yiaddr == first.yiaddr


def test_a_lease_is_in_the_changes_of_the_turn_that_acknowledges_it(site: Site) -> None:
    """R-128: an acknowledged lease is stored in the same turn."""
    client = Client(site, 1)
    address = client.get()
    (lease,) = site.last.changes
    assert dotted(lease.address) == address
    assert lease.status is Status.ACTIVE
    assert lease.state_exp == int(site.now) + 1000


def test_options_are_in_order_and_option_82_is_last(site: Site) -> None:
    """RFC 3046 section 2.2, RFC 6842, RFC 2132: 53 first, the requested options in order, then 61 and 82."""
    client = Client(site, 1, client_id=b"\1abc")
    client.extra = [(55, bytes((6, 3, 15, 61, 54))), (82, b"\1\4port")]
    reply = client.discover()
    assert reply is not None
    assert list(reply.options) == [53, 54, 51, 58, 59, 1, 6, 3, 15, 61, 82]
    assert reply.options[61] == b"\1abc"
    assert reply.options[82] == b"\1\4port"
    assert reply.options[options4.RENEWAL_TIME] == (500).to_bytes(4, "big")
    assert reply.options[options4.REBINDING_TIME] == (875).to_bytes(4, "big")


def test_options_that_were_not_sent_are_not_echoed(site: Site) -> None:
    reply = Client(site, 1).discover()
    assert reply is not None
    assert 61 not in reply.options
    assert 82 not in reply.options


def test_an_offer_ends_and_the_address_is_free_again(site: Site) -> None:
    for last in range(1, 5):
        assert Client(site, last).discover() is not None
    assert Client(site, 5).discover() is None
    site.wait(11)
    assert Client(site, 5).discover() is not None


def test_choosing_another_server_ends_the_offer(site: Site) -> None:
    client = Client(site, 1)
    client.discover()
    assert client.select(POOL[0], server=number("192.0.2.3")) is None
    other = Client(site, 2).discover()
    assert other is not None
    assert dotted(other.yiaddr) == POOL[0]


def test_a_request_for_an_address_that_is_no_longer_available_gets_a_nak(site: Site) -> None:
    taken = Client(site, 1).get()
    reply = Client(site, 2).select(taken)
    assert reply is not None
    assert reply.message_type == MessageType.NAK
    assert set(reply.options) == {53, 54, 56}
    assert reply.flags & 0x8000


def test_a_client_gets_the_free_address_that_it_requests(site: Site) -> None:
    reply = Client(site, 1).discover(asked(POOL[3]))
    assert reply is not None
    assert dotted(reply.yiaddr) == POOL[3]


def test_a_client_gets_its_old_address_after_a_release(site: Site) -> None:
    client = Client(site, 1)
    Client(site, 2).get()
    address = client.get()
    client.release(address)
    Client(site, 3).get()
    reply = client.discover()
    assert reply is not None
    assert dotted(reply.yiaddr) == address


def test_a_reserved_address_is_for_its_client_only(site: Site) -> None:
    """A reservation by hardware address is valid for a client that sends an identifier too."""
    assert {Client(site, last).get() for last in range(1, 5)} == set(POOL)
    assert Client(site, 5).discover() is None
    assert Client(site, 0x99, client_id=b"\1xyz").get() == "192.0.2.12"
    assert Client(site, 0x99, client_id=b"\1xyz").renew("192.0.2.12") is not None


def test_reboot_on_the_wrong_network_is_refused(site: Site) -> None:
    reply = Client(site, 1).reboot("198.51.100.7")
    assert reply is not None
    assert reply.message_type == MessageType.NAK


def test_reboot_of_an_unknown_client_gets_no_reply(site: Site) -> None:
    assert Client(site, 1).reboot(POOL[0]) is None


def test_reboot_with_a_wrong_address_is_refused_and_with_the_right_one_granted(site: Site) -> None:
    client = Client(site, 1)
    address = client.get()
    wrong, right = client.reboot(POOL[3]), client.reboot(address)
    assert wrong is not None
    assert right is not None
    assert wrong.message_type == MessageType.NAK
    assert right.message_type == MessageType.ACK


def test_a_renewal_after_t1_extends_and_before_it_keeps_the_end(site: Site) -> None:
    client = Client(site, 1)
    address = client.get()
    site.wait(100)
    early = client.renew(address)
    assert early is not None
    assert lease_seconds(early) == 900
    assert site.last.changes == []
    site.wait(500)
    late = client.renew(address)
    assert late is not None
    assert lease_seconds(late) == 1000
    assert late.ciaddr == late.yiaddr == number(address)
    assert len(site.last.changes) == 1


def test_renewing_the_address_of_another_client_gets_a_nak(site: Site) -> None:
    address = Client(site, 1).get()
    reply = Client(site, 2).renew(address)
    assert reply is not None
    assert reply.message_type == MessageType.NAK


def test_an_expired_lease_stays_with_its_client_in_the_grace_period(site: Site) -> None:
    client = Client(site, 1)
    address = client.get()
    site.wait(1050)
    assert status(site, address) is Status.ACTIVE
    site.wait(100)
    assert status(site, address) is Status.FREE
    assert number(address) in site.core.book.pools["s1"].free


def test_a_declined_address_is_unavailable_and_reported(site: Site) -> None:
    """R-241 is about the partner; a declined address has a trap of its own."""
    client = Client(site, 1)
    address = client.get()
    assert client.decline(address) is None
    assert status(site, address) is Status.ABANDONED
    assert list(site.core.book.of_client(client_key(None, b"\1" + client.hardware))) == []
    assert [spec.name for spec in site.last.traps] == ["duplicate-address"]
    assert [line.text for line in site.last.lines] == [
        f"Address {address} was declined by 02:00:00:00:00:01: it is in use. It is unavailable for 500 s."
    ]
    assert client.get() != address
    site.wait(501)
    assert status(site, address) is Status.FREE


def test_another_client_cannot_release_or_decline_the_address(site: Site) -> None:
    address = Client(site, 1).get()
    Client(site, 2).release(address)
    Client(site, 2).decline(address)
    lease = site.core.book.get(number(address))
    assert lease is not None
    assert lease.status is Status.ACTIVE


def test_inform_gets_options_and_no_lease(site: Site) -> None:
    """RFC 2131 section 4.3.5: to the client's address, without yiaddr and times."""
    client = Client(site, 1, relay=0)
    (reply,) = site.turn(client.octets(MessageType.INFORM, (55, b"\3"), ciaddr="192.0.2.77"))
    packet = parse(reply.octets)
    assert (reply.how, reply.address, reply.port) == (Destination.ADDRESS, number("192.0.2.77"), 68)
    assert packet.yiaddr == 0
    assert set(packet.options) == {53, 54, 1, 3}
    assert site.core.book.leases == {}


@pytest.mark.parametrize(("flags", "how"), [(0x8000, Destination.BROADCAST), (0, Destination.LINK)])
def test_a_client_on_the_link_is_answered_by_its_broadcast_flag(site: Site, flags: int, how: Destination) -> None:
    """RFC 2131 section 4.1: broadcast if the flag is set, else to the hardware address."""
    client = Client(site, 1, relay=0)
    client.flags = flags
    (reply,) = site.turn(client.octets(MessageType.DISCOVER))
    assert reply.how is how
    assert reply.chaddr == (client.hardware if how is Destination.LINK else b"")


def test_the_relays_network_decides_and_link_selection_before_it(site: Site) -> None:
    """RFC 3527: sub-option 5 of option 82 is the client's link; the reply still goes to giaddr."""
    far = Client(site, 1, relay=number("203.0.113.1"))
    assert far.discover() is None
    far.extra = [(82, b"\5\4\xc0\0\2\1")]
    assert far.discover() is not None
    assert Client(site, 2, relay=number("127.0.3.4")).discover() is not None


def test_malformed_and_foreign_packets_are_counted_and_change_nothing(site: Site) -> None:
    good = Client(site, 1).octets(MessageType.DISCOVER)
    site.turn(b"", good[:200], b"\2" + good[1:], good[:240] + b"\x35\x01\x63\xff")
    assert site.last.replies == []
    assert site.core.counters.dropped == {"malformed": 2, "not-a-request": 1, "unsupported": 1}


def test_a_restarted_server_accepts_a_request_for_its_earlier_offer(site: Site) -> None:
    client = Client(site, 1)
    offered = client.discover()
    assert offered is not None
    client.site = Site()
    reply = client.select(dotted(offered.yiaddr))
    assert reply is not None
    assert reply.message_type == MessageType.ACK


def test_an_allocation_takes_the_same_work_in_a_large_scope() -> None:
    """An allocation examines the same number of addresses in any pool: there is no scan."""
    text = (
        CONFIGURATION.replace("192.0.2.0/24", "10.0.0.0/12")
        .replace("192.0.2.10-192.0.2.14", "10.0.0.10-10.15.255.0")
        .replace('routers = ["192.0.2.1"]', "")
    )
    text = text[: text.index("[[scope.reservations]]")]
    site = Site(text)
    pool = site.core.book.pools["s1"]
    assert pool.total > 1_000_000
    assert site.core.book.leases == {}
    client = Client(site, 1, relay=RELAY)
    client.relay = number("10.0.0.1")
    assert client.get() == "10.0.0.10"
    assert len(site.core.book.leases) == 1


def test_a_reply_fits_the_maximum_size_of_the_client() -> None:
    """RFC 2132 section 9.10: the last options are left out if they do not fit, but not the echoes."""
    options = "options = { " + ", ".join(f'{code} = "text:{"x" * 200}"' for code in range(200, 210)) + " }"
    site = Site(CONFIGURATION.replace('domain-name = "example.org"', options))
    client = Client(site, 1)
    client.extra = [(55, bytes(range(200, 210))), (82, b"\1\4port")]
    small = site.turn(client.octets(MessageType.DISCOVER))[0].octets
    assert len(small) <= 548
    client.extra.append((57, (1400).to_bytes(2, "big")))
    large = site.turn(client.octets(MessageType.DISCOVER))[0].octets
    assert 1200 < len(large) <= 1400 - 28
    for octets in (small, large):
        assert list(parse(octets).options)[-1] == 82


def test_free_address_traps_have_hysteresis(site: Site) -> None:
    """The level is the free unreserved addresses in percent of all five: one address is 20 percent."""
    clients = [Client(site, last) for last in range(1, 5)]
    names: list[str] = []

    addresses = [client.get() for client in clients]
    for _ in range(3):
        site.now += 1.5
        site.turn()
        names.extend(spec.name for spec in site.last.traps)
    assert names == ["free-address-low"]
    for client, address in zip(clients[:2], addresses[:2], strict=True):
        client.release(address)
        site.now += 101
        site.turn()
        names.extend(spec.name for spec in site.last.traps)
    assert names == ["free-address-low", "free-address-high"]

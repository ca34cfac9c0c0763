"""Clients that hold what they do not use, or cannot be told apart, and what the log has about them."""

import pytest

from dhcpserver.leases.lease import Status
from dhcpserver.service.query import Arrival
from dhcpserver.wire.dhcp4 import Packet, encode
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import CONFIGURATION, POOL, SERVER, Client, Site, asked, dotted, number, server_id

LIMITED = CONFIGURATION.replace('name = "a"\n', 'name = "a"\nnew-client-limit = 3\n', 1)
PATIENT = CONFIGURATION.replace("offer-timeout = 10", "offer-timeout = 120")


def texts(site: Site) -> list[str]:
    return [line.text for line in site.last.lines]


# Offers


def test_offers_that_nobody_takes_do_not_hold_a_pool() -> None:
    """RFC 2131 section 4.3.1: an offer is not a lease. The oldest offers yield when no address is free."""
    site = Site(PATIENT)
    for invented in range(len(POOL)):
        assert Client(site, 100 + invented).discover() is not None
    real = Client(site, 1)
    site.wait(0.5)
    assert real.discover() is None, "an offer is kept for a second: its client may just be requesting it"
    assert any("No address is free in scope 's1'" in text for text in texts(site))
    site.wait(0.6)
    offered = real.discover()
    assert offered is not None
    assert dotted(offered.yiaddr) == POOL[0], "the oldest offer yields"
    assert any("all free addresses were offered" in text for text in texts(site))
    granted = real.select(POOL[0])
    assert granted is not None
    assert granted.message_type == MessageType.ACK


def test_a_flood_of_discovers_does_not_keep_a_client_from_its_lease() -> None:
    """A real client gets a lease while invented clients send DISCOVERs all the time."""
    site = Site(PATIENT)
    for invented in range(40):
        Client(site, 50 + invented).discover()
        site.wait(0.1)
    real = Client(site, 1)
    for _ in range(4):
        offered = real.discover()
        if offered is not None:
            break
        site.wait(1.0)
    assert offered is not None
    granted = real.select(dotted(offered.yiaddr))
    assert granted is not None
    assert granted.message_type == MessageType.ACK


LARGE = CONFIGURATION.replace("192.0.2.10-192.0.2.14", "192.0.2.10-192.0.2.250")


@pytest.mark.parametrize(("invented", "told"), [(99, False), (100, True)])
def test_a_flood_of_discovers_is_told_while_known_clients_are_served(invented: int, told: bool) -> None:
    """In a scope that has addresses left, nothing else would show it. Offers that clients take do not count."""
    site = Site(LARGE)
    known = Client(site, 200)
    mine = known.get()
    lines: list[str] = []
    for last in range(invented):
        site.now += 0.2
        Client(site, last).discover()
        lines += [line.text for line in site.last.lines]
        if last % 10 == 0:
            assert known.renew(mine) is not None
            taking = Client(site, 0)
            taking.hardware = b"\2\0\0\0\1" + bytes((last,))
            taking.get()
    for _ in range(70):
        site.wait(1)
        lines += [line.text for line in site.last.lines]
    expected = "Scope 's1': 100 offers in a minute ended, and their clients did not request them."
    assert lines == ([expected] if told else [])


def test_a_client_whose_offer_yielded_starts_again() -> None:
    """A late REQUEST for an address that another client got is answered with a NAK (RFC 2131 section 4.3.2)."""
    site = Site(PATIENT)
    slow = Client(site, 100)
    first = slow.discover()
    assert first is not None
    for invented in range(len(POOL) - 1):
        Client(site, 101 + invented).get()
    site.wait(2)
    assert Client(site, 1).get() == dotted(first.yiaddr)
    refused = slow.select(dotted(first.yiaddr))
    assert refused is not None
    assert refused.message_type == MessageType.NAK


def test_the_former_address_of_a_client_is_taken_back_from_an_offer() -> None:
    """A returning client gets its last address although it is offered to a client that did not request it."""
    site = Site(PATIENT)
    back = Client(site, 1)
    mine = back.get()
    back.release(mine)
    others = [Client(site, 30 + each) for each in range(len(POOL) - 1)]
    for other in others:
        other.get()
    site.wait(101)
    thief = Client(site, 200)
    stolen = thief.discover()
    assert stolen is not None
    assert dotted(stolen.yiaddr) == mine
    site.wait(2)
    offered = back.discover()
    assert offered is not None
    assert dotted(offered.yiaddr) == mine


# Declines


def declines(site: Site, count: int) -> None:
    for each in range(count):
        client = Client(site, 60 + each)
        client.decline(client.get())


def test_declines_of_one_port_are_limited() -> None:
    """Twenty invented declines cannot empty a scope: after the tenth of a minute they are ignored."""
    wide = CONFIGURATION.replace("192.0.2.14", "192.0.2.60")
    site = Site(wide)
    declines(site, 20)
    pool = site.core.book.pools["s1"]
    assert pool.counts[Status.ABANDONED] == 10
    assert site.core.counters.dropped["decline-limit"] == 10
    site.wait(61)
    declines(site, 1)
    assert pool.counts[Status.ABANDONED] == 11


def test_the_limit_of_declines_is_logged_with_its_port() -> None:
    site = Site(
        CONFIGURATION.replace("192.0.2.14", "192.0.2.60").replace('name = "a"\n', 'name = "a"\ndecline-limit = 1\n', 1)
    )
    declines(site, 2)
    assert texts(site) == [
        "Declines from relay 192.0.2.1 are ignored: more than 1 in a minute. The last one was for 192.0.2.11."
    ]


def test_a_declined_address_is_used_again_when_no_other_is_left() -> None:
    """The address that was declined first is free before its time, and the client gets it when it asks again."""
    site = Site()
    declines(site, len(POOL))
    real = Client(site, 1)
    site.wait(30)
    assert real.discover() is None
    site.wait(31)
    assert real.discover() is None
    assert any(f"{POOL[0]}, which was declined, is used again" in text for text in texts(site))
    site.wait(4)
    offered = real.discover()
    assert offered is not None
    assert dotted(offered.yiaddr) == POOL[0]
    assert list(site.core.book.pools["s1"].abandoned) == [number(each) for each in POOL[1:]]


# New clients


def test_new_clients_of_one_port_are_limited() -> None:
    """With `new-client-limit` invented clients leave addresses for others; known clients are not counted."""
    site = Site(LIMITED.replace("192.0.2.14", "192.0.2.60"))
    known = Client(site, 1)
    known.get()
    flood = [Client(site, 20 + each).discover() for each in range(20)]
    assert sum(each is not None for each in flood) == 2
    assert site.core.counters.dropped["new-client-limit"] == 18
    elsewhere = Client(site, 90, relay=number("192.0.2.3"))
    assert elsewhere.discover() is not None, "another port has its own limit"
    assert known.discover() is not None
    site.wait(61)
    assert Client(site, 50).discover() is not None


# Clients that cannot be told apart


@pytest.mark.parametrize("hardware", [b"", bytes(6)])
@pytest.mark.parametrize("kind", [MessageType.DISCOVER, None])
def test_a_client_without_any_name_is_not_answered(hardware: bytes, kind: MessageType | None) -> None:
    """All such clients would share one key, so they would get one address (RFC 2131 section 4.2)."""
    site = Site()
    packet = Packet(1, 1, len(hardware), 0, 5, 0, 0, 0, 0, 0, number("192.0.2.1"), hardware, {})
    options = [] if kind is None else [(53, bytes([kind]))]
    assert site.turn(encode(packet, options)) == []
    assert site.core.counters.dropped == {"nameless": 1}
    assert texts(site) == ["A client without hardware address and client identifier was not answered; relay 192.0.2.1."]


def test_a_client_identifier_is_name_enough() -> None:
    """InfiniBand and virtual links have no hardware address of 16 octets or less (RFC 4390)."""
    site = Site()
    client = Client(site, 1, client_id=b"\xff\x01\x02\x03\x04")
    client.hardware = bytes(6)
    assert client.get() == POOL[0]


def test_an_empty_message_type_is_not_bootp() -> None:
    """RFC 1534: BOOTP is a message without option 53."""
    site = Site(CONFIGURATION.replace("[[scope]]\n", "[[scope]]\nbootp = true\ndynamic-bootp = true\n"))
    packet = Packet(1, 1, 6, 0, 5, 0, 0, 0, 0, 0, number("192.0.2.1"), b"\2\0\0\0\0\1", {})
    assert site.turn(encode(packet, [(53, b"")])) == []
    assert site.core.counters.dropped == {"malformed": 1}


def test_two_machines_with_one_identifier_are_told() -> None:
    """A copied machine has the identifier of the other one. The log has both hardware addresses."""
    site = Site()
    first = Client(site, 1, client_id=b"\1copied")
    mine = first.get()
    copy = Client(site, 2, client_id=b"\1copied")
    site.wait(1)
    assert copy.get() == mine
    assert texts(site) == [
        f"Client identifier 01:63:6f:70:69:65:64 has the address {mine} with hardware address 02:00:00:00:00:01 "
        "and now 02:00:00:00:00:02."
    ]
    lease = site.core.book.get(number(mine))
    assert lease is not None
    assert lease.hardware == b"\1\2\0\0\0\0\2"


# Others


def test_a_release_that_names_another_server_frees_nothing() -> None:
    """A server without a partner is the only one that can have given the lease: a stranger's name is wrong."""
    site = Site()
    client = Client(site, 1)
    mine = client.get()
    client.send(MessageType.RELEASE, server_id(number("192.0.2.77")), ciaddr=mine)
    lease = site.core.book.get(number(mine))
    assert lease is not None
    assert lease.status is Status.ACTIVE
    client.release(mine)
    assert lease.status is not Status.ACTIVE


def test_a_relay_that_no_scope_serves_is_told_once_a_minute() -> None:
    site = Site()
    lost = Client(site, 1, relay=number("198.51.100.1"))
    seen = []
    for _ in range(100):
        lost.discover()
        seen += texts(site)
        site.wait(1)
    assert seen == [
        "No scope serves the clients of relay 198.51.100.1: the request was dropped.",
        "No scope serves the clients of relay 198.51.100.1: the request was dropped (59 more since the last line).",
    ]


def test_lines_about_many_subjects_are_bounded_in_a_turn() -> None:
    """A thousand relays without a scope in one turn are sixteen lines."""
    site = Site()
    packets = [
        Client(site, 1, relay=number("198.51.0.0") + each).octets(MessageType.DISCOVER, asked("0.0.0.0"))
        for each in range(1000)
    ]
    site.turn(*packets, arrival=Arrival(0, SERVER, direct=False))
    assert len(texts(site)) == 16

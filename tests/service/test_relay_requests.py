"""What a relay asks of the server in option 82: server identifier, link, port (RFC 5107, RFC 3527, RFC 8357)."""

import pytest

from dhcpserver.leases.lease import Status
from dhcpserver.service.query import Arrival
from dhcpserver.wire.dhcp4 import parse
from dhcpserver.wire.options4 import MessageType
from tests.failover.paired import CONFIGURATION as PAIR
from tests.failover.paired import RELAY as PAIR_ARRIVAL
from tests.failover.paired import normal, status_of
from tests.service.standalone import (
    CONFIGURATION,
    LINK,
    POOL,
    RELAY,
    SERVER,
    Client,
    Site,
    asked,
    dotted,
    number,
    server_id,
)

RELAY_ID = bytes((192, 0, 2, 1))


def sub(code: int, value: bytes) -> tuple[int, bytes]:
    return 82, b"\1\4port" + bytes((code, len(value))) + value


@pytest.mark.parametrize("code", [11, 152])
def test_the_identifier_that_the_relay_demands_is_in_replies_and_names_this_server(code: int) -> None:
    """Case D3, RFC 5107 section 4: the REQUEST that named the relay was refused."""
    client = Client(Site(), 1)
    client.extra = [sub(code, RELAY_ID)]
    offered = client.discover()
    assert offered is not None
    assert offered.options[54] == RELAY_ID
    granted = client.select(POOL[0], RELAY)
    assert granted is not None
    assert granted.message_type == MessageType.ACK
    assert granted.options[54] == RELAY_ID
    assert granted.options[82] == client.extra[0][1]
    renewed = client.renew(POOL[0])
    assert renewed is not None
    assert renewed.options[54] == RELAY_ID
    client.send(MessageType.RELEASE, server_id(RELAY), ciaddr=POOL[0])
    assert client.site.core.counters.dropped == {}
    assert Client(client.site, 2).select(POOL[0], RELAY) is None


def test_the_own_address_names_this_server_as_well() -> None:
    client = Client(Site(), 1)
    client.extra = [sub(11, RELAY_ID)]
    assert client.discover() is not None
    granted = client.select(POOL[0], SERVER)
    assert granted is not None
    assert granted.message_type == MessageType.ACK


@pytest.mark.parametrize("value", [b"", b"\0\0\0\0", b"\1\2\3", b"\1\2\3\4\5"])
def test_an_identifier_without_a_valid_form_is_not_used(value: bytes) -> None:
    client = Client(Site(), 1)
    client.extra = [sub(11, value)]
    offered = client.discover()
    assert offered is not None
    assert offered.options[54] == SERVER.to_bytes(4, "big")


def test_a_client_without_a_relay_cannot_set_the_identifier() -> None:
    client = Client(Site(), 1, relay=0)
    client.extra = [sub(11, RELAY_ID)]
    offered = client.discover()
    assert offered is not None
    assert offered.options[54] == SERVER.to_bytes(4, "big")


def test_a_request_for_the_offer_of_the_partner_is_not_refused() -> None:
    """Both partners have the identifier of the relay: a NAK of the other one would end a good exchange."""
    client = Client(Site(), 1)
    client.extra = [sub(11, RELAY_ID)]
    assert client.discover() is not None
    assert client.site.core.book.offered_to(b"\0\1" + client.hardware) is not None
    assert Client(client.site, 3).discover() is not None  # The address is not free here.
    assert client.select(POOL[1], RELAY) is None
    assert client.site.core.book.offered_to(b"\0\1" + client.hardware) is None
    assert client.site.core.counters.dropped == {"other-server": 1}


SECOND = """
[[scope]]
name = "s2"
subnet = "198.51.100.0/24"
ranges = ["198.51.100.10-198.51.100.20"]
policy = "p2"
[[policy]]
name = "p2"
"""


@pytest.mark.parametrize("code", [5, 150])
def test_the_link_that_the_relay_names_selects_the_scope(code: int) -> None:
    """RFC 3527; 150 is Cisco's number of before."""
    client = Client(Site(CONFIGURATION + SECOND), 1)
    client.extra = [sub(code, bytes((198, 51, 100, 1)))]
    offered = client.discover()
    assert offered is not None
    assert dotted(offered.yiaddr).startswith("198.51.100.")


@pytest.mark.parametrize("kind", [MessageType.DISCOVER, MessageType.REQUEST])
def test_replies_go_to_the_port_that_a_relay_sent_from(kind: MessageType) -> None:
    """RFC 8357 section 5.1: sub-option 19; without it the port is 67."""
    site = Site()
    arrival = Arrival(0, SERVER, True, source_port=40000)
    client = Client(site, 1)
    more = [asked("203.0.113.1")] if kind is MessageType.REQUEST else []
    for option, port in (((82, b"\x13\0"), 40000), ((82, b"\1\1a"), 67)):
        (reply,) = site.turn(client.octets(kind, *more, option), arrival=arrival)
        assert reply.port == port
        assert parse(reply.octets).options[82] == option[1]
    (reply,) = site.turn(client.octets(kind, *more, (82, b"\x13\0")), arrival=LINK)
    assert reply.port == 67


def test_a_nak_has_the_identifier_too() -> None:
    client = Client(Site(), 1)
    client.extra = [sub(11, RELAY_ID)]
    nak = client.reboot("198.51.100.7")
    assert nak is not None
    assert (nak.message_type, nak.options[54]) == (MessageType.NAK, RELAY_ID)


def test_a_request_for_an_address_that_was_not_offered_here_gets_no_nak() -> None:
    """Both partners have the same identifier for this relay, so it does not tell whose offer the client selects."""
    client = Client(Site(), 1)
    client.extra = [sub(11, RELAY_ID)]
    assert client.discover() is not None
    assert client.select("192.0.2.250", server=RELAY) is None
    assert client.select("192.0.2.250", server=SERVER) is None
    other = Client(client.site, 2)
    offer = other.discover()
    assert offer is not None
    assert offer.yiaddr == number("192.0.2.10")


def test_the_port_is_not_followed_without_a_relay() -> None:
    client = Client(Site(), 1, relay=0)
    octets = client.octets(MessageType.DISCOVER, (82, b"\x13\0"))
    (reply,) = client.site.turn(octets, arrival=LINK._replace(source_port=1067, trusted=True))
    assert reply.port == 68


@pytest.mark.parametrize("relay_info", [b"\x0b\4\xc0", b"\x13", b"\x0b\xff" + RELAY_ID])
def test_sub_options_that_end_too_early_ask_for_nothing(relay_info: bytes) -> None:
    client = Client(Site(), 1)
    client.extra = [(82, relay_info)]
    offer = client.discover()
    assert offer is not None
    assert offer.options[54] == SERVER.to_bytes(4, "big")
    assert offer.options[82] == relay_info


@pytest.mark.parametrize(("relay_info", "answered"), [(sub(11, RELAY_ID)[1], False), (b"", True)])
def test_in_normal_a_request_for_an_address_of_the_partner_gets_no_nak(relay_info: bytes, answered: bool) -> None:
    """It has selected the offer of the partner, under the identifier that both have for this relay."""
    site = normal(PAIR.replace("backup-pct = 20", "backup-pct = 20\nload-balancing = true"))
    theirs = number("192.0.2.10")
    assert status_of(site, theirs) is Status.BACKUP
    named = RELAY_ID if relay_info else PAIR_ARRIVAL.address.to_bytes(4, "big")
    options = [(50, theirs.to_bytes(4, "big")), (54, named), *([(82, relay_info)] if relay_info else [])]
    reply = site.client(1, MessageType.REQUEST, *options)
    assert (reply is not None) == answered

"""What a relay asks for in option 82: the server identifier (RFC 5107), the port of replies (RFC 8357)."""

import pytest

from dhcpserver.leases.lease import Status
from dhcpserver.service.query import Arrival, Reply
from dhcpserver.wire.dhcp4 import parse
from dhcpserver.wire.options4 import MessageType
from tests.failover.paired import CONFIGURATION as PAIR
from tests.failover.paired import RELAY as PAIR_ARRIVAL
from tests.failover.paired import normal, status_of
from tests.service.standalone import LINK, RELAY, SERVER, Client, Site, asked, number, server_id

OTHER = number("192.0.2.3")
CLAIMED = RELAY.to_bytes(4, "big")


def override(code: int = 11, address: bytes = CLAIMED) -> bytes:
    return b"\1\4port" + bytes((code, len(address))) + address


@pytest.mark.parametrize("code", [11, 152])
def test_the_relay_names_the_server(code: int) -> None:
    """Case D3: RFC 5107 section 4, and Cisco's number of the sub-option. The REQUEST got a NAK."""
    client = Client(Site(), 1)
    client.extra = [(82, override(code))]
    offer = client.discover()
    assert offer is not None
    assert offer.options[54] == CLAIMED
    assert offer.options[82] == override(code)
    ack = client.select("192.0.2.10", server=RELAY)
    assert ack is not None
    assert (ack.message_type, ack.options[54]) == (MessageType.ACK, CLAIMED)
    assert client.send(MessageType.RELEASE, server_id(RELAY), ciaddr="192.0.2.10") is None
    assert client.site.core.counters.dropped == {}


def test_a_nak_has_the_identifier_too() -> None:
    client = Client(Site(), 1)
    client.extra = [(82, override())]
    nak = client.reboot("198.51.100.7")
    assert nak is not None
    assert (nak.message_type, nak.options[54]) == (MessageType.NAK, CLAIMED)


@pytest.mark.parametrize("address", [b"", b"\0\0\0\0", b"\xc0\0\2", CLAIMED + b"\0"])
def test_a_sub_option_without_an_address_is_not_followed(address: bytes) -> None:
    client = Client(Site(), 1)
    client.extra = [(82, override(11, address))]
    offer = client.discover()
    assert offer is not None
    assert offer.options[54] == SERVER.to_bytes(4, "big")


def test_a_client_without_a_relay_cannot_name_the_server() -> None:
    client = Client(Site(), 1, relay=0)
    client.extra = [(82, override())]
    offer = client.discover()
    assert offer is not None
    assert offer.options[54] == SERVER.to_bytes(4, "big")


def test_a_request_for_the_offer_of_the_partner_gets_no_nak() -> None:
    """Both partners have the same identifier for this relay, so it does not tell whose offer the client selects."""
    client = Client(Site(), 1)
    client.extra = [(82, override())]
    assert client.discover() is not None
    assert client.select("192.0.2.250", server=RELAY) is None
    assert client.select("192.0.2.250", server=SERVER) is None
    other = Client(client.site, 2)
    offer = other.discover()
    assert offer is not None
    assert offer.yiaddr == number("192.0.2.10")


@pytest.mark.parametrize("code", [5, 150])
def test_the_relay_selects_the_link(code: int) -> None:
    """RFC 3527, and Cisco's number of the sub-option."""
    client = Client(Site(), 1, relay=number("203.0.113.1"))
    assert client.discover() is None
    client.extra = [(82, bytes((code, 4)) + number("192.0.2.0").to_bytes(4, "big"))]
    assert client.discover() is not None


def reply_from(client: Client, port: int, relay_info: bytes) -> Reply:
    client.extra = [(82, relay_info)]
    arrival = Arrival(0, SERVER, direct=True, source_port=port)
    (reply,) = client.site.turn(client.octets(MessageType.DISCOVER), arrival=arrival)
    return reply


def test_the_reply_goes_to_the_port_of_the_relay() -> None:
    """RFC 8357 section 5: with the sub-option, which is echoed. Without it the port is 67."""
    client = Client(Site(), 1)
    reply = reply_from(client, 1067, b"\1\4port\x13\0")
    assert (reply.address, reply.port) == (RELAY, 1067)
    assert parse(reply.octets).options[82] == b"\1\4port\x13\0"
    assert reply_from(client, 1067, b"\1\4port").port == 67
    assert reply_from(client, 67, b"\1\4port\x13\0").port == 67
    client.extra = [(82, b"\x13\0")]
    packet = client.octets(MessageType.REQUEST, asked("198.51.100.7"))
    (nak,) = client.site.turn(packet, arrival=LINK._replace(source_port=1067))
    assert nak.port == 1067


def test_the_port_is_not_followed_without_a_relay() -> None:
    assert reply_from(Client(Site(), 1, relay=0), 1067, b"\x13\0").port == 68


@pytest.mark.parametrize("relay_info", [b"\x0b\4\xc0", b"\x13", b"\x0b\xff" + CLAIMED])
def test_sub_options_that_end_too_early_ask_for_nothing(relay_info: bytes) -> None:
    client = Client(Site(), 1)
    client.extra = [(82, relay_info)]
    offer = client.discover()
    assert offer is not None
    assert offer.options[54] == SERVER.to_bytes(4, "big")
    assert offer.options[82] == relay_info


@pytest.mark.parametrize(("relay_info", "answered"), [(override(), False), (b"", True)])
def test_in_normal_a_request_for_an_address_of_the_partner_gets_no_nak(relay_info: bytes, answered: bool) -> None:
    """It has selected the offer of the partner, under the identifier that both have for this relay."""
    site = normal(PAIR.replace("backup-pct = 20", "backup-pct = 20\nload-balancing = true"))
    theirs = number("192.0.2.10")
    assert status_of(site, theirs) is Status.BACKUP
    named = CLAIMED if relay_info else PAIR_ARRIVAL.address.to_bytes(4, "big")
    options = [(50, theirs.to_bytes(4, "big")), (54, named), *([(82, relay_info)] if relay_info else [])]
    reply = site.client(1, MessageType.REQUEST, *options)
    assert (reply is not None) == answered

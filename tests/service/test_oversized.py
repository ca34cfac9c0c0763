"""Client identifiers and relay information that are too long for the store or for a failover message."""

import pytest

from dhcpserver.wire import options4
from dhcpserver.wire.options4 import MessageType
from tests.failover.paired import normal
from tests.service.standalone import Client, Site


@pytest.mark.parametrize(("length", "answered"), [(255, True), (256, True), (510, True), (511, False), (3000, False)])
def test_a_client_identifier_has_at_most_510_octets(length: int, answered: bool) -> None:
    """A longer one led to a binding update that the partner could not read: the connection ended again and again."""
    site = Site()
    client = Client(site, 1)
    packed = options4.pack([(61, b"\1" * length)])
    octets = client.octets(MessageType.DISCOVER)[:240] + bytes((53, 1, 1)) + packed + b"\xff"
    assert bool(site.turn(octets)) is answered
    assert site.core.counters.dropped.get("malformed", 0) == (not answered)


@pytest.mark.parametrize(("length", "answered"), [(255, True), (600, True), (1020, True), (1021, False)])
def test_long_relay_information_is_stored_and_sent_to_the_partner(length: int, answered: bool) -> None:
    """RFC 3396: more than 255 octets in several instances. The turn failed, and with it every later one."""
    site = normal()
    address = int.from_bytes(bytes((192, 0, 2, 1)), "big")
    relay_info = b"\2" * length
    instances = [(82, relay_info[start : start + 255]) for start in range(0, length, 255)]
    offer = site.client(77, MessageType.DISCOVER, *instances, relay=address)
    assert (offer is not None) is answered
    if offer is None:
        return
    server = offer.options[54]
    ack = site.client(
        77, MessageType.REQUEST, (50, offer.yiaddr.to_bytes(4, "big")), (54, server), *instances, relay=address
    )
    assert ack is not None
    (update,) = site.updates()
    assert update.relay_info == relay_info

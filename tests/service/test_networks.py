"""Which network a client is on: its relay decides, and a client alone where it may (RFC 3011, RFC 3046, RFC 3527)."""

from pathlib import Path

import pytest

from dhcpserver.service.query import Arrival, Destination
from dhcpserver.storage.leasestore import LeaseStore
from dhcpserver.wire.dhcp4 import Packet, encode, parse
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import (
    CONFIGURATION,
    LINK,
    POOL,
    SERVER,
    Client,
    Site,
    dotted,
    lease_seconds,
    number,
)

OTHER = """
[[scope]]
name = "s2"
subnet = "198.51.100.0/24"
ranges = ["198.51.100.10-198.51.100.20"]
allocate-first-available = true
policy = "elsewhere"

[[policy]]
name = "elsewhere"
"""
SELECTING = CONFIGURATION.replace("[[scope]]\n", "[[scope]]\nsubnet-selection = true\n", 1)
ELSEWHERE = (118, bytes((198, 51, 100, 0)))
LINK_SELECTION = (82, bytes((5, 4, 198, 51, 100, 1)))
PORT = (82, b"\1\4port")
TRUSTED = LINK._replace(trusted=True)


def offer(site: Site, client: Client, *options: tuple[int, bytes], arrival: Arrival = LINK) -> Packet | None:
    """Return the offer to a client that sends these options."""
    replies = site.turn(client.octets(MessageType.DISCOVER, *options), arrival=arrival)
    return parse(replies[0].octets) if replies else None


def address(found: Packet | None) -> str:
    assert found is not None
    return dotted(found.yiaddr)


def test_a_client_does_not_choose_its_network() -> None:
    """RFC 3011: option 118 of a client counts only where the scope allows it."""
    found = offer(Site(CONFIGURATION + OTHER), Client(Site(), 1, relay=0), ELSEWHERE)
    assert address(found) == POOL[0]
    assert found is not None
    assert 118 not in found.options


def test_a_client_chooses_its_network_where_it_may() -> None:
    """RFC 3011 section 2: the server that uses option 118 returns it."""
    found = offer(Site(SELECTING + OTHER), Client(Site(), 1, relay=0), ELSEWHERE)
    assert address(found) == "198.51.100.10"
    assert found is not None
    assert found.options[118] == ELSEWHERE[1]


@pytest.mark.parametrize("options", [(ELSEWHERE,), (ELSEWHERE, (82, bytes((5, 4, 192, 0, 2, 1))))])
def test_a_client_does_not_choose_against_its_relay(options: tuple[tuple[int, bytes], ...]) -> None:
    """The relay's address and its link selection come first, also where option 118 is allowed."""
    assert address(offer(Site(SELECTING + OTHER), Client(Site(), 1), *options)) == POOL[0]


def test_a_client_that_chooses_a_network_without_a_scope_gets_nothing() -> None:
    assert offer(Site(SELECTING), Client(Site(), 1, relay=0), ELSEWHERE) is None


def test_the_link_selection_of_a_relay_counts() -> None:
    """RFC 3527: the relay names the link of the client in option 82."""
    assert address(offer(Site(CONFIGURATION + OTHER), Client(Site(), 1), LINK_SELECTION)) == "198.51.100.10"


def test_option_82_of_a_client_is_ignored() -> None:
    """RFC 3046 section 2.1: only a relay adds option 82. It is not used, stored or returned."""
    site = Site(CONFIGURATION + OTHER)
    client = Client(site, 1, relay=0)
    found = offer(site, client, LINK_SELECTION)
    assert address(found) == POOL[0]
    assert found is not None
    assert 82 not in found.options
    site.turn(client.octets(MessageType.REQUEST, (50, bytes((192, 0, 2, 10))), (54, SERVER.to_bytes(4, "big")), PORT))
    lease = site.core.book.get(number(POOL[0]))
    assert lease is not None
    assert lease.relay_info is None


def test_option_82_of_a_trusted_port_counts() -> None:
    """A switch that inserts option 82 without being a relay: `trust-relay-info` of the listener."""
    site = Site(CONFIGURATION + OTHER)
    found = offer(site, Client(site, 1, relay=0), LINK_SELECTION, arrival=TRUSTED)
    assert address(found) == "198.51.100.10"
    assert found is not None
    assert found.options[82] == LINK_SELECTION[1]


def test_an_empty_option_82_does_not_replace_the_stored_one() -> None:
    """R-203: the latest information of the relay is kept."""
    site = Site()
    client = Client(site, 1)
    client.extra = [PORT]
    mine = client.get()
    client.extra = [(82, b"")]
    site.wait(600)
    renewed = client.renew(mine)
    assert renewed is not None
    lease = site.core.book.get(number(mine))
    assert lease is not None
    assert lease.relay_info == PORT[1]


def test_a_client_without_a_hardware_address_is_answered_by_broadcast() -> None:
    """RFC 2131 section 4.1: without a hardware address there is no address on the link to send to."""
    site = Site()
    packet = Packet(1, 32, 0, 0, 9, 0, 0, 0, 0, 0, 0, b"", {})
    replies = site.turn(encode(packet, [(53, b"\1"), (61, b"\xff\1\2\3\4")]))
    assert replies[0].how is Destination.BROADCAST


BROADCAST = LINK._replace(broadcast=True)


@pytest.mark.parametrize("authoritative", [True, False])
def test_a_rebinding_client_that_came_from_another_link_is_refused(authoritative: bool) -> None:
    """RFC 2131 section 4.3.2: its broadcast arrived here, so it is on this link, where its address belongs to none."""
    text = CONFIGURATION.replace("[[scope]]", f"[[scope]]\nauthoritative = {str(authoritative).lower()}", 1)
    site = Site(text + OTHER)
    client = Client(site, 1, relay=number("198.51.100.1"))
    before = client.get()
    assert before == "198.51.100.10"
    client.relay = 0
    site.wait(10)
    replies = site.turn(client.octets(MessageType.REQUEST, ciaddr=before), arrival=BROADCAST)
    if not authoritative:
        assert replies == []
        return
    assert replies[0].how is Destination.BROADCAST
    refused = parse(replies[0].octets)
    assert (refused.message_type, refused.yiaddr) == (MessageType.NAK, 0)


def test_a_renewal_from_another_link_is_extended() -> None:
    """It was sent to this server and came through a router: the client is where its address belongs."""
    site = Site(CONFIGURATION + OTHER)
    client = Client(site, 1, relay=number("198.51.100.1"))
    before = client.get()
    client.relay = 0
    site.wait(10)
    (reply,) = site.turn(client.octets(MessageType.REQUEST, ciaddr=before), arrival=LINK)
    assert parse(reply.octets).message_type == MessageType.ACK
    assert (reply.how, reply.address) == (Destination.ADDRESS, number(before))


def test_a_rebinding_client_on_its_own_link_is_extended() -> None:
    site = Site(CONFIGURATION + OTHER)
    client = Client(site, 1)
    mine = client.get()
    client.relay = 0
    site.wait(10)
    (reply,) = site.turn(client.octets(MessageType.REQUEST, ciaddr=mine), arrival=BROADCAST)
    assert parse(reply.octets).message_type == MessageType.ACK
    assert (reply.how, reply.chaddr) == (Destination.LINK, client.hardware)


@pytest.mark.parametrize("restarts", [False, True])
def test_a_range_that_was_made_smaller_sends_its_old_clients_away(restarts: bool) -> None:
    """A stored lease outside every range: its client gets a NAK at its renewal, and a new address at once."""
    site = Site()
    site.core.book.former[number("192.0.2.200")] = (None, 0)
    client = Client(site, 1)
    answer = client.reboot("192.0.2.200") if restarts else client.renew("192.0.2.200")
    assert answer is not None
    assert answer.message_type == MessageType.NAK
    assert client.get() == POOL[0]


@pytest.mark.parametrize("restarts", [False, True])
def test_by_policy_a_client_outside_of_the_ranges_keeps_its_address_until_its_end(
    restarts: bool, tmp_path: Path
) -> None:
    """`withdrawn-leases = "expire"`: the rest of the lease, for its client alone, and no longer than to its end."""
    text = CONFIGURATION.replace("[[scope]]", 'withdrawn-leases = "expire"\n\n[[scope]]', 1)
    before = Site(text.replace("192.0.2.10-192.0.2.14", "192.0.2.10-192.0.2.200"))
    assert Client(before, 1).select("192.0.2.200") is not None
    store = LeaseStore(tmp_path / "leases")
    store.commit(before.last.changes)
    site = Site(text)
    assert store.load(site.core.book) == 1
    store.close()
    site.wait(400)
    client, other = Client(site, 1), Client(site, 2)
    answers = [each.reboot("192.0.2.200") if restarts else each.renew("192.0.2.200") for each in (client, other)]
    assert [each and each.message_type for each in answers] == [MessageType.ACK, MessageType.NAK]
    assert answers[0] is not None
    assert lease_seconds(answers[0]) == 600
    site.wait(600)
    refused = client.renew("192.0.2.200")
    assert refused is not None
    assert refused.message_type == MessageType.NAK
    assert client.get() == POOL[0]

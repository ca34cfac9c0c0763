"""Secondary subnets: several scopes on one link, and which of them gives the address (issue 15)."""

from ipaddress import IPv4Address

import pytest

from dhcpserver.config.document import read
from dhcpserver.service.pairing import digest
from dhcpserver.service.plan import Plan
from dhcpserver.service.query import Arrival
from dhcpserver.service.thresholds import FreeAddressThresholds
from dhcpserver.wire.dhcp4 import parse
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import CONFIGURATION, LINK, SERVER, Client, Site, dotted, number

SHARED = (
    CONFIGURATION.replace("192.0.2.10-192.0.2.14", "192.0.2.10-192.0.2.12")
    + """
[[scope]]
name = "s2"
subnet = "198.51.100.0/24"
primary-subnet = "192.0.2.0/24"
ranges = ["198.51.100.10-198.51.100.11"]
allocate-first-available = true
relay-subnets = ["203.0.113.0/24"]
options = { routers = "198.51.100.1" }
reservations = [{ ipaddr = "198.51.100.99", mac = "02:00:00:00:00:55" }]

[[scope]]
name = "s3"
subnet = "10.3.0.0/24"
ranges = ["10.3.0.10-10.3.0.20"]
options = { routers = "10.3.0.1" }
"""
)
RELAYS = ["192.0.2.1", "198.51.100.1", "203.0.113.1"]
ALL = ["192.0.2.10", "192.0.2.11", "198.51.100.10", "198.51.100.11"]
"""The addresses of the link that are not reserved, in the order in which new clients get them."""


def fill(site: Site, count: int, relay: str = RELAYS[0]) -> list[Client]:
    """Return clients with leases: 1, 2 and so on."""
    clients = [Client(site, last, relay=number(relay)) for last in range(1, count + 1)]
    for client in clients:
        client.get()
    return clients


@pytest.mark.parametrize("relay", RELAYS)
def test_the_relay_of_any_subnet_reaches_all_scopes_of_the_link(relay: str) -> None:
    """The primary subnet comes first, then the secondary one; no client gets an address of another link."""
    site = Site(SHARED)
    found = [Client(site, last, relay=number(relay)).get() for last in range(1, 5)]
    assert found == ALL
    assert Client(site, 5, relay=number(relay)).discover() is None


@pytest.mark.parametrize("own", ["192.0.2.2", "198.51.100.2"])
def test_an_interface_with_an_address_of_any_subnet_reaches_all_scopes(own: str) -> None:
    site = Site(SHARED)
    for last in range(1, 5):
        octets = Client(site, last, relay=0).octets(MessageType.DISCOVER)
        assert site.turn(octets, arrival=Arrival(0, number(own), direct=True))
    assert site.turn(Client(site, 5, relay=0).octets(MessageType.DISCOVER), arrival=LINK) == []


def test_the_options_are_those_of_the_subnet_of_the_address() -> None:
    site = Site(SHARED)
    fill(site, 2)
    offered = Client(site, 3).discover((55, b"\1\3\34"))
    assert offered is not None
    assert offered.options[1] == IPv4Address("255.255.255.0").packed
    assert offered.options[3] == IPv4Address("198.51.100.1").packed
    assert offered.options[28] == IPv4Address("198.51.100.255").packed


@pytest.mark.parametrize("how", ["renew", "reboot", "discover"])
def test_a_client_keeps_its_address_of_a_secondary_subnet(how: str) -> None:
    """Also when the primary subnet has free addresses again."""
    site = Site(SHARED)
    clients = fill(site, 3)
    clients[0].release(ALL[0])
    site.wait(200)
    client = clients[2]
    answer = {"renew": client.renew, "reboot": client.reboot}[how](ALL[2]) if how != "discover" else client.discover()
    assert answer is not None
    assert answer.message_type == (MessageType.OFFER if how == "discover" else MessageType.ACK)
    assert dotted(answer.yiaddr) == ALL[2]


@pytest.mark.parametrize("restarts", [False, True])
def test_an_address_outside_of_the_link_is_refused(restarts: bool) -> None:
    site = Site(SHARED)
    client = Client(site, 1)
    answer = client.reboot("10.3.0.10") if restarts else client.renew("10.3.0.10")
    assert answer is not None
    assert answer.message_type == MessageType.NAK


def test_a_reservation_in_any_subnet_comes_first() -> None:
    assert Client(Site(SHARED), 0x55).get() == "198.51.100.99"


def test_a_reservation_made_later_in_another_subnet_moves_the_client() -> None:
    site = Site(SHARED.replace("00:00:00:55", "00:00:00:01"))
    client = Client(site, 1)
    lease = site.core.book.record(number(ALL[0]))
    assert lease is not None
    client.select(ALL[0])
    renewed = client.renew(ALL[0])
    assert renewed is None or renewed.message_type == MessageType.NAK
    assert client.get() == "198.51.100.99"


def test_link_selection_of_a_secondary_subnet_reaches_all_scopes() -> None:
    """RFC 3527: the sub-option names the link by any of its subnets."""
    offered = Client(Site(SHARED), 1, relay=number("10.3.0.1")).discover((82, bytes((5, 4, 198, 51, 100, 0))))
    assert offered is not None
    assert dotted(offered.yiaddr) == ALL[0]


def test_subnet_selection_of_a_secondary_subnet_reaches_all_scopes_of_its_link() -> None:
    """RFC 3011: an address of that subnet, or of one on the same link. The option is echoed."""
    site = Site(SHARED.replace('name = "s3"', 'name = "s3"\nsubnet-selection = true'))
    chosen = (118, bytes((198, 51, 100, 0)))
    there = LINK._replace(address=number("10.3.0.2"))
    found = []
    for last in range(1, 5):
        client = Client(site, last, relay=0)
        (offer,) = site.turn(client.octets(MessageType.DISCOVER, chosen), arrival=there)
        packet = parse(offer.octets)
        assert packet.options[118] == chosen[1]
        wanted = (50, packet.yiaddr.to_bytes(4, "big"))
        octets = client.octets(MessageType.REQUEST, wanted, (54, packet.options[54]), chosen)
        (answer,) = site.turn(octets, arrival=there)
        found.append(dotted(parse(answer.octets).yiaddr))
        site.turn(client.octets(MessageType.REQUEST, chosen, ciaddr=found[-1]), arrival=there._replace(broadcast=True))
        assert parse(site.last.replies[0].octets).message_type == MessageType.ACK, "it rebinds with the option"
    assert found == ALL


def test_a_scope_without_dhcp_gives_no_address_to_a_dhcp_client() -> None:
    """R-248: a secondary scope for BOOTP only."""
    site = Site(SHARED.replace('primary-subnet = "192.0.2.0/24"', 'primary-subnet = "192.0.2.0/24"\ndhcp = false'))
    fill(site, 2)
    assert Client(site, 3).discover() is None


def test_a_deactivated_primary_scope_still_names_the_link() -> None:
    """The relay has its address there, and its clients get addresses of the secondary subnet."""
    site = Site(SHARED.replace('name = "s1"\n', 'name = "s1"\ndeactivated = true\n'))
    client = Client(site, 1)
    assert client.get() == ALL[2]
    refused = client.renew(ALL[0])
    assert refused is not None
    assert refused.message_type == MessageType.NAK


def test_thresholds_of_a_network_count_its_secondary_subnets() -> None:
    text = SHARED.replace("[[scope]]\n", '[[scope]]\nfree-address-config = "tight"\n')
    text += '\n[[addr-trap]]\nname = "tight"\nmode = "network"\n'
    configuration = read(text)
    levels = FreeAddressThresholds(configuration.addr_trap, Plan(configuration).pools.values())
    assert levels.of_pool("s1") is levels.of_pool("s2")
    assert levels.of_pool("s1") is not levels.of_pool("s3")
    assert levels.of_pool("s2").value == "192.0.2.0"


def test_the_partners_compare_the_primary_subnets() -> None:
    """R-007: a secondary subnet on one partner only is a difference of the scopes."""
    assert digest(read(SHARED)) != digest(read(SHARED.replace('primary-subnet = "192.0.2.0/24"\n', "")))


def test_a_renewal_by_unicast_finds_the_link_by_any_subnet() -> None:
    """RFC 2131 section 4.3.2: a renewing client has no relay; its own address names the link."""
    site = Site(SHARED)
    client = fill(site, 3)[2]
    client.relay = 0
    octets = client.octets(MessageType.REQUEST, ciaddr=ALL[2])
    replies = site.turn(octets, arrival=Arrival(0, SERVER, direct=False))
    assert [reply.address for reply in replies] == [number(ALL[2])]

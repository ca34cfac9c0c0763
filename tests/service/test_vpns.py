"""VPNs of DHCPv4 (RFC 6607): relays and clients name them, and the scopes of one are for its clients alone."""

from ipaddress import IPv4Address

import pytest

from dhcpserver.config.document import read
from dhcpserver.config.errors import ConfigurationError
from dhcpserver.wire import options4
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import CONFIGURATION, Client, Site, dotted

VPNS = (
    CONFIGURATION
    + """
[[vpn]]
name = "red"
vrf-name = "RED"
vpn-id = "00a0b1:0000000c"

[[vpn]]
name = "blue"
vrf-name = "BLUE"

[[scope]]
name = "red"
subnet = "10.1.0.0/16"
ranges = ["10.1.0.10-10.1.0.19"]
vpn = "red"
relay-subnets = ["172.16.0.0/24"]
options = { routers = ["10.1.0.1"] }
"""
)
RED = int(IPv4Address("172.16.0.1"))
NAMED, IDENTIFIED = b"\0RED", b"\1" + bytes.fromhex("00a0b10000000c")


def option82(*parts: tuple[int, bytes]) -> tuple[int, bytes]:
    return options4.RELAY_AGENT_INFORMATION, options4.pack(parts)


def client(site: Site, relay: int = RED, *parts: tuple[int, bytes]) -> Client:
    one = Client(site, 1, relay=relay)
    one.extra = [option82(*parts)] if parts else []
    return one


@pytest.mark.parametrize("vss", [NAMED, IDENTIFIED])
def test_a_relay_names_the_vpn_of_a_client(vss: bytes) -> None:
    """It gets option 82 back without VSS-Control, by which it knows that the VPN was used (RFC 6607 section 5)."""
    one = client(Site(VPNS), RED, (1, b"port"), (151, vss), (152, b""))
    offer = one.discover()
    assert offer is not None
    assert dotted(offer.yiaddr).startswith("10.1.0.")
    assert options4.sub_options(offer.options[82]) == {1: b"port", 151: vss}
    one.extra = []
    one.relay = RED


def test_scopes_of_a_vpn_are_for_its_clients_alone() -> None:
    site = Site(VPNS)
    assert client(site).discover() is None, "no VPN"
    assert client(site, RED, (151, b"\0BLUE")).discover() is None, "another one"
    assert client(site, RED, (151, b"\0GREEN")).discover() is None, "an unknown one"
    assert site.core.counters.dropped == {"no-scope": 3}
    plain = int(IPv4Address("192.0.2.1"))
    assert client(site, plain, (151, NAMED)).discover() is None, "a scope without a VPN"
    assert client(site, plain).discover() is not None
    assert client(site, plain, (151, b"\xff")).discover() is not None, "the global one"


def test_a_renewal_by_unicast_needs_no_vpn() -> None:
    """Addresses are in one VPN only, so the address itself leads to its scope."""
    site = Site(VPNS)
    one = client(site, RED, (151, NAMED))
    address = one.get()
    one.relay, one.extra = 0, []
    answer = one.renew(address)
    assert answer is not None
    assert answer.message_type == MessageType.ACK


def test_a_client_on_the_link_names_its_vpn_by_option_221() -> None:
    site = Site(VPNS.replace('name = "s1"', 'name = "s1"\nvpn = "blue"'))
    one = Client(site, 2, relay=0)
    assert one.discover() is None
    one.extra = [(options4.VSS, b"\0BLUE")]
    offer = one.discover()
    assert offer is not None
    assert offer.options[options4.VSS] == b"\0BLUE"


def test_without_vpns_the_option_changes_nothing() -> None:
    one = client(Site(), int(IPv4Address("192.0.2.1")), (151, NAMED), (152, b""))
    offer = one.discover()
    assert offer is not None
    assert options4.sub_options(offer.options[82]) == {151: NAMED, 152: b""}, "the relay learns that it was not used"


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ('vpn = "red"', 'vpn = "green"', "there is no vpn 'green' .there are: blue, red."),
        ('vrf-name = "BLUE"', "", "it needs a vpn-id or a vrf-name"),
        ('vrf-name = "BLUE"', 'vrf-name = "RED"', "relays name it as the VPN 'red'"),
        ("00a0b1:0000000c", "a0b1:0c", "6 and 8 hexadecimal digits"),
        ('"10.1.0.0/16"', '"192.0.2.0/25"', "overlaps 192.0.2.0/24 of scope 's1'"),
        ('vpn = "red"', 'vpn = "red"\nprimary-subnet = "192.0.2.0/24"', "of another VPN, or of none"),
    ],
)
def test_what_cannot_be_meant_is_refused(old: str, new: str, wrong: str) -> None:
    """Equal addresses in two VPNs are refused too: a lease is known by its address."""
    with pytest.raises(ConfigurationError, match=wrong):
        read(VPNS.replace(old, new, 1))

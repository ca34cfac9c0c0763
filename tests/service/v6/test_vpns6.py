"""VPNs of DHCPv6 (RFC 6607): the relay names them, and gets the option back when it was used."""

from ipaddress import IPv6Address

from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6 import Hop
from dhcpserver.wire.dhcp6options import MessageType6
from tests.service.v6.pair6 import DUIDS, Pair6, na

RED = int(IPv6Address("2001:db8:7::1"))
VPN = """
[[vpn]]
name = "red"
vrf-name = "RED"

[[link]]
name = "red"

[[prefix]]
name = "red"
address = "2001:db8:7::/64"
link = "red"
vpn = "red"
"""


def hop(link: int, vss: bytes | None) -> Hop:
    options = [] if vss is None else [(o6.VSS, vss)]
    return Hop(MessageType6.RELAY_FORW, 0, link, int(IPv6Address("fe80::1")), options)


def test_a_prefix_of_a_vpn_is_for_its_clients_alone() -> None:
    server = Pair6(alone=True, more=VPN).main
    for vss in (None, b"\0BLUE", b"\xff"):
        assert server.ask(MessageType6.SOLICIT, na(), hops=[hop(RED, vss)]) is None
    answer = server.ask(MessageType6.SOLICIT, na(), hops=[hop(RED, b"\0RED")])
    assert answer is not None
    assert answer.relays[0].get(o6.VSS) == b"\0RED"
    (lease,) = answer.ias[0].leases
    assert lease.address >> 64 == RED >> 64


def test_other_prefixes_are_for_clients_without_a_vpn() -> None:
    server = Pair6(alone=True, more=VPN).main
    office = int(IPv6Address("2001:db8:1::1"))
    assert server.ask(MessageType6.SOLICIT, na(), hops=[hop(office, b"\0RED")], duid=DUIDS[1]) is None
    assert server.ask(MessageType6.SOLICIT, na(), hops=[hop(office, None)], duid=DUIDS[1]) is not None


def test_without_vpns_the_option_is_not_confirmed() -> None:
    server = Pair6(alone=True).main
    answer = server.ask(MessageType6.SOLICIT, na(), hops=[hop(int(IPv6Address("2001:db8:1::1")), b"\0RED")])
    assert answer is not None
    assert answer.relays[0].get(o6.VSS) is None

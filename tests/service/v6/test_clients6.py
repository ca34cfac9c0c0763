"""Clients and client-classes of DHCPv6."""

from ipaddress import IPv6Address, IPv6Network

from dhcpserver.wire.dhcp6options import MessageType6
from tests.service.v6.pair6 import DUIDS, Pair6, Server6, na, pd

MORE = f"""
[[policy]]
name = "short"
valid-lifetime = 900
preferred-lifetime = 600
v6-options = {{ 24 = ["lab.example"] }}
v6-reply-options = [24]

[[prefix]]
name = "new"
address = "2001:db8:2::/64"
link = "office"
selection-tags = ["new"]

[[client-class]]
name = "new"
policy-name = "short"
selection-criteria = ["new"]

[[client]]
name = "{DUIDS[1].hex(":")}"
client-class-name = "new"
host-name = "desk"

[[client]]
name = "02:00:00:00:00:03"
action = "exclude"
"""


def pair() -> Pair6:
    return Pair6(alone=True, server="client-class = true", more=MORE)


def test_a_class_selects_prefixes_and_a_policy() -> None:
    """A client without a class gets an address of each prefix."""
    server = pair().main
    (plain,) = server.leased(na())
    assert len(plain.leases) == 2
    (chosen,) = server.leased(na(), duid=DUIDS[1])
    (lease,) = chosen.leases
    assert IPv6Address(lease.address) in IPv6Network("2001:db8:2::/64")
    assert (lease.valid, lease.preferred) == (900, 600)
    reply = server.ask(MessageType6.RENEW, na(1, lease.address), duid=DUIDS[1], server=server.duid)
    assert reply is not None
    assert reply.get(24) == b"\3lab\7example\0"
    assert {each.names.host_name for each in server.core.book.leases.values()} == {"", "desk"}


def test_an_address_of_another_prefix_is_not_confirmed() -> None:
    server = pair().main
    first = int(IPv6Address("2001:db8:1::1"))
    confirm = server.ask(MessageType6.CONFIRM, na(1, first), duid=DUIDS[1])
    assert confirm is not None
    assert confirm.status is not None
    assert confirm.status.code == 4, "NotOnLink"


def test_a_client_is_found_by_its_hardware_address_too_and_gets_no_answer() -> None:
    server = pair().main
    assert server.ask(MessageType6.SOLICIT, na(), pd(), duid=DUIDS[2]) is None
    assert server.core.counters6.dropped == {"excluded": 1}


def test_clients_of_one_port_are_counted_on_both_partners() -> None:
    """The relay data cross the link, so the backup counts the same after the main has gone."""
    limited = """
[[prefix]]
name = "portal"
address = "2001:db8:2::/64"
link = "office"
selection-tags = ["portal"]

[[client-class]]
name = "home"
selection-criteria = ["home"]
limitation-id = "circuit-id"
limitation-count = 1
over-limit-client-class-name = "portal"

[[client-class]]
name = "portal"
selection-criteria = ["portal"]

[[client]]
name = "default"
client-class-name = "home"
"""
    pair = Pair6(server="client-class = true", prefix='selection-tags = ["home"]', more=limited)

    def given(server: Server6, duid: bytes) -> IPv6Network:
        (ia,) = server.leased(na(), duid=duid)
        return IPv6Network((ia.leases[0].address, 64), strict=False)

    home, portal = IPv6Network("2001:db8:1::/64"), IPv6Network("2001:db8:2::/64")
    assert [given(pair.main, duid) for duid in DUIDS[:2]] == [home, portal]
    pair.main.crash()
    pair.wait(100)
    assert [given(pair.backup, duid) for duid in DUIDS[:3]] == [home, portal, portal]

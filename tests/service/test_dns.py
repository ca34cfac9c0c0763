"""DNS changes that follow from leases: names, flags of option 81, and which server makes them."""

import pytest

from dhcpserver.config.document import read
from dhcpserver.config.errors import ConfigurationError
from dhcpserver.leases.lease import ClientNames
from dhcpserver.service.dns.follower import DnsChange
from dhcpserver.service.dns.settings import DnsSettings
from dhcpserver.wire import options4
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import CONFIGURATION, Client, Site

DNS = """
[[key]]
name = "ddns"
secret = "c2VjcmV0LXNlY3JldA=="

[[dns-update-config]]
name = "lab"
server-addr = "127.0.0.1"
server-key = "ddns"
forward-zone-name = "lab.example"
{more}
"""
BOTH = 'forward-dnsupdate = "lab"\nreverse-dnsupdate = "lab"\n'


def text(policy: str = BOTH, more: str = "", server: str = "") -> str:
    base = CONFIGURATION.replace("routers =", f"{policy}routers =").replace('name = "a"', f'name = "a"\n{server}')
    return base + DNS.format(more=more)


def site(policy: str = BOTH, more: str = "", server: str = "") -> Site:
    return Site(text(policy, more, server))


class Named(Client):
    """A client that sends a host name."""

    def __init__(self, site: Site, last: int, name: bytes = b"Laptop.home") -> None:
        super().__init__(site, last)
        self.extra = [(options4.HOST_NAME, name)]

    def changes(self) -> list[tuple[str, bool, str]]:
        return shown(self.site.last.dns)


def shown(changes: list[DnsChange]) -> list[tuple[str, bool, str]]:
    return [("add" if each.add else "remove", each.reverse, f"{each.owner} {each.zone}") for each in changes]


ADDED = [
    ("add", False, "Laptop.lab.example lab.example"),
    ("add", True, "10.2.0.192.in-addr.arpa 2.0.192.in-addr.arpa"),
]
REMOVED = [("remove", reverse, what) for _, reverse, what in ADDED]


def test_a_new_lease_adds_the_records_of_its_client() -> None:
    """R-078: the name is cut at its first dot (trim-host-name), and is in the zone of the configuration."""
    one = site()
    client = Named(one, 1)
    client.discover()
    assert client.changes() == [], "an offer is not a lease"
    client.get()
    assert client.changes() == ADDED
    first = one.last.dns[0]
    assert (first.config, first.name, first.address) == ("lab", "Laptop.lab.example", "192.0.2.10")
    assert len(first.dhcid) == 35


def test_the_end_of_a_lease_removes_them() -> None:
    one = site()
    client = Named(one, 1)
    address = client.get()
    client.release(address)
    assert client.changes() == REMOVED


def test_an_expired_lease_removes_them_too() -> None:
    one = site()
    client = Named(one, 1)
    client.get()
    removed: list[tuple[str, bool, str]] = []
    while not removed:
        due = one.core.deadline()
        assert due is not None
        one.now = due
        one.turn()
        removed = client.changes()
    assert removed == REMOVED
    assert 1_001_000 <= one.now <= 1_001_200


def test_a_declined_address_has_no_records() -> None:
    one = site()
    client = Named(one, 1)
    client.decline(client.get())
    assert client.changes() == REMOVED


def test_another_name_replaces_the_former_one() -> None:
    one = site()
    client = Named(one, 1)
    address = client.get()
    one.now += 900
    client.extra = [(options4.HOST_NAME, b"desk")]
    client.renew(address)
    assert client.changes()[:2] == REMOVED
    assert client.changes()[2] == ("add", False, "desk.lab.example lab.example")


@pytest.mark.parametrize(
    ("sent", "answered", "reverse_only"),
    [(b"\1", 1, False), (b"\0", 0, True), (b"\x08", 8, None), (b"\x09", 10, None)],
    ids=["S", "client-updates-its-name", "N", "N-and-S"],
)
def test_option_81_has_what_the_server_does(sent: bytes, answered: int, reverse_only: bool | None) -> None:
    """RFC 4702: S: both records; without it those of the address alone; N: none."""
    one = site()
    client = Client(one, 1)
    client.extra = [(options4.CLIENT_FQDN, sent + b"\0\0" + b"laptop.home.example")]
    client.get()
    ack = one.last.replies
    assert ack
    kinds = [each.reverse for each in one.last.dns]
    assert kinds == ([] if reverse_only is None else [True] if reverse_only else [False, True])
    offer = client.discover()
    assert offer is not None
    option = offer.options[options4.CLIENT_FQDN]
    assert option[0] == answered
    assert option[3:] == (b"laptop.home.example" if sent[0] & 8 else b"laptop.lab.example")


@pytest.mark.parametrize(
    ("policy", "flags", "kinds"),
    [('forward-dnsupdate = "lab"\n', 1, [False]), ('reverse-dnsupdate = "lab"\n', 2, [True]), ("", 10, [])],
)
def test_a_policy_has_the_records_that_are_made(policy: str, flags: int, kinds: list[bool]) -> None:
    """O: the client asked for the records of its name, and the server does not make them."""
    one = site(policy)
    client = Client(one, 1)
    client.extra = [(options4.CLIENT_FQDN, b"\1\0\0laptop")]
    offer = client.discover()
    assert offer is not None
    assert offer.options[options4.CLIENT_FQDN][0] == flags
    client.get()
    assert [each.reverse for each in one.last.dns] == kinds


def test_a_name_with_dots_is_kept_without_trim_host_name() -> None:
    """R-078."""
    one = site(server="trim-host-name = false")
    client = Named(one, 1)
    client.get()
    assert client.changes()[0] == ("add", False, "Laptop.home.lab.example lab.example")


def test_clients_without_a_name_get_one_of_their_address_if_it_is_configured() -> None:
    assert Client(one := site(), 1).get() == "192.0.2.10"
    assert one.last.dns == []
    two = site(more='synthesize-name = true\nsynthetic-name-stem = "pc"')
    Client(two, 1).get()
    assert two.last.dns[0].name == "pc-192-0-2-10.lab.example"


@pytest.mark.parametrize("updates", [True, False])
def test_bootp_clients_have_records_if_the_server_says_so(updates: bool) -> None:
    """R-079: update-dns-for-bootp."""
    bootp = text(server=f"update-dns-for-bootp = {str(updates).lower()}", more="synthesize-name = true")
    one = Site(bootp.replace('name = "s1"', 'name = "s1"\nbootp = true\ndynamic-bootp = true'))
    client = Client(one, 1)
    packet = client.octets(MessageType.DISCOVER)
    one.turn(packet[:240] + b"\xff" + bytes(60))
    assert bool(one.last.dns) is updates


SETTINGS = DnsSettings("f", "r", "lab.example", "2.0.192.in-addr.arpa", True, "", True, True)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (ClientNames("laptop", ""), "laptop.lab.example"),
        (ClientNames("", "laptop.LAB.example"), "laptop.lab.example"),
        (ClientNames("other", "laptop.lab.example"), "laptop.lab.example"),
        (ClientNames("a b_c!", ""), "a-b-c.lab.example"),
        (ClientNames("\ufffd\ufffd", ""), ""),
        (ClientNames("--", ""), ""),
        (ClientNames("x" * 80, ""), "x" * 63 + ".lab.example"),
        (ClientNames(), ""),
    ],
)
def test_a_name_is_made_of_what_the_client_sent(names: ClientNames, expected: str) -> None:
    """Whatever it sends, the name is a name of the zone or none."""
    assert SETTINGS.name(names, 1, None, family=4) == expected


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (('server-key = "ddns"', 'server-key = "none"'), "there is no key 'none' .there are: ddns."),
        (("c2VjcmV0LXNlY3JldA==", "not base64"), "octets in base64"),
        (('forward-dnsupdate = "lab"', 'forward-dnsupdate = "x"'), "there is no dns-update-config 'x'"),
        (('forward-zone-name = "lab.example"\n', ""), "names need a zone"),
        (("lab.example", "lab..example"), "a zone is a domain name"),
        ((BOTH, 'forward-zone-name = "a.example"\n'), "it needs forward-dnsupdate or reverse-dnsupdate"),
    ],
)
def test_what_cannot_be_meant_is_refused(change: tuple[str, str], wrong: str) -> None:
    with pytest.raises(ConfigurationError, match=wrong):
        read(text().replace(*change))


@pytest.mark.parametrize(
    ("subnet", "zone"),
    [("10.0.0.0/8", "10.in-addr.arpa"), ("10.1.0.0/22", "1.10.in-addr.arpa"), ("192.0.2.0/25", "2.0.192.in-addr.arpa")],
)
def test_the_zone_of_addresses_follows_from_the_subnet(subnet: str, zone: str) -> None:
    scope = f'[[scope]]\nname = "x"\nsubnet = "{subnet}"\n'
    base = text().split("[[scope]]")[0].replace('routers = ["192.0.2.1"]', "")
    plan = Site(base + scope + DNS.format(more="")).core.plan.pools["x"]
    assert plan.dns is not None
    assert plan.dns.reverse_zone == zone

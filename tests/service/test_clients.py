"""Clients and client-classes of DHCPv4: scopes, policies, host names, and clients that get no answer."""

import pytest

from dhcpserver.config.advice import advice
from dhcpserver.config.document import read
from dhcpserver.config.errors import ConfigurationError
from dhcpserver.service.clients import Clients
from dhcpserver.wire import options4
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import Client, Site, dotted, lease_seconds

SITE = """
[server]
name = "a"
client-class = {counts}

[[policy]]
name = "default"
dhcp-lease-time = 1000
routers = ["192.0.2.1"]
options = {{ interface-mtu = 1400, default-ip-ttl = 60 }}

[[policy]]
name = "phones"
dhcp-lease-time = 500
options = {{ interface-mtu = 1300, tftp-server-name = "phones.example" }}
v4-reply-options = ["tftp-server-name"]

[[policy]]
name = "boss"
options = {{ interface-mtu = 1200 }}

[[scope]]
name = "s1"
subnet = "192.0.2.0/24"
ranges = ["192.0.2.10-192.0.2.14"]
allocate-first-available = true
selection-tags = ["data"]
options = {{ interface-mtu = 1350 }}
reservations = [{{ ipaddr = "192.0.2.50", mac = "02:00:00:00:00:05", options = {{ interface-mtu = 1100 }} }}]

[[scope]]
name = "s2"
subnet = "198.51.100.0/24"
primary-subnet = "192.0.2.0/24"
ranges = ["198.51.100.10-198.51.100.14"]
allocate-first-available = true
selection-tags = ["voice", "new"]
options = {{ routers = ["198.51.100.1"] }}

[[client-class]]
name = "phone"
policy-name = "phones"
selection-criteria = ["voice"]

[[client]]
name = "02:00:00:00:00:01"
client-class-name = "phone"

[[client]]
name = "1,6,02:00:00:00:00:02"
client-class-name = "phone"
policy-name = "boss"
selection-criteria = ["data"]
host-name = "desk"

[[client]]
name = "02:00:00:00:00:03"
action = "exclude"

[[client]]
name = "02:00:00:00:00:05"
client-class-name = "phone"
selection-criteria = ["data"]
{more}
"""
WANTED = (options4.PARAMETER_REQUEST_LIST, bytes((1, 3, 12, 23, 26)))


def site(more: str = "", counts: str = "true") -> Site:
    return Site(SITE.format(more=more, counts=counts))


def mtu(options: dict[int, bytes]) -> int:
    return int.from_bytes(options[26], "big")


def test_a_class_selects_scopes_and_a_policy() -> None:
    """The scopes that have all tags of the class. What its policy does not set is that of the scope."""
    offer = Client(site(), 1).discover(WANTED)
    assert offer is not None
    assert dotted(offer.yiaddr) == "198.51.100.10"
    assert lease_seconds(offer) == 500
    assert mtu(offer.options) == 1300
    assert offer.options[66] == b"phones.example", "v4-reply-options of the policy"
    assert offer.options[23] == bytes((60,)), "of the policy of the scope"
    assert offer.options[3] == bytes((198, 51, 100, 1))


def test_a_client_has_its_own_policy_before_that_of_its_class() -> None:
    offer = Client(site(), 2).discover(WANTED)
    assert offer is not None
    assert dotted(offer.yiaddr) == "192.0.2.10", "its own criteria"
    assert (lease_seconds(offer), mtu(offer.options)) == (500, 1200)
    assert offer.options[12] == b"desk"


def test_a_reservation_is_nearer_than_client_and_class() -> None:
    offer = Client(site(), 5).discover(WANTED)
    assert offer is not None
    assert (dotted(offer.yiaddr), mtu(offer.options)) == ("192.0.2.50", 1100)


def test_the_host_name_of_a_client_is_recorded() -> None:
    one = site()
    address = Client(one, 2).get()
    lease = one.core.book.get(int.from_bytes(bytes(map(int, address.split("."))), "big"))
    assert lease is not None
    assert lease.names.host_name == "desk"


def test_an_excluded_client_gets_no_answer() -> None:
    one = site()
    assert Client(one, 3).discover() is None
    assert one.core.counters.dropped == {"excluded": 1}


def test_other_clients_are_the_default_one() -> None:
    assert Client(site(), 9).get() == "192.0.2.10"
    excluded = site('[[client]]\nname = "default"\naction = "exclude"\n')
    assert Client(excluded, 9).discover() is None
    assert Client(excluded, 1).get() == "198.51.100.10"
    by_class = site('[[client]]\nname = "default"\nclient-class-name = "phone"\n')
    assert Client(by_class, 9).get() == "198.51.100.10"


def test_a_lease_outside_of_the_selection_is_not_extended() -> None:
    """The client is led to a scope of its class."""
    one = site(counts="false")
    client = Client(one, 1)
    address = client.get()
    assert address == "192.0.2.10"
    two = site()
    two.core.book.load(list(one.core.book.leases.values()))
    client.site = two
    answer = client.renew(address)
    assert answer is not None
    assert answer.message_type == MessageType.NAK


def test_without_client_class_no_client_counts() -> None:
    """Nothing is ignored in silence: the log has a line about it at each start."""
    assert Client(site(counts="false"), 3).get() == "192.0.2.10"
    configuration = read(SITE.format(more="", counts="false"))
    assert [text for _, text in advice(configuration)] == [
        "client-class of the server is false, so that no client counts"
    ]


def test_no_selected_scope_on_the_link_is_counted() -> None:
    more = '[[scope]]\nname = "far"\nsubnet = "10.9.0.0/24"\nselection-tags = ["far"]\n'
    more += 'options = { routers = ["10.9.0.1"] }\n[[client]]\n'
    one = site(more + 'name = "02:00:00:00:00:08"\nselection-criteria = ["far"]\n')
    assert Client(one, 8).discover() is None
    assert one.core.counters.dropped == {"no-selected-scope": 1}


def test_clients_of_one_profile_share_addresses_with_all_others() -> None:
    """Policies of clients make other plans of the same pool."""
    one = site('[[client]]\nname = "default"\npolicy-name = "boss"\n')
    given = {Client(one, last).get() for last in (1, 2, 7, 9, 11)}
    assert len(given) == 5
    assert one.core.book.pools["s1"].leased + one.core.book.pools["s2"].leased == 5


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ('[[client]]\nname = "x"', "octets in hexadecimal"),
        (
            '[[client]]\nname = "02:00:00"',
            "a client is a hardware address of 6 octets, a DUID of more octets, or default",
        ),
        ('[[client]]\nname = "1,6,02:00:00:00:00:01"', "is the client '02:00:00:00:00:01' too"),
        ('[[client]]\nname = "02:00:00:00:00:01"', "is used twice"),
        ('[[client]]\nname = "02:00:00:00:00:09"\nclient-class-name = "tv"', "there is no client-class 'tv'"),
        ('[[client]]\nname = "02:00:00:00:00:09"\npolicy-name = "tv"', "there is no policy 'tv'"),
        ('[[client-class]]\nname = "c"\npolicy-name = "tv"', "there is no policy 'tv'"),
        ('[[client-class]]\nname = "c"\nselection-criteria = ["data", "voice"]', "has the selection-tags data, voice"),
        ('[[client]]\nname = "02:00:00:00:00:09"\nhost-name = "a.b"', "match pattern"),
    ],
)
def test_what_cannot_be_meant_is_refused(more: str, wrong: str) -> None:
    with pytest.raises(ConfigurationError, match=wrong):
        read(SITE.format(more=more, counts="true"))


def test_a_policy_of_a_client_with_an_attribute_of_pools_is_reported() -> None:
    more = '[[policy]]\nname = "p"\ngrace-period = 5\n[[client-class]]\nname = "c"\npolicy-name = "p"\n'
    found = list(advice(read(SITE.format(more=more, counts="true"))))
    assert found == [
        (
            "client-class[1].policy-name",
            "grace-period of policy 'p' counts for scopes and prefixes, not for a client-class",
        )
    ]


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dhcpserver.service.clients.REMEMBERED", 1)
    one = site()
    assert [Client(one, last).get() for last in (1, 2, 1)] == ["198.51.100.10", "192.0.2.10", "198.51.100.10"]
    assert Clients(one.core.configuration).active

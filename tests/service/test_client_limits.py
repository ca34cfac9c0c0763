"""How many clients of one port a client-class has, and what becomes of further ones."""

import random

import pytest

from dhcpserver.config.document import read
from dhcpserver.config.errors import ConfigurationError
from dhcpserver.leases.lease import Status
from dhcpserver.service.turn import Moment
from dhcpserver.wire import options4
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import Client, Site, dotted

SITE = """
[server]
name = "a"
client-class = true

[[policy]]
name = "default"
dhcp-lease-time = 1000
grace-period = 0

[[scope]]
name = "home"
subnet = "192.0.2.0/24"
ranges = ["192.0.2.10-192.0.2.99"]
selection-tags = ["home"]

[[scope]]
name = "portal"
subnet = "198.51.100.0/24"
primary-subnet = "192.0.2.0/24"
ranges = ["198.51.100.10-198.51.100.99"]
selection-tags = ["portal"]

[[client-class]]
name = "home"
selection-criteria = ["home"]
limitation-id = "circuit-id"
limitation-count = 2
{over}

[[client-class]]
name = "portal"
selection-criteria = ["portal"]

[[client]]
name = "default"
client-class-name = "home"
"""
OVER = 'over-limit-client-class-name = "portal"'


def client(site: Site, last: int, port: bytes = b"line 1") -> Client:
    one = Client(site, last)
    one.extra = [(options4.RELAY_AGENT_INFORMATION, options4.pack([(1, port)]))]
    return one


def test_further_clients_of_a_port_are_of_another_class() -> None:
    site = Site(SITE.format(over=OVER))
    assert [client(site, last).get()[:4] for last in (1, 2, 3, 4)] == ["192.", "192.", "198.", "198."]
    assert client(site, 5, b"line 2").get().startswith("192."), "each port has its own count"
    unnamed = Client(site, 6)
    assert unnamed.get().startswith("192."), "a client whose relay names no port is not counted"


def test_without_another_class_they_get_no_answer() -> None:
    site = Site(SITE.format(over=""))
    for last in (1, 2):
        client(site, last).get()
    assert client(site, 3).discover() is None
    assert site.core.counters.dropped == {"excluded": 1}


def test_a_client_stays_in_the_class_of_its_lease() -> None:
    """Also when a place is free again, and when it renews without its relay."""
    site = Site(SITE.format(over=OVER))
    one, two, three = (client(site, last) for last in (1, 2, 3))
    addresses = [each.get() for each in (one, two, three)]
    one.release(addresses[0])
    for each, address in ((two, addresses[1]), (three, addresses[2])):
        for extra, relay in ((each.extra, each.relay), ([], 0)):
            each.extra, each.relay = extra, relay
            answer = each.renew(address)
            assert answer is not None
            assert (answer.message_type, dotted(answer.yiaddr)) == (MessageType.ACK, address)
    assert client(site, 4).get().startswith("192."), "the place of the one that left"


def test_an_ended_lease_is_not_counted_and_a_stored_one_is() -> None:
    site = Site(SITE.format(over=OVER))
    for last in (1, 2):
        client(site, last).get()
    again = Site(SITE.format(over=OVER))
    again.core.book.load(list(site.core.book.leases.values()))
    again.core.start(None, Moment(again.now, again.now), random.Random(1))
    assert client(again, 3).get().startswith("198.")
    again.wait(3000)
    assert all(each.status is not Status.ACTIVE for each in again.core.book.leases.values())
    assert client(again, 4).get().startswith("192.")


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("limitation-count = 2\n", "", "are set together"),
        (
            'over-limit-client-class-name = "portal"',
            'over-limit-client-class-name = "x"',
            "there is no client-class 'x'",
        ),
        ('over-limit-client-class-name = "portal"', 'over-limit-client-class-name = "home"', "has a limit itself"),
        ('selection-criteria = ["portal"]', "", "both classes select 'home'"),
        ('limitation-id = "circuit-id"\nlimitation-count = 2\n', "", "it needs limitation-id"),
    ],
)
def test_what_cannot_be_meant_is_refused(old: str, new: str, wrong: str) -> None:
    with pytest.raises(ConfigurationError, match=wrong):
        read(SITE.format(over=OVER).replace(old, new))

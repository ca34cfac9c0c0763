"""Lease times: bounds of what a client requests, T1 and T2, and servers without authority (issue 15)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.config.document import read
from dhcpserver.config.errors import ConfigurationError
from dhcpserver.leases.lease import FOREVER
from dhcpserver.service.renewal import MAXIMUM_JITTER, SHORTEST_SECONDS, renewal_times
from dhcpserver.wire.dhcp4 import Packet
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import CONFIGURATION, POOL, Client, Site, lease_seconds, number

OVERRIDE = "allow-lease-time-override = true\n"


def site_with(policy: str = "", scope: str = "") -> Site:
    text = CONFIGURATION.replace("dhcp-lease-time = 1000\n", f"dhcp-lease-time = 1000\n{policy}")
    return Site(text.replace("[[scope]]\n", f"[[scope]]\n{scope}", 1))


def times(packet: Packet) -> tuple[int, int, int]:
    """Return T1, T2 and the lease time of a reply."""
    t1, t2 = (int.from_bytes(packet.options[code], "big") for code in (58, 59))
    return t1, t2, lease_seconds(packet)


@given(st.integers(SHORTEST_SECONDS, FOREVER), st.integers(0, MAXIMUM_JITTER), st.binary(min_size=1, max_size=20))
def test_t1_is_before_t2_and_t2_before_the_end(seconds: int, jitter: int, key: bytes) -> None:
    """RFC 2131 section 4.4.5. T1 is at least half: an earlier renewal does not extend the lease."""
    t1, t2 = renewal_times(seconds, jitter, key)
    assert 0 < t1 < t2 < seconds
    assert t1 >= seconds // 2


@pytest.mark.parametrize("seconds", [1, 2])
def test_a_lease_of_two_seconds_has_no_renewal_times(seconds: int) -> None:
    """There are no whole seconds with T1 < T2 < lease. A client then takes its own shares of the lease time."""
    client = Client(site_with(OVERRIDE), 1)
    client.extra = [(51, seconds.to_bytes(4, "big"))]
    offered = client.discover()
    assert offered is not None
    assert lease_seconds(offered) == seconds
    assert not {58, 59} & offered.options.keys()


@pytest.mark.parametrize(
    ("bounds", "requested", "seconds"),
    [
        ("", 1, 1),
        ("", 5000, 1000),
        ("min-lease-time = 300\n", 1, 300),
        ("min-lease-time = 300\n", 400, 400),
        ("max-lease-time = 3000\n", 2000, 2000),
        ("max-lease-time = 3000\n", 5000, 3000),
        ("max-lease-time = 3000\n", FOREVER, 3000),
    ],
)
def test_what_a_client_requests_is_bounded(bounds: str, requested: int, seconds: int) -> None:
    """A client that requests no time has the policy's."""
    site = site_with(OVERRIDE + bounds)
    client = Client(site, 1)
    client.extra = [(51, requested.to_bytes(4, "big"))]
    offered, granted = client.discover(), client.select(POOL[0])
    assert offered is not None
    assert granted is not None
    assert lease_seconds(offered) == lease_seconds(granted) == seconds
    other = Client(site, 2).discover()
    assert other is not None
    assert lease_seconds(other) == 1000


@pytest.mark.parametrize(
    ("policy", "complaint"),
    [
        ("min-lease-time = 300\n", "min-lease-time: it needs allow-lease-time-override"),
        ("max-lease-time = 3000\n", "max-lease-time: it needs allow-lease-time-override"),
        (OVERRIDE + "min-lease-time = 2000\n", "min-lease-time: it is longer than the dhcp-lease-time, 1000 s"),
        (OVERRIDE + "max-lease-time = 200\n", "max-lease-time: it is shorter than the dhcp-lease-time, 1000 s"),
    ],
)
def test_bounds_without_an_effect_are_refused(policy: str, complaint: str) -> None:
    text = CONFIGURATION.replace("dhcp-lease-time = 1000\n", f"dhcp-lease-time = 1000\n{policy}")
    with pytest.raises(ConfigurationError, match=complaint):
        read(text)


def test_clients_that_start_together_renew_at_different_times() -> None:
    """`renewal-jitter`: each client has its own T1, and the same one each time."""
    text = CONFIGURATION.replace("192.0.2.10-192.0.2.14", "192.0.2.10-192.0.2.110")
    site = Site(text.replace("dhcp-lease-time = 1000\n", "dhcp-lease-time = 1000\nrenewal-jitter = 20\n"))
    first = []
    for last in range(1, 65):
        client = Client(site, last)
        offered, again = client.discover(), client.discover()
        assert offered is not None
        assert again is not None
        assert times(offered) == times(again)
        first.append(times(offered)[0])
    assert min(first) >= 500
    assert max(first) < 700
    assert len(set(first)) > 40
    quarters = [sum(500 + 50 * part <= each < 550 + 50 * part for each in first) for part in range(4)]
    assert min(quarters) >= 8


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("authoritative", [True, False])
def test_an_address_of_another_link_is_refused_only_by_an_authoritative_server(
    authoritative: bool, restarts: bool
) -> None:
    """RFC 2131 section 4.3.2: another server of the link may have leased it, where this one has no authority."""
    site = site_with(scope=f"authoritative = {str(authoritative).lower()}\n")
    client = Client(site, 1)
    site.core.book.former[number("192.0.2.200")] = (None, 0)
    for address in ("198.51.100.7", "192.0.2.200"):
        answer = client.reboot(address) if restarts else client.renew(address)
        assert (None if answer is None else answer.message_type) == (MessageType.NAK if authoritative else None)


def test_a_server_without_authority_still_refuses_what_it_has_recorded() -> None:
    """The address is leased to another client here, so no other server has leased it."""
    site = site_with(scope="authoritative = false\n")
    mine = Client(site, 1).get()
    answer = Client(site, 2).renew(mine)
    assert answer is not None
    assert answer.message_type == MessageType.NAK

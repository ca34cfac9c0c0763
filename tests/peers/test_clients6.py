"""ISC dhclient and perfdhcp as clients of DHCPv6, on the link of a pair of real servers whose main is killed."""

import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from ipaddress import IPv6Address
from pathlib import Path

import pytest

from dhcpserver.leases.lease import Status
from tests.live.pair import eventually
from tests.peers.site6 import ADDRESSES, PREFIXES, Site, running_site

pytestmark = [pytest.mark.peer, pytest.mark.live]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with running_site(tmp_path) as found:
        yield found


def test_dhclient_keeps_its_address_and_prefix_when_the_main_is_killed(site: Site) -> None:
    """R-005, R-018, R-022: bound by the main, stored by both, extended by the backup after REBIND."""
    with ExitStack() as cleanup:
        process = site.dhclient("-N", "-P")
        cleanup.callback(process.wait, 20)
        cleanup.callback(process.terminate)
        eventually("a lease", lambda: "PRC: Bound to lease" in (site.directory / "output").read_text())
        for length, network in ((0, ADDRESSES), (56, PREFIXES)):
            found = site.rows("a", length, Status.ACTIVE)
            assert len(found) == 1
            assert all(IPv6Address(value) in network for value in found)
            eventually("the backup has it", partial(site.has, "b", length, found))
        assert min(site.rows("a", 0, Status.ACTIVE)) & 1
        server = site.server_of_client()
        site.servers["a"].send_signal(signal.SIGKILL)
        eventually("the backup extends both", lambda: site.server_of_client() != server, 45)
        for length in (0, 56):
            assert site.rows("a", length, Status.ACTIVE) == site.rows("b", length, Status.ACTIVE)
        last = (site.directory / "leases").read_text().rpartition("lease6 {")[2]
        assert re.findall(r"max-life (\d+)", last) == ["4000", "4000"], "as long as the policy has it"


@pytest.mark.parametrize(
    ("options", "length"), [((), 0), (("-e", "prefix-only"), 56)], ids=["addresses", "delegated prefixes"]
)
def test_perfdhcp_is_served_before_and_after_the_main_is_killed(
    site: Site, options: tuple[str, ...], length: int
) -> None:
    """R-009, R-022: 100 exchanges a second of clients on the link; after the kill from the backup's own share alone."""
    for name in ("a", "b"):
        before = {each: site.rows(each, length, Status.ACTIVE) for each in ("a", "b")}
        report = site.perfdhcp(*options)
        assert "rejected leases: 0" in report
        replies = re.search(r"REQUEST-REPLY.*?received packets: (\d+)", report, re.DOTALL)
        assert replies is not None, report
        assert int(replies[1]) >= 200, report
        given = site.rows(name, length, Status.ACTIVE) - before[name]
        assert len(given) >= int(replies[1])
        if not length:
            assert {value & 1 for value in given} == {1 if name == "a" else 0}
        if name == "a":
            eventually("the backup has all of them", partial(site.has, "b", length, given))
            site.servers["a"].send_signal(signal.SIGKILL)
            eventually("the backup serves", partial(site.logged, "b", "-> COMMUNICATIONS-INTERRUPTED"))
        else:
            assert not given & site.rows("a", length, Status.ACTIVE)

"""ISC dhclient and perfdhcp as clients of DHCPv6, on the link of a pair of real servers whose main is killed."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv6Address, IPv6Network
from pathlib import Path

import pytest

from dhcpserver.leases.lease import Status
from tests.live.pair import eventually
from tests.peers.programs import need_root, program
from tests.peers.test_dhclient import ip

pytestmark = [pytest.mark.peer, pytest.mark.live]

CONFIGURATION = """
[server]
name = "{name}"

[api]
port = {api}

[[cluster]]
name = "a"
ipaddr = "127.0.0.11"

[[cluster]]
name = "b"
ipaddr = "127.0.0.12"

[[failover-pair]]
name = "example"
main = "a"
backup = "b"
mclt = 30
startup-time = 2
port = 16470

[[policy]]
name = "default"
valid-lifetime = 4000
preferred-lifetime = 3000
default-prefix-length = 56
v6-options = {{ dns-servers = ["2001:db8::53"] }}

[[link]]
name = "office"

[[prefix]]
name = "na"
address = "2001:db8:1::/64"
link = "office"

[[prefix]]
name = "pd"
address = "2001:db8:8000::/46"
dhcp-type = "prefix-delegation"
link = "office"

[[listener6]]
interface = "link-{name}"
"""
ADDRESSES = IPv6Network("2001:db8:1::/64")
PREFIXES = IPv6Network("2001:db8:8000::/46")


@dataclass
class Site:
    """Two servers and a client on one link."""

    clients: str
    directory: Path
    servers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def logged(self, name: str, words: str) -> bool:
        path = self.directory / name / "logs" / "name_dhcp_1_log"
        return path.exists() and words in path.read_text()

    def balanced(self) -> bool:
        return len(self.rows("b", 56, Status.BACKUP)) == 512

    def has(self, name: str, length: int, wanted: set[int]) -> bool:
        return self.rows(name, length, Status.ACTIVE) >= wanted

    def server_of_client(self) -> str:
        """The DUID of the server in the last lease of the client."""
        found: list[str] = re.findall(r"dhcp6.server-id (\S+);", (self.directory / "leases").read_text())
        return found[-1]

    def rows(self, name: str, length: int, status: Status) -> set[int]:
        """The addresses (length 0) or prefixes that a server has stored with a status."""
        with closing(sqlite3.connect(f"file:{self.directory / name / 'leases.db'}?mode=ro", uri=True)) as store:
            found = store.execute("SELECT prefix FROM lease6 WHERE length = ? AND status = ?", (length, status))
            return {int.from_bytes(row[0], "big") for row in found}

    def dhclient(self, *options: str) -> subprocess.Popen[bytes]:
        files = ("-sf", "/bin/true", "-lf", self.directory / "leases", "-pf", self.directory / "pid")
        command = [program("ip"), "netns", "exec", self.clients, program("dhclient"), "-6", "-d", "-v"]
        with (self.directory / "output").open("wb") as output:
            return subprocess.Popen([*command, *map(str, files), *options, "link"], stdout=output, stderr=output)

    def perfdhcp(self, *options: str) -> str:
        """Run perfdhcp for three seconds; return its report."""
        command = [program("ip"), "netns", "exec", self.clients, program("perfdhcp"), "-6", "-l", "link"]
        common = ("-r", "100", "-R", "1000", "-p", "3", "-W", "1000000")
        found = subprocess.run([*command, *options, *common, "all"], capture_output=True, text=True, timeout=60)
        return found.stdout


def no_tentative(namespace: str) -> bool:
    """Whether duplicate address detection has ended: before, no message is sent from a link-local address."""
    command = [program("ip"), "-n", namespace, "-6", "address", "show", "tentative"]
    return not subprocess.run(command, check=True, capture_output=True).stdout


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    need_root()
    tag = f"pairwatch6-{os.getpid()}"
    inside, outside = f"{tag}-servers", f"{tag}-clients"
    with ExitStack() as cleanup:
        for name in (inside, outside):
            ip("netns", "add", name)
            cleanup.callback(ip, "netns", "delete", name)
            ip("-n", name, "link", "set", "lo", "up")
        ip("-n", inside, "link", "add", "office", "type", "bridge")
        ip("-n", inside, "link", "set", "office", "up")
        for name in ("link-a", "link-b", "clients"):
            place = ("netns", outside) if name == "clients" else ()
            own = "link" if name == "clients" else name
            ip("-n", inside, "link", "add", f"to-{name}", "type", "veth", "peer", "name", own, *place)
            ip("-n", inside, "link", "set", f"to-{name}", "master", "office", "up")
            ip("-n", outside if place else inside, "link", "set", "dev", own, "up")
        for number, name in enumerate("ab", start=1):
            ip("-n", inside, "address", "add", f"2001:db8:1::{number}/64", "dev", f"link-{name}", "nodad")
        found = Site(outside, tmp_path)
        for number, name in enumerate("ab"):
            directory = tmp_path / name
            directory.mkdir()
            (directory / "config.toml").write_text(CONFIGURATION.format(name=name, api=8067 + number))
            command = [program("ip"), "netns", "exec", inside, sys.executable, "-m", "dhcpserver.main", "--data"]
            process = found.servers[name] = subprocess.Popen([*command, str(directory)])
            cleanup.callback(process.wait, 20)
            cleanup.callback(process.terminate)
        for name in "ab":
            eventually(f"{name} is NORMAL", partial(found.logged, name, "-> NORMAL"))
        eventually("half of the prefixes are the backup's", found.balanced)
        for name in (inside, outside):
            eventually("no other machine has the addresses of the links", partial(no_tentative, name))
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

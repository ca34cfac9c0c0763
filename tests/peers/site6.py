"""A link with a pair of real servers on it, in network namespaces, and places for clients and relays.

`office` is the link of the servers. `branch` is a link that only a relay can reach them from.
"""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv6Network
from pathlib import Path

from dhcpserver.leases.lease import Status
from tests.live.pair import eventually
from tests.peers.programs import need_root, program
from tests.peers.test_dhclient import ip

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
valid-lifetime = {valid}
preferred-lifetime = {preferred}
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

[[link]]
name = "branch"

[[prefix]]
name = "branch-na"
address = "2001:db8:2::/64"
link = "branch"

[[prefix]]
name = "branch-pd"
address = "2001:db8:9000::/48"
dhcp-type = "prefix-delegation"
link = "branch"

[[listener6]]
interface = "link-{name}"
"""
ADDRESSES = IPv6Network("2001:db8:1::/64")
PREFIXES = IPv6Network("2001:db8:8000::/46")
BRANCH = (IPv6Network("2001:db8:2::/64"), IPv6Network("2001:db8:9000::/48"))
"""What clients behind the relay get."""
BACKUPS = 512 + 128
"""Half of the prefixes of both links."""


@dataclass
class Site:
    """Two servers and a client on one link. `servers_place` is the namespace of the servers and of their link."""

    clients: str
    servers_place: str
    directory: Path
    servers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def logged(self, name: str, words: str) -> bool:
        path = self.directory / name / "logs" / "name_dhcp_1_log"
        return path.exists() and words in path.read_text()

    def balanced(self) -> bool:
        return len(self.rows("b", 56, Status.BACKUP)) == BACKUPS

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

    def bindings(self, name: str, hardware: str) -> dict[tuple[int, int], int]:
        """The running leases of a client at a server: the time of its last message by value and length.

        The client is known by a DUID that ends with its hardware address.
        """
        with closing(sqlite3.connect(f"file:{self.directory / name / 'leases.db'}?mode=ro", uri=True)) as store:
            found = store.execute("SELECT prefix, length, cltt, client_id FROM lease6 WHERE status = ?", (2,))
            octets = bytes.fromhex(hardware.replace(":", ""))
            return {
                (int.from_bytes(value, "big"), length): cltt
                for value, length, cltt, client in found
                if (client or b"").endswith(octets)
            }

    def joined(self, name: str, hardware: str, cleanup: ExitStack) -> str:
        """Create a namespace whose interface `link`, with that hardware address, is on the bridge; return its name."""
        namespace = f"{self.servers_place}-{name}"
        ip("netns", "add", namespace)
        cleanup.callback(ip, "netns", "delete", namespace)
        place = ("address", hardware, "netns", namespace)
        ip("-n", self.servers_place, "link", "add", f"to-{name}", "type", "veth", "peer", "name", "link", *place)
        ip("-n", self.servers_place, "link", "set", f"to-{name}", "master", "office", "up")
        for own in ("lo", "link"):
            ip("-n", namespace, "link", "set", "dev", own, "up")
        return namespace

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


@contextmanager
def running_site(tmp_path: Path, lifetimes: tuple[int, int] = (4000, 3000)) -> Iterator[Site]:
    """Two servers that are NORMAL, and a namespace for clients on their link. `lifetimes`: valid and preferred."""
    need_root()
    valid, preferred = lifetimes
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
        found = Site(outside, inside, tmp_path)
        for number, name in enumerate("ab"):
            directory = tmp_path / name
            directory.mkdir()
            text = CONFIGURATION.format(name=name, api=8067 + number, valid=valid, preferred=preferred)
            (directory / "config.toml").write_text(text)
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
